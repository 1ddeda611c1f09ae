import { both, type Check, findings, group, source } from '../suite/check.js';
import { describe } from '../wire/excerpt.js';
import { succeeded } from '../wire/messages.js';

/** Which question comes first, and how large an answer may be. */
export const order: readonly Check[] = group('Order and bounds', [
  {
    id: 'RS-77',
    title: 'Origin comes before the token, the token before the body, the form before the scopes.',
    remedy:
      'Keep one order: Host and Origin (403), token (401), JSON (400), version and headers (400), scopes (403).',
    level: 'REC',
    source: source.http,
    eras: both,
    async run(stage) {
      const found = findings();
      const broken = await stage.attempt(undefined, { body: '{"jsonrpc":' });
      found.expect(broken.status === 401, () => `broken JSON without a token: ${describe(broken)}`);
      const wrong = await stage.attempt(undefined, {
        headers: { 'MCP-Protocol-Version': '1999-01-01' },
      });
      found.expect(wrong.status === 401, () => `wrong version without a token: ${describe(wrong)}`);
      const foreign = await stage.attempt('no-token', {
        headers: { Origin: 'https://evil.example' },
      });
      const known = foreign.headers.get('access-control-allow-origin') === '*';
      const first = foreign.status === 403 || known;
      found.expect(first, () => `a foreign Origin with a bad token: ${describe(foreign)}`);
      const token = await stage.token();
      const garbled = await stage.attempt(token, { body: '{"jsonrpc":' });
      found.expect(garbled.status === 400, () => `broken JSON with a token: ${describe(garbled)}`);
      return found.verdict;
    },
  },
  {
    id: 'ATK-91',
    also: ['RS-43', 'RS-77'],
    title: 'Large and deep requests are refused, and the server goes on.',
    remedy: 'Bound the body (413) and its depth (400) before anything walks it.',
    level: 'REC',
    source: source.security,
    eras: both,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const body = `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":${deep}}}`;
      const nested = await stage.attempt(token, { body });
      const refused = nested.status >= 400 && nested.status < 500;
      found.expect(refused, () => `20,000 levels: ${describe(nested)}`);
      const padding = 'x'.repeat(6_000_000);
      const large = await stage
        .attempt(token, {
          body: `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":"${padding}"}}`,
        })
        // Whoever has read enough may hang up in the middle of it.
        .catch(() => undefined);
      const bounded = large === undefined || (large.status >= 400 && large.status < 500);
      found.expect(bounded, () => `6 MB: ${large ? describe(large) : ''}`);
      const after = await stage.attempt(token);
      found.expect(succeeded(after), () => `a good request after it: ${describe(after)}`);
      return found.verdict;
    },
  },
]);
