import { describe, expect, it } from 'vitest';
import type { Era } from '../message/version-match.js';
import { callTool } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ eras, issuer, start }) => {
  /** Good for longer than these tests look ahead. */
  const mintFor = (host: Host, claims: Record<string, unknown>, ...scopes: string[]) => {
    const exp = Math.floor(Date.now() / 1000) + 7200;
    return issuer().mint({ claims: { aud: host.url, exp, ...claims }, scopes });
  };
  const mint = (host: Host, ...scopes: string[]) => mintFor(host, {}, ...scopes);

  for (const era of eras) {
    describe(era, () => {
      const kind = async (host: Host, token: string, name = 'payroll') => {
        const { status, headers } = await callTool(host, era as Era, token, name);
        const error = /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
        return error ?? status;
      };

      it('stops asking who comes back with a new token of the same grant, for ten minutes (RS-34)', async () => {
        let ahead = 0;
        const host = await start({ clock: () => Date.now() + ahead });
        const again = () => mint(host, 'mcp:tools:weather');
        const first = await again();
        const answers = [];
        // With the same token nobody was asked in between, so that is no loop.
        // Made when it is its turn: a token of a second before the first challenge would be another device's.
        for (const token of [first, first, first, undefined, first]) {
          answers.push(await kind(host, token ?? (await again())));
        }
        expect(answers).toEqual(Array(5).fill('insufficient_scope'));
        expect([await kind(host, await again()), await kind(host, await again())]).toEqual([
          403, 403,
        ]);
        expect(host.sink.events.at(-1)).toMatchObject({
          ...{ outcome: 'denied', reason: 'challenge_exhausted', status: 403 },
          required: ['mcp:tools:payroll', 'mcp:tools:weather'],
          missing: ['mcp:tools:payroll'],
        });
        const { text } = await callTool(host, era, await again(), 'payroll');
        expect(JSON.parse(text)).toEqual({
          error: 'access_denied',
          error_description:
            'What this needs was asked for before and not granted; it can be asked for again in a few minutes',
        });
        // What they hold still works, and who has more is let in.
        expect(await kind(host, await again(), 'weather')).toBe(200);
        expect(await kind(host, await mint(host, 'mcp:tools:*'))).toBe(200);
        expect(await kind(host, await again())).toBe(403);
        ahead = 241_000;
        expect(await kind(host, await again())).toBe(403);
        ahead = 601_000;
        expect(await kind(host, await again())).toBe('insufficient_scope');
      });

      it('counts for one owner, one set of needs and one grant alone', async () => {
        const host = await start();
        for (let times = 0; times < 3; times += 1) await kind(host, await mint(host));
        expect(await kind(host, await mint(host))).toBe(403);
        const others = [{ sub: 'user-2' }, { client_id: 'client-2' }];
        for (const claims of others) {
          const token = await mintFor(host, claims);
          expect([claims, await kind(host, token)]).toEqual([claims, 'insufficient_scope']);
        }
        expect(await kind(host, await mint(host), 'weather')).toBe('insufficient_scope');
        expect(await kind(host, await mint(host, 'mcp:prompts:brief'))).toBe('insufficient_scope');
      });

      it('takes a token of before the challenge for another device, not for a loop', async () => {
        const host = await start();
        const iat = Math.floor(Date.now() / 1000) - 60;
        for (let device = 0; device < 5; device += 1) {
          expect(await kind(host, await mintFor(host, { iat }))).toBe('insufficient_scope');
        }
        expect(await kind(host, await mint(host))).toBe('insufficient_scope');
        expect(await kind(host, await mint(host))).toBe(403);
        expect(await kind(host, await mintFor(host, { iat }))).toBe('insufficient_scope');
      });

      it('stops asking for sign-ins that never get good enough, and not for those that age', async () => {
        let ahead = 0;
        const host = await start({
          clock: () => Date.now() + ahead,
          policy: { tools: { whoami: { needs: [], maxAge: 60 } } },
        });
        const signedIn = (age: number) => {
          const auth_time = Math.floor((Date.now() + ahead) / 1000) - age;
          return mintFor(host, { auth_time, iat: auth_time + age });
        };
        const stale = 'insufficient_user_authentication';
        for (const expected of [stale, stale, 403, 403]) {
          expect(await kind(host, await signedIn(90), 'whoami')).toBe(expected);
        }
        expect(await kind(host, await signedIn(1), 'whoami')).toBe(200);
        for (let times = 0; times < 5; times += 1) {
          const token = await signedIn(1);
          expect(await kind(host, token, 'whoami')).toBe(200);
          ahead += 70_000;
          expect(await kind(host, token, 'whoami')).toBe(stale);
        }
      });
    });
  }
});
