import { describe, expect, it } from 'vitest';
import { ada, gate, gateWith, post, provider } from './gate.harness.js';
import { challengeResponse } from './http/challenge.js';

describe('authorize and challenge', () => {
  const prefix = 'Bearer error="insufficient_scope", scope=';
  const suffix =
    ', resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", error_description="The access token lacks a scope that this operation needs"';

  it('names every scope that the operation needs, held or not (RS-27, RS-28)', async () => {
    const decision = gate.authorize(ada, [
      'mcp:tools:weather',
      'mcp:tools:pay',
      'mcp:resources:bills:read',
    ]);
    expect(decision).toMatchObject({
      allowed: false,
      missing: ['mcp:tools:pay', 'mcp:resources:bills:read'],
    });
    const response = challengeResponse(gate.challenge([decision]));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `${prefix}"mcp:tools:weather mcp:tools:pay mcp:resources:bills:read"${suffix}`,
    );
    expect(await response.json()).toEqual({
      error: 'insufficient_scope',
      error_description: 'The access token lacks a scope that this operation needs',
      scope: 'mcp:tools:weather mcp:tools:pay mcp:resources:bills:read',
    });
  });

  it('echoes what is held where asked to, as it was granted, each once (RS-29)', () => {
    const decision = gate.authorize(ada, ['mcp:tools:pay']);
    const also = ['mcp:resources:*', 'mcp:tools:weather', 'mcp:tools:pay'];
    const challenge = gate.challenge([decision], { also });
    expect(challengeResponse(challenge).headers.get('www-authenticate')).toBe(
      `${prefix}"mcp:resources:* mcp:tools:weather mcp:tools:pay"${suffix}`,
    );
  });

  it('writes only scope tokens into header and body (RS-31, ATK-88)', async () => {
    const challenge = gate.challenge([gate.authorize(ada, ['mcp:tools:pay'])], {
      also: ['a"b', 'x\r\ny', 'ok'],
    });
    const response = challengeResponse(challenge);
    expect(response.headers.get('www-authenticate')).toBe(`${prefix}"ok mcp:tools:pay"${suffix}`);
    expect(await response.json()).toMatchObject({ scope: 'ok mcp:tools:pay' });
  });

  it('asks for a fresher sign-in with 401 (RFC 9470)', () => {
    const challenge = gate.challenge([
      { allowed: false, reason: 'stale', maxAge: 300, acr: ['mfa', 'a", realm="b'] },
    ]);
    expect(challengeResponse(challenge).headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", max_age=300, acr_values="mfa", error_description="A more recent or stronger sign-in is required"',
    );
  });

  it('asks once for what satisfies every call of a batch, scopes too (RFC 9470 §3)', () => {
    const challenge = gate.challenge([
      { allowed: false, reason: 'stale', maxAge: 300, acr: ['mfa', 'hwk'] },
      {
        ...{ allowed: false, reason: 'stale', maxAge: 60, acr: ['hwk'] },
        ...{ required: ['mcp:tools:pay'], missing: ['mcp:tools:pay'] },
      },
      { allowed: true, required: ['mcp:tools:weather'] },
      { allowed: false, required: ['mcp:resources:bills:read'], missing: [] },
    ]);
    expect(challengeResponse(challenge).headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", scope="mcp:tools:pay mcp:tools:weather mcp:resources:bills:read", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp", max_age=60, acr_values="hwk", error_description="A more recent or stronger sign-in is required"',
    );
  });

  it('holds a step-up for possible for people, not for machines (RS-64)', () => {
    expect(gate.obtainable(ada, ['mcp:tools:pay'])).toBe(true);
    expect(gate.obtainable({ ...ada, actor: 'client' }, ['mcp:tools:pay'])).toBe(false);
  });

  it('names scopes as the issuer wants them asked for, and foreign ones as they are', async () => {
    for (const remembered of [0, 10]) {
      const prefixed = gateWith({ provider: { ...provider, scopePrefix: 'bills/' }, remembered });
      const first = await prefixed.authenticate(post());
      expect(first).toMatchObject({ status: 401, scopes: ['bills/mcp:tools:weather'] });
      const document = prefixed.discover(
        new Request('https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp'),
      );
      expect(await document?.json()).toMatchObject({
        scopes_supported: ['bills/mcp:tools:weather'],
      });
      const held = ['openid', 'mcp:tools:weather', 'mcp:resources:*'];
      const refused = prefixed.authorize({ ...ada, scopes: held }, ['mcp:tools:pay']);
      expect(prefixed.challenge([refused], { also: held }).scopes).toEqual([
        'openid',
        'bills/mcp:tools:weather',
        'bills/mcp:resources:*',
        'bills/mcp:tools:pay',
      ]);
    }
  });

  it('sends nobody to consent for what a role gives', () => {
    for (const remembered of [0, 10]) {
      const assigned = { ...provider, assignedScopes: () => ['mcp:tools:*'] };
      const mapping = gateWith({ provider: assigned, remembered });
      expect(mapping.obtainable(ada, ['mcp:tools:pay'])).toBe(false);
      expect(mapping.obtainable(ada, ['openid'])).toBe(true);
    }
  });
});
