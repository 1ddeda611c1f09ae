import assert from 'node:assert/strict';
import { badTokenKinds, badTokens, opaqueToken } from '../bad-tokens.js';
import { faultPairs } from '../fault-pairs.js';
import { asPrincipal, badTokenContext, codeOf, contextOf, verify } from './answers.js';
import type { ContractSuite, ProviderHarness } from './harness.js';

/** Good tokens, bad tokens, and tokens with two faults. */
export function tokenCases({ test, skip }: ContractSuite): void {
  test('makes a principal of a good token, scopes as granted', async (harness) => {
    const scopes = ['mcp:tools:weather', 'mcp:exec:workflows:*', 'openid'];
    const token = await harness.mint(scopes);
    const principal = asPrincipal(await verify(harness, token));
    assert.equal(principal.actor, 'user');
    assert.deepEqual([...principal.scopes].sort(), [...scopes].sort());
    assert.ok(principal.subject !== '' && principal.clientId !== '' && principal.issuer !== '');
    assert.ok(principal.expiresAt > contextOf(harness).now);
    assert.ok(!token.includes(principal.tokenId), 'The token id is a piece of the token.');
  });

  test('accepts a token that is changed in nothing', async (harness) => {
    asPrincipal(await verify(harness, await harness.mintWith({})));
  });

  test(
    'never takes a client that acts for itself for a user (RS-64)',
    async (harness) => {
      const token = await harness.mintForClient('machine-1');
      const principal = asPrincipal(await verify(harness, token));
      assert.equal(principal.actor, 'client');
      assert.equal(principal.clientId, 'machine-1');
    },
    'client',
  );

  test(
    'refuses a bad token: not_a_jwt',
    async (harness) => {
      assert.equal(codeOf(await verify(harness, opaqueToken)), 'token_malformed');
    },
    'not_a_jwt',
  );

  for (const kind of badTokenKinds) {
    test(
      `refuses a bad token: ${kind}`,
      async (harness) => {
        const { change, code } = badTokens[kind];
        const token = await harness.mintWith(change(badTokenContext(harness)));
        assert.equal(codeOf(await verify(harness, token)), code);
      },
      kind,
    );
  }

  const without = badTokenKinds.filter((kind) => skip[kind] !== undefined);
  const note = without.length > 0 ? ` (without ${without.join(', ')}: see there)` : '';
  test(`answers every pair of simultaneous token faults as every other provider does${note}`, async (harness) => {
    const wrong: string[] = [];
    for (const { kinds, change, code } of faultPairs(badTokenContext(harness))) {
      if (kinds.some((kind) => without.includes(kind))) continue;
      const answer = await answerOf(harness, await harness.mintWith(change));
      if (answer !== code) wrong.push(`${kinds.join(' + ')}: ${code} expected, ${answer} given`);
    }
    assert.deepEqual(wrong, []);
  });

  test('refuses a good token where another resource asks (RS-53)', async (harness) => {
    const token = await harness.mint([]);
    for (const resource of [`${harness.resource}-evil`, new URL(harness.resource).origin]) {
      assert.equal(codeOf(await verify(harness, token, { resource })), 'audience_mismatch');
    }
  });
}

/** The code, `accepted`, or the error: one pair that throws hides no other. */
async function answerOf(harness: ProviderHarness, token: string): Promise<string> {
  try {
    return codeOf(await verify(harness, token));
  } catch (error) {
    return `an error (${error instanceof Error ? error.message : String(error)})`;
  }
}
