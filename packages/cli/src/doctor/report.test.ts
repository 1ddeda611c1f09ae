import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { portcullis } from '../session.harness.js';
import { at, both, METADATA, members, notFound } from './broken/damage.harness.js';
import { startWard, type Ward } from './doctor.harness.js';

let ward: Ward;
beforeAll(async () => {
  ward = await startWard();
});
afterEach(() => ward.damage(undefined));
afterAll(() => ward.close());

const breakTwoThings = () =>
  ward.damage(
    both(
      members(METADATA, (origin) => ({ resource: `${origin}/mcp/` })),
      at('/.well-known/oauth-authorization-server', notFound),
      at('/.well-known/openid-configuration', notFound),
    ),
  );

describe('the report', () => {
  it('is for people, by phase, and says who breaks and what to do', async () => {
    breakTwoThings();
    const { code, out } = await portcullis(['doctor', ward.url]);
    expect(code).toBe(1);
    expect(out.replaceAll(ward.origin, 'ORIGIN').replaceAll(/\d+ ms/g, '12 ms')).toBe(`ORIGIN/mcp

Discovery
  ok    The endpoint is on plain HTTP, on loopback: only programs of this machine reach it.
  ok    The endpoint answers over HTTP/1.1.
  ok    The endpoint is where the URL says.
  ok    The first answer came after 12 ms.
  ok    The clock of the server is right.
  ok    Without a token the answer is 401 with a Bearer challenge.
  ok    Clients that search the challenge by pattern read the same in it.
  ok    The challenge links the metadata by an absolute URL of this server.
  ok    The challenge says which scopes to ask for.
  ok    The challenge names no error, since no token came.
  ok    The protected resource metadata is public, where RFC 9728 puts it.
  ok    The metadata that the challenge links is the same.
  ok    Nothing at the root of the host contradicts it.
  FAIL  The resource is "ORIGIN/mcp/", and clients call "ORIGIN/mcp": they differ by the slash at the end.
        at: ORIGIN/.well-known/oauth-protected-resource/mcp
        Breaks: VS Code and the official SDKs, which stop; and every token, whose audience is then another.
        To do: Set the resource to the public URL of the endpoint, byte for byte as people enter it: no slash at the end.
  ok    The metadata names the authorization server "ORIGIN".
  ok    The scopes in the metadata can be asked for as they are.
  ok    Pages may send the headers of MCP.
  ok    Pages can read the challenge.
  ok    Pages can read the metadata.
  skip  port: ports of loopback are free to choose.
  skip  certificate: there is no TLS.

Authorization
  FAIL  The metadata of the authorization server cannot be read: GET answered 404. It was the last of 2 places.
        at: ORIGIN/.well-known/openid-configuration
        Breaks: Every client.
        To do: Serve the metadata by RFC 8414 at that place; answer 404, and no page, at places that have none.
  ok    The host of the endpoint speaks for no other issuer.
  skip  10 checks: no authorization server was found.
  skip  register-claude-code, register-cursor, register-vscode, unregister: registering writes, so it takes --register.

Access
  ok    A request of 2026-07-28, which has no handshake, is challenged too.
  ok    A stream is not opened without a token.
  ok    What is no token is refused as invalid_token.
  skip  token, tampered-token: no token was given: see --token-env.

2 failures, 0 warnings, 22 ok, 18 skipped. Asked: ${new URL(ward.url).host}.
`);
  });
});
