import { expect, it } from 'vitest';
import { callTool, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ start, mint, eras }) => {
  const origin = 'http://localhost:6274';

  it('answers what the endpoint throws with the same words everywhere, which a page can read (RS-33, RS-36)', async () => {
    const error = new Error('The database at 10.0.0.7 is gone.');
    const host = await start({}, () => Promise.reject(error));
    const token = await mint(host, 'mcp:tools:*');
    const [era = 'legacy'] = eras;
    const { method, headers, body } = toSent({
      ...{ era, method: 'tools/call', params: { name: 'weather', arguments: {} }, token },
    });
    const lines = [...headers, ['Origin', origin]] as const;
    const { status, headers: received, text } = await host.send({ method, headers: lines, body });
    expect([status, text]).toEqual([
      500,
      '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}',
    ]);
    expect(received.get('content-type')).toBe('application/json');
    expect(received.get('cache-control')).toBe('no-store');
    expect(received.get('access-control-allow-origin')).toBe(origin);
    expect(received.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    expect(received.get('vary')).toContain('Origin');
    expect(JSON.stringify([...received])).not.toContain('10.0.0.7');
    await expect.poll(() => host.errors).toHaveLength(1);
    expect(host.errors[0]).toBe(error);
    expect(host.sink.events).toMatchObject([
      { kind: 'decision', outcome: 'allowed' },
      { kind: 'completion', outcome: 'unknown' },
    ]);
    // It lives on.
    expect((await callTool(host, era, undefined, 'weather')).status).toBe(401);
    expect(host.errors).toHaveLength(1);
  });

  it('takes anything that an endpoint may throw for an error', async () => {
    const thrown = [undefined, null, 'route', 'router', { status: 200, statusCode: 200 }];
    const host = await start({}, () => Promise.reject(thrown[host.errors.length]));
    const token = await mint(host, 'mcp:tools:*');
    for (const [index] of thrown.entries()) {
      const answer = await callTool(host, 'legacy', token, 'weather');
      expect([thrown[index], answer.status]).toEqual([thrown[index], 500]);
      await expect.poll(() => host.errors).toHaveLength(index + 1);
    }
    expect(host.errors.map((error) => (error as Error).cause)).toEqual(thrown);
  });

  it('takes a header that no host could send for an error of the endpoint, in the same words (RS-33, ATK-88)', async () => {
    const headers = { 'x-odd': 'a\u0001b' };
    const host = await start({}, async () => Response.json({}, { headers }));
    const answer = await callTool(host, 'legacy', await mint(host, 'mcp:tools:*'), 'weather');
    expect([answer.status, answer.text]).toEqual([
      500,
      '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}',
    ]);
    await expect.poll(() => host.errors).toHaveLength(1);
    expect(host.errors[0]).toEqual(
      new Error("The endpoint's answer has a control character in its header x-odd."),
    );
  });
});
