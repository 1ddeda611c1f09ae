import { badTokenKinds, badTokens, faultPairs } from '@portcullis/core/testing';
import { describe, expect, it } from 'vitest';
import { oidcProvider } from '../oidc-provider.js';
import { createFakeOidc } from '../testing/index.js';
import { stytch } from './index.js';
import { configured, project, resource } from './presets.harness.js';

/**
 * One algorithm for all: what a vendor signs with changes no answer, and these keys are made fast.
 */
const algorithm = 'ES256';
/**
 * Cognito's tokens have no `aud`; whom they are for is told by their client, so a token without one
 * is for nobody.
 */
const notOfCognito: readonly string[] = ['no_audience', 'no_client'];
/** Without machines, whose tokens name no client. */
const stytchPeople = stytch({ projectId: project, domain: 'example.customers.stytch.dev' });

/** Where the recorded tokens have an audience of the operator's own choice. */
const own: Readonly<Record<string, { readonly audience: readonly string[] }>> = {
  okta: { audience: ['api://finance'] },
};

describe.each(Object.keys(configured) as (keyof typeof configured)[])('the preset %s', (vendor) => {
  it('answers each bad token, and each pair of faults, as every provider does', async () => {
    const options = vendor === 'stytch' ? stytchPeople : configured[vendor];
    const issuer = [options.issuer].flat()[0] ?? '';
    const fake = await createFakeOidc({
      shape: vendor,
      issuer,
      resource,
      algorithm,
      ...own[vendor],
    });
    const provider = oidcProvider({ ...options, algorithms: ['ES256'], fetch: fake.fetch });
    const now = Math.floor(Date.now() / 1000);
    const context = { resource, now, signal: AbortSignal.timeout(20_000) };
    const good = { client_id: '1example23456789' };
    const cases = [
      ...badTokenKinds.map((kind) => ({
        kinds: [kind],
        change: badTokens[kind].change({ now, issuer }),
        code: badTokens[kind].code,
      })),
      ...faultPairs({ now, issuer }),
    ].filter(
      ({ kinds }) => vendor !== 'cognito' || !kinds.some((kind) => notOfCognito.includes(kind)),
    );

    const wrong: unknown[] = [];
    for (const { kinds, change, code } of cases) {
      const claims = { ...good, ...change.claims };
      const value = await fake.mint({ ...change, claims, scopes: ['mcp:tools:get_quote'] });
      const answer = await provider.verify({ scheme: 'Bearer', value }, context);
      const given = answer.kind === 'rejection' ? answer.code : 'accepted';
      if (given !== code) wrong.push({ kinds, code, given });
    }
    expect(cases.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
    await fake.close();
  });
});
