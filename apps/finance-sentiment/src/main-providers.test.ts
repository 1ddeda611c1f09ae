import { describe, expect, it } from 'vitest';
import { freePort, stageProgram } from './main.harness.js';
import { startFake, vendorNames } from './vendor-fakes.harness.js';

const stage = stageProgram();
const audienceAt = {
  scalekit: 'the Server URL at Scalekit',
  auth0: 'the identifier of the API at Auth0',
  oidc: 'what the issuer has to put into "aud"',
};

async function callWith(token: string, mcpUrl: string): Promise<Response> {
  return fetch(mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
}

describe.concurrent.each(vendorNames)('pnpm start with the variables of %s', (name) => {
  it('trusts its tokens, and says where people sign in', async () => {
    const port = await freePort();
    const mcpUrl = `http://127.0.0.1:${port}/mcp`;
    const vendor = await startFake(name, mcpUrl);
    const running = stage.start({ ...vendor.variables, PORT: String(port) });
    await running.prints('Ctrl+C stops the server.');
    const lines = running.output().split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'Finance Sentiment is up.',
      `  MCP server  ${mcpUrl}`,
      `  Front page  http://127.0.0.1:${port}/ (how to connect each client)`,
      `  Issuer      ${vendor.issuer} (people sign in there)`,
      `  Audience    ${mcpUrl} (${audienceAt[name]}, byte for byte)`,
      '  News        embedded, invented companies',
    ]);
    expect(running.output()).not.toMatch(/Demo user|nightly-report|Warning/);

    expect((await callWith(await vendor.mint(), mcpUrl)).status).toBe(200);
    expect((await callWith('nothing', mcpUrl)).status).toBe(401);
    const document = await fetch(
      `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`,
    );
    expect(await document.json()).toMatchObject({ authorization_servers: [vendor.issuer] });
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain(`it will send you to ${new URL(vendor.issuer).host} to sign in`);
    // Nobody signs in here.
    for (const path of ['authorize', 'token', '.well-known/oauth-authorization-server']) {
      expect((await fetch(`http://127.0.0.1:${port}/${path}`)).status).toBe(404);
    }
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    await vendor.close();
  }, 20_000);

  it('starts with a warning while it is down', async () => {
    const port = await freePort();
    const mcpUrl = `http://127.0.0.1:${port}/mcp`;
    const vendor = await startFake(name, mcpUrl);
    const token = await vendor.mint();
    vendor.breakWith('down');
    const running = stage.start({ ...vendor.variables, PORT: String(port) });
    await running.prints('Ctrl+C stops the server.');
    expect(running.output()).toMatch(/^Warning: .+\. Callers get 503 until the issuer answers\.$/m);
    expect((await callWith(token, mcpUrl)).status).toBe(503);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    await vendor.close();
  }, 20_000);

  it('does not start when it calls itself otherwise than configured', async () => {
    const port = await freePort();
    const vendor = await startFake(name, `http://127.0.0.1:${port}/mcp`);
    vendor.misname();
    const failed = stage.start({ ...vendor.variables, PORT: String(port) });
    expect(await failed.ended).toBe(1);
    const variable = Object.keys(vendor.variables).at(-1);
    expect(failed.output()).toMatch(/The configuration is wrong; nothing was started\.\n/);
    expect(failed.output()).toMatch(new RegExp(`\\n  ${variable} .+\\n$`));
    await vendor.close();
  }, 20_000);
});
