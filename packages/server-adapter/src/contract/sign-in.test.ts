import { describe, expect, it } from 'vitest';
import type { Era } from '../message/version-match.js';
import { callTool } from './calls.js';
import type { FixtureOptions, Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const policy: FixtureOptions['policy'] = {
  tools: {
    weather: { needs: ['mcp:tools:weather'], maxAge: 300 },
    payroll: { needs: ['mcp:tools:payroll'], maxAge: 60, acr: ['mfa', 'hwk'] },
    whoami: { needs: [], acr: ['mfa'] },
    mine: { needs: [], maxAge: 300, rule: ({ subject }) => subject === 'owner' },
  },
  methods: { 'tools/call': { needs: [], maxAge: 600, acr: ['hwk', 'pwd', 'mfa'] } },
};

onEveryHost(({ eras, issuer, start }) => {
  const now = () => Math.floor(Date.now() / 1000);
  const mint = (host: Host, claims: Record<string, unknown>, ...scopes: string[]) =>
    issuer().mint({ claims: { aud: host.url, ...claims }, scopes });
  const ask = async (host: Host, era: Era, token: string, name: string) => {
    const { status, headers } = await callTool(host, era, token, name);
    return [status, headers.get('www-authenticate')] as const;
  };

  for (const era of eras) {
    describe(era, () => {
      it('asks for a new sign-in by 401 where the last one is too old or too weak (RFC 9470 §3)', async () => {
        const host = await start({ policy });
        const { origin } = new URL(host.url);
        const stale = (wish: string, scope = '') =>
          `Bearer error="insufficient_user_authentication", ${scope}resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", ${wish}, error_description="A more recent or stronger sign-in is required"`;
        const held = era === 'modern' ? '' : 'mcp:tools:* ';
        const scope = (name: string) => `scope="${held}mcp:tools:${name}", `;

        const good = { auth_time: now() - 30, acr: 'mfa' };
        const fresh = await mint(host, good, 'mcp:tools:*');
        expect(await ask(host, era, fresh, 'payroll')).toEqual([200, null]);
        const old = await mint(host, { ...good, auth_time: now() - 100 }, 'mcp:tools:*');
        expect(await ask(host, era, old, 'weather')).toEqual([200, null]);
        // The strictest of all entries that apply, and only what satisfies every one.
        expect(await ask(host, era, old, 'payroll')).toEqual([
          401,
          stale('max_age=60, acr_values="mfa hwk"', scope('payroll')),
        ]);
        const weak = await mint(host, { ...good, acr: 'pwd' }, 'mcp:tools:*');
        expect(await ask(host, era, weak, 'weather')).toEqual([200, null]);
        expect(await ask(host, era, weak, 'payroll')).toEqual([
          401,
          stale('max_age=60, acr_values="mfa hwk"', scope('payroll')),
        ]);
        expect(await ask(host, era, weak, 'whoami')).toEqual([
          401,
          stale('max_age=600, acr_values="mfa"', era === 'modern' ? '' : 'scope="mcp:tools:*", '),
        ]);
        expect(host.ran).toEqual(['payroll', 'weather', 'weather']);
        expect(host.sink.events.filter((event) => 'reason' in event)).toMatchObject([
          { outcome: 'challenged', reason: 'stale', status: 401, missing: [] },
          { outcome: 'challenged', reason: 'stale', required: ['mcp:tools:payroll'] },
          { outcome: 'challenged', reason: 'stale', required: [] },
        ]);
      });

      it('takes a token that does not say when or how its person signed in for none that is good', async () => {
        const host = await start({ policy });
        const times = [undefined, now() + 3600, (now() - 30) * 1000];
        // Each another person's, since nobody is asked for ever.
        for (const [index, auth_time] of times.entries()) {
          const sub = `late-${index}`;
          const token = await mint(host, { sub, auth_time, acr: 'mfa' }, 'mcp:tools:*');
          expect([auth_time, (await ask(host, era, token, 'weather'))[0]]).toEqual([
            auth_time,
            401,
          ]);
        }
        for (const [index, acr] of [undefined, 'MFA', 'mfa hwk', ''].entries()) {
          const sub = `weak-${index}`;
          const token = await mint(host, { sub, auth_time: now() - 30, acr }, 'mcp:tools:*');
          expect([acr, (await ask(host, era, token, 'weather'))[0]]).toEqual([acr, 401]);
        }
        expect(host.ran).toEqual([]);
      });

      it('asks once, for the sign-in and for the scopes that are missing as well (RFC 9470 §3, RS-28)', async () => {
        const host = await start({ policy });
        const token = await mint(host, { auth_time: now() - 3600, acr: 'mfa' });
        const [status, header] = await ask(host, era, token, 'weather');
        expect(status).toBe(401);
        expect(header).toMatch(
          /error="insufficient_user_authentication", scope="mcp:tools:weather", .*max_age=300, /,
        );
        expect(host.sink.events).toMatchObject([
          { outcome: 'challenged', reason: 'stale', missing: ['mcp:tools:weather'] },
        ]);
      });

      it('sends nobody to sign in where that cannot help: a machine, or a rule that says no', async () => {
        const host = await start({ policy });
        const machine = { sub: 'machine', client_id: 'machine' };
        const token = await mint(host, machine, 'mcp:tools:weather');
        expect(await ask(host, era, token, 'weather')).toEqual([403, null]);
        const old = { auth_time: now() - 3600, acr: 'mfa' };
        expect(await ask(host, era, await mint(host, old), 'mine')).toEqual([403, null]);
        const owner = await mint(host, { ...old, sub: 'owner' });
        expect((await ask(host, era, owner, 'mine'))[0]).toBe(401);
        expect(host.sink.events).toMatchObject([
          { outcome: 'denied', reason: 'no_sign_in', required: ['mcp:tools:weather'] },
          { outcome: 'denied', reason: 'rule' },
          { outcome: 'challenged', reason: 'stale' },
        ]);
        expect(host.ran).toEqual([]);
      });

      it('refuses what no sign-in can satisfy', async () => {
        const methods = { 'tools/call': { needs: [], acr: ['hwk'] } };
        const host = await start({ policy: { ...policy, methods } });
        const token = await mint(host, { auth_time: now(), acr: 'hwk' });
        expect(await ask(host, era, token, 'whoami')).toEqual([403, null]);
        expect(host.sink.events).toMatchObject([{ outcome: 'denied', reason: 'policy_defect' }]);
      });
    });
  }
});
