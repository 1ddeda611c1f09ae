import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, it } from 'vitest';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ network, sdk, start, mint }) => {
  if (!network) {
    it('answers over no socket, so clients are left to the other hosts', async () => {
      const host = await start();
      expect((await host.send({ method: 'GET', path: '/elsewhere', headers: [] })).status).toBe(
        404,
      );
    });
    return;
  }

  const modes = [
    ['the v2 client in the legacy era', 'legacy'],
    ['the v2 client that finds out the era', 'auto'],
    ...(sdk === 'v2'
      ? ([['the v2 client in the modern era', { pin: '2026-07-28' }]] as const)
      : []),
  ] as const;
  for (const [name, mode] of modes) {
    it(`serves ${name}`, async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:weather');
      const client = new Client(
        { name: 'tests', version: '1.0.0' },
        { versionNegotiation: { mode: mode } },
      );
      const requestInit = { headers: { Authorization: `Bearer ${token}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(host.url), { requestInit }));
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toContain('weather');
      expect(await client.callTool({ name: 'weather', arguments: {} })).toMatchObject({
        content: [{ type: 'text', text: 'weather' }],
      });
      await expect(client.callTool({ name: 'payroll', arguments: {} })).rejects.toThrow(
        /403|scope|forbidden/i,
      );
      await client.close();
      expect(host.ran).toEqual(['weather']);
    });
  }

  it('serves the v1 client', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather', 'mcp:resources:notes:read');
    const client = new ClientV1({ name: 'tests', version: '1.0.0' });
    const requestInit = { headers: { Authorization: `Bearer ${token}` } };
    await client.connect(new TransportV1(new URL(host.url), { requestInit }));
    expect(await client.callTool({ name: 'weather', arguments: {} })).toMatchObject({
      content: [{ type: 'text', text: 'weather' }],
    });
    const note = await client.readResource({ uri: 'notes://box/1' });
    expect(note.contents).toMatchObject([{ uri: 'notes://box/1', text: 'note' }]);
    await expect(client.callTool({ name: 'payroll', arguments: {} })).rejects.toThrow(
      /403|scope|forbidden/i,
    );
    await client.close();
    expect(host.ran).toEqual(['weather', 'notes://box/1']);
  });
});
