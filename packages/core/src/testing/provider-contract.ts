import assert from 'node:assert/strict';
import { badTokens, opaqueToken } from './bad-tokens.js';
import { assertHidden, badTokenContext, verify } from './contract/answers.js';
import type {
  ContractIt,
  ContractSuite,
  ProviderHarness,
  SkipReasons,
} from './contract/harness.js';
import { keyCases } from './contract/key-cases.js';
import { outageCases } from './contract/outage-cases.js';
import { tokenCases } from './contract/token-cases.js';

/** What {@link providerContract} runs. */
export interface ProviderContractOptions {
  /** The runner's own function. */
  readonly it: ContractIt;
  /** Starts every name. */
  readonly name: string;
  /**
   * A fresh provider and issuer for each case. The provider's own timeouts are set short, to half a second at most, and
   * so is its pause after a failure.
   */
  setUp(): Promise<ProviderHarness>;
  /** Cases that cannot apply, each with the reason, which is printed. */
  readonly skip?: SkipReasons;
}

/**
 * The contract that every provider passes. Registers one test for each sentence of it; imports no test runner. A case
 * that needs an optional member of the harness fails without it, unless `skip` gives a reason: nothing is left out silently.
 *
 * Does NOT test scopes beyond their being handed on, and no vendor's own claims.
 */
export function providerContract(options: ProviderContractOptions): void {
  const { it, name, setUp, skip = {} } = options;

  const test: ContractSuite['test'] = (sentence, run, kind) => {
    const reason = kind === undefined ? undefined : skip[kind];
    const body = async () => {
      const harness = await setUp();
      try {
        await run(harness);
      } finally {
        await harness.close();
      }
    };
    if (reason === undefined) it(`${name} ${sentence}`, body);
    else it.skip(`${name} ${sentence} (skipped: ${reason})`, body);
  };

  test('has the shape of version v1', async ({ provider }) => {
    assert.equal(provider.specificationVersion, 'v1');
    assert.match(provider.id, /^[a-z0-9][a-z0-9+._-]*$/);
    assert.ok(provider.authorizationServers.length > 0);
    for (const issuer of provider.authorizationServers) assert.ok(URL.canParse(issuer));
  });

  tokenCases({ test, skip });
  keyCases({ test, skip });
  outageCases({ test, skip });

  test('shows the token in no answer and in no error (RS-66)', async (harness) => {
    const good = await harness.mint(['mcp:tools:weather']);
    assertHidden(good, await verify(harness, good));
    const { change } = badTokens.expired;
    const bad = await harness.mintWith(change(badTokenContext(harness)));
    for (const token of [bad, opaqueToken]) assertHidden(token, await verify(harness, token));
    const unknown = await harness.mint([]);
    await harness.breakIssuer('down');
    const answer: unknown = await verify(harness, unknown).catch((error: unknown) => error);
    assertHidden(unknown, answer);
  });
}
