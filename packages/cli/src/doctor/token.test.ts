import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../io.js';
import { portcullis } from '../session.harness.js';
import { type Damage, startWard, type Ward } from './doctor.harness.js';
import { tampered } from './tampered.js';

let ward: Ward;
let token: string;
beforeAll(async () => {
  ward = await startWard();
  token = await ward.token();
});
beforeEach(() => void ward.requests.splice(0));
afterEach(() => ward.damage(undefined));
afterAll(() => ward.close());

/** What is said of tokens, one line each. */
async function said(value = token): Promise<readonly string[]> {
  const env = { MCP_TOKEN: value };
  const words = ['doctor', ward.url, '--json', '--token-env', 'MCP_TOKEN'];
  const { out, err } = await portcullis(words, env);
  expect(out + err).not.toContain(value);
  const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
  return findings
    .filter(({ id = '' }) => ['token', 'tampered-token'].includes(id))
    .map(({ outcome, where = '', said: text }) =>
      `${outcome} ${where}: ${text}`.replaceAll(ward.origin, 'ORIGIN'),
    );
}
/** Changes answers to requests with one kind of token. */
const withToken =
  (which: (value: string) => boolean, change: Parameters<Damage>[0]): Damage =>
  (answer, { headers }) => {
    const value = /^Bearer (.*)$/.exec(String(headers.authorization))?.[1];
    if (value !== undefined && which(value)) Object.assign(answer, change);
  };

describe('a token', () => {
  it('is accepted, and refused when tampered with (RS-51)', async () => {
    expect(await said()).toEqual([
      'ok : The token is accepted by requests of 2025-11-25 and 2026-07-28.',
      'ok : The same token, tampered with, is refused as invalid_token.',
    ]);
  });

  it('goes to the endpoint and nowhere else (CL-21)', async () => {
    await said();
    const carrying = ward.requests.filter(({ headers }) => headers.authorization !== undefined);
    expect([...new Set(carrying.map(({ method, path }) => `${method} ${path}`))]).toEqual([
      'POST /mcp',
    ]);
    expect(JSON.stringify(ward.requests.map(({ path, body }) => path + body))).not.toContain(token);
  });

  it('is asked about only where there is one', async () => {
    const { out } = await portcullis(['doctor', ward.url], { MCP_TOKEN: token });
    expect(out).toContain('  skip  token, tampered-token: no token was given: see --token-env.\n');
    expect(
      ward.requests.filter(({ headers }) => String(headers.authorization).includes(token)),
    ).toEqual([]);
  });

  it('that is refused proves nothing', async () => {
    expect(await said('opaque')).toEqual([
      'fail ORIGIN/mcp: The token was answered 401, error "invalid_token".',
      'skip : a token that is not accepted proves nothing.',
    ]);
  });

  it('that lacks a scope is good all the same', async () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="mcp:admin"' };
    ward.damage(withToken((value) => value === token, { status: 403, headers, body: '' }));
    expect(await said()).toEqual([
      'warn ORIGIN/mcp: The token is good, but lacks a scope: "mcp:admin".',
      'skip : a token that is not accepted proves nothing.',
    ]);
  });

  it.each([
    ['signature', 1],
    ['claims', 2],
  ])('with other %s is told from a good one', async (_, part) => {
    const changedIn = (value: string) => {
      const [own, other] = [token.split('.'), value.split('.')];
      return (
        other.length === 3 && own.findIndex((each, place) => each !== other[place]) === 3 - part
      );
    };
    ward.damage(withToken(changedIn, { status: 200, headers: {}, body: '{}' }));
    expect((await said())[1]).toBe(
      'fail ORIGIN/mcp: A token that was tampered with was answered 200: it was accepted.',
    );
  });

  it('that is tampered with is refused by every revision that takes it', async () => {
    ward.damage((answer, { headers }) => {
      const bad =
        headers.authorization !== undefined && headers.authorization !== `Bearer ${token}`;
      if (bad && headers['mcp-method'] !== undefined) answer.status = 403;
    });
    expect((await said())[1]).toBe(
      'fail ORIGIN/mcp: A token that was tampered with was answered 403 in place of 401.',
    );
  });

  it('is judged by the revisions that the server speaks', async () => {
    ward.damage((answer, { headers }) => {
      if (headers['mcp-method'] !== undefined)
        Object.assign(answer, { status: 400, headers: {}, body: '' });
    });
    expect(await said()).toEqual([
      'ok : The token is accepted by requests of 2025-11-25.',
      'ok : The same token, tampered with, is refused as invalid_token.',
    ]);
  });

  it('leaves no session behind', async () => {
    ward.damage((answer, { method, headers }) => {
      const opened = method === 'POST' && headers['mcp-method'] === undefined;
      if (opened && answer.status === 200) answer.headers['mcp-session-id'] = 'session-1';
    });
    await said();
    const ended = ward.requests.filter(({ method }) => method === 'DELETE');
    expect(
      ended.map(({ path, headers }) => [path, headers['mcp-session-id'], headers.authorization]),
    ).toEqual([['/mcp', 'session-1', `Bearer ${token}`]]);
  });

  it('is left out where the server repeats it', async () => {
    ward.damage((answer, { headers }) => {
      if (headers.authorization === undefined) return;
      const echo = String(headers.authorization).slice(7);
      answer.headers['www-authenticate'] = `Bearer error="${echo}"`;
      answer.status = 401;
    });
    expect(await said()).toEqual([
      'fail ORIGIN/mcp: The token was answered 401, error "[secret]".',
      'skip : a token that is not accepted proves nothing.',
    ]);
  });
});

describe('where a token comes from', () => {
  const cannot = async (
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    rest: Partial<Io> = {},
  ) => {
    const { code, out, err } = await portcullis(['doctor', ward.url, ...words], env, rest);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(ward.requests).toEqual([]);
    return err.replace('Cannot examine:\n  ', '');
  };

  it('is standard input or the environment', async () => {
    const words = ['doctor', ward.url, '--token-stdin'];
    const { out } = await portcullis(words, {}, { stdin: async () => `${token}\n` });
    expect(out).toContain(
      '  ok    The token is accepted by requests of 2025-11-25 and 2026-07-28.\n',
    );
  });

  it('is never the command line, which is not repeated either', async () => {
    for (const words of [['--token', token], [`--token=${token}`]]) {
      const err = await cannot(words);
      expect(err).toBe(
        '--token is no option of doctor. A command line ends up in the history: name the variable with --token-env, or pipe the token in with --token-stdin.\n',
      );
    }
    expect(await cannot(['--token-env', token])).toBe(
      '--token-env names a variable that is not set. Pass the name of the environment variable that holds the token, not the token.\n',
    );
    expect(await cannot([token])).not.toContain(token);
  });

  it.each([
    [['--token-env', 'constructor'], {}, {}, '--token-env names a variable that is not set.'],
    [['--token-env', 'T'], { T: ' ' }, {}, '--token-env names a variable that is not set.'],
    [
      ['--token-env', 'T', '--token-stdin'],
      { T: 'a' },
      {},
      '--token-env and --token-stdin exclude each other.',
    ],
    [['--token-stdin'], {}, {}, '--token-stdin got nothing.'],
    [['--token-stdin'], {}, { stdin: async () => '\n' }, '--token-stdin got nothing.'],
    [
      ['--token-env', 'T'],
      { T: 'Bearer abc' },
      {},
      '--token-env leads to something that is no access token.',
    ],
    [
      ['--token-env', 'T'],
      { T: 'a\r\nHost: b' },
      {},
      '--token-env leads to something that is no access token.',
    ],
    [
      ['--token-env', 'T'],
      { T: 'a'.repeat(100_000) },
      {},
      '--token-env leads to something that is no access token.',
    ],
  ] as const)('has to be said in order: %j %j', async (words, env, rest, sentence) => {
    expect(
      (await cannot(words, env as Readonly<Record<string, string>>, rest)).startsWith(sentence),
    ).toBe(true);
  });
});

describe('a token that is tampered with', () => {
  const decoded = (value = '') => Buffer.from(value, 'base64url').toString();

  it('has another signature, or other claims', () => {
    const claims = Buffer.from('{"sub":"ada","exp":1}').toString('base64url');
    const [resigned = '', rewritten = '', ...more] = tampered(`aGVhZA.${claims}.c2lnbmF0dXJl`);
    expect(more).toEqual([]);
    expect(resigned).toBe(`aGVhZA.${claims}.c2lnbmA0dXJl`);
    expect(rewritten.split('.').map((part) => decoded(part))).toEqual([
      ...['head', '{"sub":"ada","exp":4102444800}', 'signature'],
    ]);
  });

  it.each([
    ['opaqueXtoken', 'opaqueAtoken'],
    ['opaqueAtoken', 'opaqueBtoken'],
    ['a.b', 'aAb'],
    ['a.b.c.d', 'a.bAc.d'],
  ])('has another letter: %s', (token_, wrong) => {
    expect(tampered(token_)).toEqual([wrong]);
  });

  it('differs also where its claims are unreadable, or say so already', () => {
    const forever = Buffer.from('{"exp":4102444800}').toString('base64url');
    for (const claims of ['bm9uZQ', forever]) {
      for (const wrong of tampered(`aa.${claims}.cccc`))
        expect(wrong).not.toBe(`aa.${claims}.cccc`);
    }
  });
});
