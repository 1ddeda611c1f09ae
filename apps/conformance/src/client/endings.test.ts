import { expect, it } from 'vitest';
import { withEndings } from './endings.js';

const holds = { holds: true, passed: 2, complaints: [], skipped: [], unscored: [] };
const wrong =
  'stopped: IssuerMismatchError: Issuer mismatch in authorization response (RFC 9207): expected "http://localhost:1", received "https://evil.example.com"\n';

it('is content with clients that got through, and with those that stopped over what they should', () => {
  const said = new Map([
    ['auth/scope-step-up', 'a debug line of the SDK\ndone\n'],
    ['auth/iss-wrong-issuer', wrong],
    ['auth/scope-retry-limit', 'stopped: UnauthorizedError: Unauthorized\n'],
  ]);
  expect(withEndings(holds, { said })).toEqual(holds);
});

it.each([
  ['auth/iss-wrong-issuer', 'done\n', 'done'],
  [
    'auth/iss-wrong-issuer',
    'stopped: TypeError: fetch failed\n',
    'stopped: TypeError: fetch failed',
  ],
  ['auth/scope-step-up', 'stopped: TypeError: fetch failed\n', 'stopped: TypeError: fetch failed'],
  ['auth/scope-step-up', '', 'nothing'],
])('complains of a client that ended otherwise: %s, %j', (scenario, text, ending) => {
  expect(withEndings(holds, { said: new Map([[scenario, text]]) })).toEqual({
    ...holds,
    holds: false,
    complaints: [`${scenario}: the client ended with "${ending}"`],
  });
});

it('leaves alone what nobody requires', () => {
  const unscored = [{ name: 'auth/dpop', passed: 0, complaints: [], skipped: true }];
  const said = new Map([['auth/dpop', 'stopped: Error: no\n']]);
  expect(withEndings({ ...holds, unscored }, { said })).toEqual({ ...holds, unscored });
});
