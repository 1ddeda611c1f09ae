import type { AuthProvider, Revocation } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { call, callTool, messageOf } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ eras, issuer, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('lists by the token alone, whatever was asked before (RS-80, REV-22)', async () => {
        const host = await start();
        const list = async (...scopes: string[]) =>
          messageOf(
            await call(host, { era, method: 'tools/list', token: await mint(host, ...scopes) }),
          );
        const first = await list();
        await callTool(host, era, await mint(host, 'mcp:tools:*'), 'weather');
        await callTool(host, era, await mint(host), 'payroll');
        expect(await list()).toEqual(first);
        expect(await list('mcp:tools:*')).not.toEqual(first);
        expect(await list()).toEqual(first);
      });

      it('authorises a retry that brings answers and state afresh, by its own token (RS-87)', async () => {
        const host = await start();
        const params = {
          ...{ name: 'payroll', arguments: {} },
          inputResponses: { approval: { action: 'accept' } },
          requestState: 'granted: mcp:tools:payroll mcp:tools:weather',
        };
        const token = await mint(host, 'mcp:tools:weather');
        const answer = await call(host, { era, method: 'tools/call', params, token });
        expect([answer.status, host.ran]).toEqual([403, []]);
      });

      it('is not impressed by what a client calls itself (RS-90)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:weather');
        for (const name of ['Claude Code', 'admin', 'mcp:tools:payroll']) {
          const clientInfo = { name, version: '1.0.0' };
          const _meta = { 'io.modelcontextprotocol/clientInfo': clientInfo };
          const params = { name: 'payroll', arguments: {}, clientInfo, _meta };
          const answer = await call(host, { era, method: 'tools/call', params, token });
          expect([name, answer.status, host.ran]).toEqual([name, 403, []]);
        }
      });
    });
  }

  if (eras.includes('modern')) {
    it('ends a subscription with its token, gracefully (RS-86, ATK-72)', async () => {
      const exp = Math.floor(Date.now() / 1000) + 3600;
      const opened = Date.now();
      const host = await start({ clock: () => exp * 1000 - 100 + Date.now() - opened });
      const token = await issuer().mint({ claims: { aud: host.url, exp } });
      const params = { notifications: { toolsListChanged: true } };
      const { status, text } = await call(host, {
        era: 'modern',
        method: 'subscriptions/listen',
        params,
        token,
      });
      expect(status).toBe(200);
      expect(Date.now() - opened).toBeGreaterThanOrEqual(90);
      expect(text).toContain('"method":"notifications/subscriptions/acknowledged"');
      expect(text.trimEnd().split('\n').at(-1)).toBe(
        'data: {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":7}}}',
      );
      expect(host.sink.events).toMatchObject([
        { kind: 'decision', outcome: 'allowed', method: 'subscriptions/listen' },
        { kind: 'completion', outcome: 'succeeded' },
      ]);
    });

    it('ends a subscription when its token is revoked, and no other (RS-86, ATK-72)', async () => {
      const listeners = new Set<(revocation: Revocation) => void>();
      const revoke = (revocation: Revocation) => {
        for (const listen of listeners) listen(revocation);
      };
      const onRevocation: AuthProvider['onRevocation'] = (listen) => {
        listeners.add(listen);
        return () => listeners.delete(listen);
      };
      const host = await start({ provider: { ...issuer().provider(), onRevocation } });
      const ended: string[] = [];
      const open = async (sub: string) => {
        const token = await issuer().mint({ claims: { aud: host.url, sub } });
        const params = { notifications: { toolsListChanged: true } };
        const what = { era: 'modern', method: 'subscriptions/listen', params, token } as const;
        const { text } = await call(host, what);
        ended.push(sub);
        return text.trimEnd().split('\n').at(-1);
      };
      const [ada, bob] = [open('ada'), open('bob')];
      await expect.poll(() => host.sink.events).toHaveLength(2);
      revoke({ kind: 'subject', subject: 'ada' });
      const graceful =
        'data: {"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":7}}}';
      expect([await ada, ended]).toEqual([graceful, ['ada']]);
      revoke({ kind: 'keys' });
      expect([await bob, ended]).toEqual([graceful, ['ada', 'bob']]);
    });
  }
});
