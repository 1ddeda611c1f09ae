import { describe, expect, it } from 'vitest';
import { extensionProblems } from './extension-problems.js';
import { startIssuer } from './issuer.harness.js';

const bound = {
  clientId: 'robot',
  name: 'Robot',
  scopes: [],
  authentication: { method: 'client_secret_post', secret: 's'.repeat(32) },
  dpopBoundAccessTokens: true,
} as const;

describe('options of the extensions', () => {
  it('name what is wrong and what to write', () => {
    const wrong = { dpop: 'nonces', pushedAuthorizationRequests: 1, clients: [] };
    expect(extensionProblems(wrong as never)).toEqual([
      {
        option: 'dpop',
        problem: 'must be true, false or "nonce"; got "nonces".',
        remedy: 'Leave it out for false.',
      },
      {
        option: 'pushedAuthorizationRequests',
        problem: 'must be true, false or "required"; got 1.',
        remedy: 'Leave it out for false.',
      },
    ]);
  });

  it('refuse a client whose tokens must be bound where none can be (EXT-42)', () => {
    expect(extensionProblems({ clients: [bound] })).toEqual([
      {
        option: 'clients[0].dpopBoundAccessTokens',
        problem: 'is set, but no proof is looked at here.',
        remedy: 'Switch on "dpop".',
      },
    ]);
    expect(extensionProblems({ clients: [bound], dpop: true })).toEqual([]);
    expect(extensionProblems({ clients: [null as never] })).toEqual([]);
  });
});

describe('metadata of the extensions', () => {
  const pushed = (issuer: string, required: boolean) => ({
    pushed_authorization_request_endpoint: `${issuer}/par`,
    require_pushed_authorization_requests: required,
  });
  const proofs = {
    dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
  };

  it.each([
    [{}, () => ({}), 404],
    [{ dpop: true }, () => proofs, 404],
    [{ dpop: 'nonce' }, () => proofs, 404],
    [{ pushedAuthorizationRequests: true }, (issuer: string) => pushed(issuer, false), 405],
    [{ pushedAuthorizationRequests: 'required' }, (issuer: string) => pushed(issuer, true), 405],
  ] as const)('with %j say exactly that (EXT-40, AS-11, AS-126)', async (options, more, status) => {
    const issuer = await startIssuer(options);
    for (const document of ['oauth-authorization-server', 'openid-configuration']) {
      const answer = await fetch(`${issuer.issuer}/.well-known/${document}`);
      const all = Object.entries((await answer.json()) as object);
      const said = Object.fromEntries(all.filter(([name]) => /dpop|pushed/.test(name)));
      expect(said).toEqual(more(issuer.issuer));
    }
    expect((await fetch(`${issuer.issuer}/par`)).status).toBe(status);
    await issuer.close();
  });
});
