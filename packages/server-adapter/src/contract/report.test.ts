import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { needsByInput } from '../index.js';
import { call, callTool, messageOf, toSent } from './calls.js';
import type { FixtureOptions } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const enforce = 'report';
const policy: FixtureOptions['policy'] = {
  tools: {
    weather: { needs: ['mcp:tools:weather'], enforce },
    payroll: { needs: ['mcp:tools:payroll'], maxAge: 60, enforce },
    mine: { needs: [], rule: ({ subject }) => subject === 'owner', enforce },
    broken: { needs: [], rule: () => JSON.parse('{'), enforce },
    run_workflow: {
      needs: needsByInput({
        input: z.object({ name: z.literal('daily') }),
        possible: ['mcp:exec:workflows:daily'],
        of: () => ['mcp:exec:workflows:daily'],
      }),
      enforce,
    },
    whoami: ['mcp:tools:payroll'],
  },
  resources: {
    'notes://box/{id}': ['mcp:resources:notes:read'],
    'notes://box/secret': { needs: ['mcp:resources:notes:secret'], enforce },
  },
};

onEveryHost(({ eras, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('lets through what an entry on trial would refuse, and names it in the log', async () => {
        const host = await start({ policy });
        const token = await mint(host, 'mcp:prompts:brief');
        for (const name of ['weather', 'payroll', 'mine', 'broken']) {
          expect([name, (await callTool(host, era, token, name)).status]).toEqual([name, 200]);
        }
        const args = { name: 'close' };
        const { status } = await callTool(host, era, token, 'run_workflow', args);
        // The tool's own schema is another one, and the SDK's business.
        expect([status, host.ran]).toEqual([
          200,
          ['weather', 'payroll', 'mine', 'broken', 'close'],
        ]);
        const decisions = host.sink.events.filter(({ kind }) => kind === 'decision');
        expect(decisions).toMatchObject(
          [
            {
              ...{ outcome: 'challenged', reason: 'insufficient_scope' },
              ...{ required: ['mcp:tools:weather'], missing: ['mcp:tools:weather'] },
            },
            {
              ...{ outcome: 'challenged', reason: 'stale' },
              ...{ required: ['mcp:tools:payroll'], missing: ['mcp:tools:payroll'] },
            },
            { outcome: 'denied', reason: 'rule', required: [], missing: [] },
            { outcome: 'denied', reason: 'policy_defect', detail: 'A rule threw.' },
            { outcome: 'denied', reason: 'invalid_input', required: [], missing: [] },
          ].map((wouldHave) => ({ outcome: 'allowed', required: [], missing: [], wouldHave })),
        );
        expect(host.sink.events.filter(({ kind }) => kind === 'completion')).toHaveLength(5);
      });

      it('says nothing of an entry on trial that would have let it pass', async () => {
        const host = await start({ policy });
        await callTool(host, era, await mint(host, 'mcp:tools:weather'), 'weather');
        expect(host.sink.events[0]).toMatchObject({ outcome: 'allowed' });
        expect(host.sink.events[0]).not.toHaveProperty('wouldHave');
      });

      it('lets no entry on trial open what another one, or none, keeps shut (RS-78)', async () => {
        const host = await start({ policy });
        const read = async (uri: string, ...scopes: string[]) => {
          const token = await mint(host, ...scopes);
          const answer = await call(host, {
            era,
            method: 'resources/read',
            params: { uri },
            token,
          });
          return answer.status === 200 ? Object.keys(messageOf(answer))[0] : answer.status;
        };
        expect(await read('notes://box/secret')).toBe(403);
        expect(await read('notes://box/secret', 'mcp:resources:notes:secret')).toBe(403);
        expect(await read('notes://box/secret', 'mcp:resources:notes:read')).toBe('result');
        expect((await callTool(host, era, await mint(host), 'whoami')).status).toBe(403);
        expect(messageOf(await callTool(host, era, await mint(host), 'hidden'))).not.toMatchObject({
          result: { content: [{ text: 'hidden' }] },
        });
        expect(host.ran).toEqual(['notes://box/secret']);
        const decisions = host.sink.events.filter(({ kind }) => kind === 'decision');
        expect(decisions.map((event) => 'wouldHave' in event)).toEqual([
          false,
          false,
          true,
          false,
          false,
        ]);
      });
    });
  }

  it('refuses a batch whole for one that is enforced, and says nothing of the trial (RS-79)', async () => {
    const host = await start({ policy });
    const sent = toSent({ era: 'legacy', method: 'x', token: await mint(host) });
    const headers = sent.headers.filter(([name]) => name !== 'MCP-Protocol-Version');
    const batch = (...names: string[]) =>
      host.send({
        ...sent,
        headers: [...headers, ['MCP-Protocol-Version', '2025-03-26']],
        body: JSON.stringify(
          names.map((name, id) => ({
            ...{ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } },
          })),
        ),
      });
    expect((await batch('weather', 'whoami')).status).toBe(403);
    expect(host.sink.events).toMatchObject([
      { outcome: 'denied', reason: 'batch_refused', name: 'weather' },
      { outcome: 'challenged', missing: ['mcp:tools:payroll'], name: 'whoami' },
    ]);
    expect(host.sink.events.some((event) => 'wouldHave' in event)).toBe(false);
    expect((await batch('weather', 'mine')).status).toBe(200);
    expect(host.ran).toEqual(['weather', 'mine']);
  });
});
