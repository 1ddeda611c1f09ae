import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AuthError } from '../errors.js';
import type { AuthProvider, Revocation, VerifyContext } from '../provider/auth-provider.js';
import type { Principal } from '../token/principal.js';
import type { Rejection } from '../token/rejection.js';
import { type BadTokenKind, badTokens } from './bad-tokens.js';

/** What a provider package brings so that the contract can be held against its provider. */
export interface ProviderHarness {
  readonly provider: AuthProvider;
  /** The resource that good tokens are for. */
  readonly resource: string;
  /** Seconds since the epoch. Default: the machine's clock. */
  now?(): number;
  /** A good token of a user with exactly these scopes. */
  mint(scopes: readonly string[]): Promise<string>;
  /** A good token that a client got for itself. */
  mintForClient(clientId: string): Promise<string>;
  /** A token that has to be refused. */
  mintBad(kind: BadTokenKind): Promise<string>;
  /** From now on the issuer cannot be asked for keys, nor for an introspection. */
  breakIssuer(): void | Promise<void>;
  repairIssuer(): void | Promise<void>;
  /** Requests for keys, or for introspection, that reached the issuer so far. */
  fetches(): number;
  /** The issuer signs with a new key; the old one stays published. */
  rotate(): Promise<void>;
  /** The issuer signs with a new key; the old one is withdrawn. */
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/** The part of a test runner that is used: vitest's and Jest's `it` fit. */
export interface ContractIt {
  (name: string, run: () => Promise<void>): unknown;
  skip(name: string, run: () => Promise<void>): unknown;
}

/** Cases that need not fit every provider. Any {@link BadTokenKind} may be skipped too. */
export type ContractCase =
  | 'client'
  | 'outage'
  | 'outage_known_key'
  | 'parallel'
  | 'unknown_key_fetch'
  | 'rotation'
  | 'withdrawal';

/** What {@link providerContract} runs. */
export interface ProviderContractOptions {
  /** The runner's own function. */
  readonly it: ContractIt;
  /** Starts every name. */
  readonly name: string;
  /** A fresh provider and issuer for each case. */
  setUp(): Promise<ProviderHarness>;
  /** Cases that cannot apply, each with the reason, which is printed. */
  readonly skip?: Partial<Readonly<Record<ContractCase | BadTokenKind, string>>>;
}

/**
 * The contract that every {@link AuthProvider} passes. Registers one test for each sentence of it; imports no test runner.
 *
 * Does NOT test scopes beyond their being handed on, and no vendor's own claims.
 */
export function providerContract(options: ProviderContractOptions): void {
  const { it, name, setUp, skip = {} } = options;

  function test(
    sentence: string,
    run: (harness: ProviderHarness) => Promise<void>,
    kind?: ContractCase | BadTokenKind,
  ): void {
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
  }

  test('has the shape of version v1', async ({ provider }) => {
    assert.equal(provider.specificationVersion, 'v1');
    assert.match(provider.id, /^[a-z0-9][a-z0-9+._-]*$/);
    assert.ok(provider.authorizationServers.length > 0);
    for (const issuer of provider.authorizationServers) assert.ok(URL.canParse(issuer));
  });

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

  for (const [kind, { code }] of Object.entries(badTokens) as [BadTokenKind, BadTokenEntry][]) {
    test(
      `refuses a bad token: ${kind}`,
      async (harness) => {
        const answer = await verify(harness, await harness.mintBad(kind));
        assert.equal(answer.kind, 'rejection', `The token "${kind}" was accepted.`);
        assert.equal((answer as Rejection).code, code);
      },
      kind,
    );
  }

  test('refuses a good token where another resource asks (RS-53)', async (harness) => {
    const token = await harness.mint([]);
    for (const resource of [`${harness.resource}-evil`, new URL(harness.resource).origin]) {
      const answer = await verify(harness, token, { resource });
      assert.equal(answer.kind === 'rejection' && answer.code, 'audience_mismatch');
    }
  });

  test(
    'throws when the issuer cannot be asked, and answers when it is back',
    async (harness) => {
      const token = await harness.mint([]);
      await harness.breakIssuer();
      await assert.rejects(verify(harness, token), isOutage);
      await harness.repairIssuer();
      await eventually(async () => asPrincipal(await verify(harness, token)));
    },
    'outage',
  );

  test(
    'still knows the keys that it has while the issuer is down (ATK-42)',
    async (harness) => {
      asPrincipal(await verify(harness, await harness.mint([])));
      const another = await harness.mint([]);
      const unknown = await harness.mintBad('unknown_key');
      await harness.breakIssuer();
      asPrincipal(await verify(harness, another));
      await assert.rejects(verify(harness, unknown), isOutage);
    },
    'outage_known_key',
  );

  test(
    'fetches the keys once for ten parallel calls',
    async (harness) => {
      const tokens = await Promise.all(Array.from({ length: 10 }, () => harness.mint([])));
      const answers = await Promise.all(tokens.map((token) => verify(harness, token)));
      for (const answer of answers) asPrincipal(answer);
      assert.equal(harness.fetches(), 1);
    },
    'parallel',
  );

  test(
    'fetches the keys once more for unknown key ids, however many (ATK-42)',
    async (harness) => {
      asPrincipal(await verify(harness, await harness.mint([])));
      const before = harness.fetches();
      for (let index = 0; index < 5; index += 1) {
        const answer = await verify(harness, await harness.mintBad('unknown_key'));
        assert.equal(answer.kind === 'rejection' && answer.code, 'signature_invalid');
      }
      assert.equal(harness.fetches() - before, 1);
    },
    'unknown_key_fetch',
  );

  test(
    'accepts tokens of the old and of the new key after a rotation (RS-63)',
    async (harness) => {
      const old = await harness.mint([]);
      asPrincipal(await verify(harness, old));
      await harness.rotate();
      asPrincipal(await verify(harness, await harness.mint([])));
      asPrincipal(await verify(harness, old));
    },
    'rotation',
  );

  test(
    'tells its listeners when a key was withdrawn, and refuses what it signed',
    async (harness) => {
      const told: Revocation[] = [];
      const stop = harness.provider.onRevocation?.((revocation) => told.push(revocation));
      assert.ok(stop, 'The provider has no onRevocation.');
      const old = await harness.mint([]);
      asPrincipal(await verify(harness, old));
      await harness.withdraw();
      asPrincipal(await verify(harness, await harness.mint([])));
      assert.deepEqual(told, [{ kind: 'keys' }]);
      assert.equal((await verify(harness, old)).kind, 'rejection');
      stop();
    },
    'withdrawal',
  );

  test('shows the token in no answer and in no error (RS-66)', async (harness) => {
    const good = await harness.mint(['mcp:tools:weather']);
    assertHidden(good, await verify(harness, good));
    const expired = skip.expired === undefined ? 'expired' : 'not_a_jwt';
    const bad = await harness.mintBad(expired);
    assertHidden(bad, await verify(harness, bad));
    const unknown = await harness.mint([]);
    await harness.breakIssuer();
    const answer: unknown = await verify(harness, unknown).catch((error: unknown) => error);
    assertHidden(unknown, answer);
  });
}

type BadTokenEntry = (typeof badTokens)[BadTokenKind];

function contextOf(harness: ProviderHarness): VerifyContext {
  const now = harness.now?.() ?? Math.floor(Date.now() / 1000);
  return { resource: harness.resource, now, signal: AbortSignal.timeout(10_000) };
}

function verify(
  harness: ProviderHarness,
  value: string,
  change: Partial<VerifyContext> = {},
): Promise<Principal | Rejection> {
  const context = { ...contextOf(harness), ...change };
  return harness.provider.verify({ scheme: 'Bearer', value }, context);
}

function asPrincipal(answer: Principal | Rejection): Principal {
  if (answer.kind === 'rejection') assert.fail(`Refused: ${answer.code}. ${answer.detail}`);
  return answer;
}

const isOutage = (error: unknown): boolean =>
  AuthError.isInstance(error) && error.code === 'PROVIDER_UNAVAILABLE';

/** A provider may wait a moment before it asks an issuer that was down again; harnesses set it short. */
async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 5000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function assertHidden(token: string, value: unknown): void {
  const text = inspect(value, { depth: 10, showHidden: true, maxStringLength: null });
  const { length } = token;
  // The last part alone would be enough to rebuild a token whose claims are known.
  for (const piece of [token, token.slice(length - 20)]) {
    assert.ok(!text.includes(piece), 'The answer holds the token or its signature.');
  }
}
