import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ProviderUnavailableError } from '../errors.js';
import type { Principal } from '../token/principal.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { AuthProvider, Revocation, VerifyContext } from './auth-provider.js';
import { recent } from './recent.js';
import { remembering } from './remembering.js';

const principal = (subject: string, more: Partial<Principal> = {}): Principal => ({
  kind: 'principal',
  actor: 'user',
  issuer: 'https://as.example',
  subject,
  clientId: 'client',
  tokenId: `jti-${subject}`,
  scopes: [],
  expiresAt: 1000,
  claims: {},
  ...more,
});

function counting(
  answer: (value: string) => Principal | Rejection | Promise<Principal | Rejection>,
) {
  const asked: string[] = [];
  let tell: (revocation: Revocation) => void = () => undefined;
  const provider: AuthProvider = {
    specificationVersion: 'v1',
    id: 'counting',
    authorizationServers: ['https://as.example'],
    async verify({ value }) {
      asked.push(value);
      return answer(value);
    },
    onRevocation(listen) {
      tell = listen;
      return () => undefined;
    },
  };
  return { provider, asked, revoke: (revocation: Revocation) => tell(revocation) };
}

const at = (now: number, resource = 'https://mcp.example/mcp'): VerifyContext => ({
  resource,
  now,
  signal: new AbortController().signal,
});
const token = (value: string) => ({ scheme: 'Bearer', value }) as const;

describe('remembering', () => {
  it('asks once for a token that it has seen', async () => {
    const { provider, asked } = counting((value) => principal(value));
    const memory = remembering(provider, 10);
    const first = await memory.verify(token('a'), at(1));
    expect(await memory.verify(token('a'), at(2))).toBe(first);
    expect(asked).toEqual(['a']);
  });

  it('tells apart every byte, the scheme and the resource', async () => {
    const { provider, asked } = counting((value) => principal(value));
    const memory = remembering(provider, 10);
    await memory.verify(token('abc'), at(1));
    await memory.verify(token('abd'), at(1));
    await memory.verify({ scheme: 'DPoP', value: 'abc' }, at(1));
    await memory.verify(token('abc'), at(1, 'https://mcp.example/other'));
    expect(asked).toEqual(['abc', 'abd', 'abc', 'abc']);
  });

  it('never answers past exp (RS-54)', async () => {
    const { provider, asked } = counting((value) => principal(value, { expiresAt: 100 }));
    const memory = remembering(provider, 10);
    await memory.verify(token('a'), at(99));
    await memory.verify(token('a'), at(100));
    expect(asked).toEqual(['a', 'a']);
  });

  it('never answers past freshUntil (RS-61)', async () => {
    const { provider, asked } = counting((value) => principal(value, { freshUntil: 30 }));
    const memory = remembering(provider, 10);
    await memory.verify(token('a'), at(29));
    await memory.verify(token('a'), at(30));
    expect(asked).toEqual(['a', 'a']);
  });

  it('verifies once for many that wait', async () => {
    const { provider, asked } = counting(async (value) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return principal(value);
    });
    const memory = remembering(provider, 10);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => memory.verify(token('a'), at(1))),
    );
    expect(new Set(answers).size).toBe(1);
    expect(asked).toEqual(['a']);
  });

  it('lets no request change what the next one is given', async () => {
    const { provider } = counting(() =>
      principal('a', { scopes: ['mcp:tools:weather'], claims: { act: { roles: ['reader'] } } }),
    );
    const memory = remembering(provider, 10);
    const answer = (await memory.verify(token('a'), at(1))) as Principal;
    const { roles } = answer.claims.act as { roles: string[] };
    expect(() => (answer.scopes as string[]).push('mcp:tools:pay')).toThrow(TypeError);
    expect(() => roles.push('admin')).toThrow(TypeError);
    expect(() => Object.assign(answer, { subject: 'root' })).toThrow(TypeError);
  });

  it('goes on for the others when the first caller hangs up', async () => {
    const { provider } = counting((value) => principal(value));
    const seen: AbortSignal[] = [];
    const memory = remembering(
      {
        ...provider,
        async verify(_token, { signal }) {
          seen.push(signal);
          return principal('a');
        },
      },
      10,
    );
    await memory.verify(token('a'), { ...at(1), signal: AbortSignal.abort() });
    expect(seen[0]?.aborted).toBe(false);
  });

  it.each<[Revocation, readonly string[]]>([
    [{ kind: 'token', tokenId: 'jti-a' }, ['a']],
    [{ kind: 'subject', subject: 'b' }, ['b']],
    [{ kind: 'subject', subject: 'b', clientId: 'other' }, []],
    [{ kind: 'keys' }, ['a', 'b']],
    [{ kind: 'keys', issuers: ['https://as.example'] }, ['a', 'b']],
    [{ kind: 'keys', issuers: ['https://other.example'] }, []],
    [{ kind: 'subject', subject: 'b', issuers: ['https://other.example'] }, []],
  ])('forgets on %j', async (revocation, forgotten) => {
    const { provider, asked, revoke } = counting((value) => principal(value));
    const memory = remembering(provider, 10);
    for (const value of ['a', 'b']) await memory.verify(token(value), at(1));
    revoke(revocation);
    asked.length = 0;
    for (const value of ['a', 'b']) await memory.verify(token(value), at(1));
    expect(asked).toEqual(forgotten);
  });

  it('does not keep an answer that a revocation overtook', async () => {
    const { provider, asked, revoke } = counting(async (value) => {
      revoke({ kind: 'token', tokenId: 'jti-a' });
      return principal(value);
    });
    const memory = remembering(provider, 10);
    await memory.verify(token('a'), at(1));
    await memory.verify(token('a'), at(1));
    expect(asked).toEqual(['a', 'a']);
  });

  it('gives no answer that a revocation overtook to those who ask after it', async () => {
    const waiting: ((value: Principal | Rejection) => void)[] = [];
    const { provider, asked, revoke } = counting(
      () => new Promise<Principal | Rejection>((resolve) => waiting.push(resolve)),
    );
    const memory = remembering(provider, 10);
    const before = memory.verify(token('a'), at(1));
    revoke({ kind: 'token', tokenId: 'jti-a' });
    const after = memory.verify(token('a'), at(1));
    waiting[0]?.(principal('a'));
    expect((await before).kind).toBe('principal');
    // The new verification is still under way, and still shared.
    const later = memory.verify(token('a'), at(1));
    waiting[1]?.(rejection('token_revoked', 'The token was revoked.'));
    expect((await after).kind).toBe('rejection');
    expect((await later).kind).toBe('rejection');
    expect(asked).toEqual(['a', 'a']);
  });

  it('keeps what a provider inherits, as the object of a class does', async () => {
    class Inheriting implements AuthProvider {
      readonly specificationVersion = 'v1';
      readonly id = 'class';
      readonly #issuer: string = 'https://as.example';
      get authorizationServers() {
        return [this.#issuer];
      }
      async verify() {
        return principal('a');
      }
      obtainable() {
        return this.#issuer === '';
      }
      async exchange() {
        return { value: this.#issuer, scheme: 'Bearer', expiresAt: 1 } as const;
      }
      onRevocation() {
        return () => undefined;
      }
    }
    const memory = remembering(new Inheriting(), 10);
    expect(memory.authorizationServers).toEqual(['https://as.example']);
    expect(memory.obtainable?.(principal('a'), [])).toBe(false);
    const want = { audience: 'https://api.example', scopes: [] };
    expect((await memory.exchange?.(token('a'), want, at(1)))?.value).toBe('https://as.example');
    expect(memory.onRevocation).toBeDefined();
  });

  it('leaves no timer behind for a token that it has answered', async () => {
    vi.useFakeTimers();
    try {
      const { provider } = counting(() => rejection('token_malformed', 'The token is no JWT.'));
      const memory = remembering(provider, 10);
      for (let index = 0; index < 10; index += 1) await memory.verify(token(`${index}`), at(1));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells a verification that takes ten seconds to give up', async () => {
    vi.useFakeTimers();
    try {
      const { provider } = counting((value) => principal(value));
      const memory = remembering(
        {
          ...provider,
          verify: (_token, { signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(new ProviderUnavailableError('late')));
            }),
        },
        10,
      );
      const answer = expect(memory.verify(token('a'), at(1))).rejects.toThrow('late');
      await vi.advanceTimersByTimeAsync(10_000);
      await answer;
    } finally {
      vi.useRealTimers();
    }
  });

  it('remembers a refusal for two seconds, apart from the good tokens', async () => {
    const { provider, asked } = counting((value) =>
      value.startsWith('bad') ? rejection('signature_invalid', 'No key fits.') : principal(value),
    );
    const memory = remembering(provider, 2);
    await memory.verify(token('good'), at(1));
    for (let index = 0; index < 3000; index += 1) await memory.verify(token(`bad-${index}`), at(1));
    await memory.verify(token('good'), at(1));
    expect(asked.filter((value) => value === 'good')).toHaveLength(1);
    asked.length = 0;
    await memory.verify(token('bad-2999'), at(2));
    expect(asked).toEqual([]);
    await memory.verify(token('bad-2999'), at(3));
    expect(asked).toEqual(['bad-2999']);
  });

  it('never remembers an outage', async () => {
    let down = true;
    const { provider } = counting((value) => {
      if (down) throw new ProviderUnavailableError('down');
      return principal(value);
    });
    const memory = remembering(provider, 10);
    await expect(memory.verify(token('a'), at(1))).rejects.toThrow('down');
    down = false;
    expect((await memory.verify(token('a'), at(1))).kind).toBe('principal');
  });

  it('keeps what is in use and no more than its capacity', async () => {
    const { provider, asked } = counting((value) => principal(value));
    const memory = remembering(provider, 4);
    for (const value of ['a', 'b', 'c', 'a', 'd', 'e', 'a'])
      await memory.verify(token(value), at(1));
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e']);
    asked.length = 0;
    await memory.verify(token('b'), at(1));
    expect(asked).toEqual(['b']);
  });
});

describe('recent', () => {
  it('never holds more than its capacity, and always the newest half', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 20 })),
        (capacity, keys) => {
          const map = recent<string>(capacity);
          const newest: string[] = [];
          for (const key of keys.map(String)) {
            map.set(key, key);
            newest.unshift(key);
            expect([...map.entries()].length).toBeLessThanOrEqual(capacity);
          }
          for (const key of [...new Set(newest)].slice(0, Math.floor(capacity / 2))) {
            expect([...map.entries()].map(([name]) => name)).toContain(key);
          }
        },
      ),
    );
  });
});
