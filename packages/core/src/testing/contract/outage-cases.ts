import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import {
  asPrincipal,
  assertHidden,
  codeOf,
  eventually,
  isOutage,
  mintOfUnknownKey,
  verify,
} from './answers.js';
import { type ContractSuite, needed, type OutageFault, type ProviderHarness } from './harness.js';

const faults: readonly OutageFault[] = [
  ...(['down', 'hang', 'trickle', 'status_500', 'html'] as const),
  ...(['empty', 'empty_object', 'redirect', 'huge'] as const),
];
/** As many as a careless or hostile issuer might publish; the right one is the first. */
const MANY_KEYS = 2000;

/** What a broken or hostile issuer does: nobody's token is refused for it, and nothing of it stays. */
export function outageCases({ test }: ContractSuite): void {
  for (const fault of faults) {
    test(
      `throws an outage when the issuer is asked for the first time: ${fault}; answers when it is repaired`,
      async (harness) => {
        const redirected =
          fault === 'redirect'
            ? needed(harness.redirected, 'redirected', 'outage_redirect')
            : () => 0;
        await harness.breakIssuer(fault);
        // Twice: what the first failure leaves behind must not turn the second one into something else.
        await assertOutage(harness);
        await assertOutage(harness);
        assert.equal(redirected(), 0, 'A redirect was followed.');
        await recovers(harness);
      },
      `outage_${fault}`,
    );

    test(
      `keeps to the keys that it has while the issuer is broken: ${fault} (ATK-42)`,
      async (harness) => {
        asPrincipal(await verify(harness, await harness.mint([])));
        const [another, unknown] = [await harness.mint([]), await mintOfUnknownKey(harness)];
        await harness.breakIssuer(fault);
        await assert.rejects(verify(harness, unknown), isOutage);
        asPrincipal(await verify(harness, another));
      },
      'outage_known_key',
    );
  }

  test(
    'says how its issuer is doing: not asked yet, asked, and down',
    async (harness) => {
      const { provider } = harness;
      const status = () => provider.status?.() ?? assert.fail('The provider has no "status".');
      const owned = provider.issuers ?? provider.authorizationServers;
      const known = () =>
        status().every(({ issuers }) => issuers.every((of) => owned.includes(of)));
      assert.ok(status().length > 0 && known(), 'The status names issuers that are not its own.');
      assert.ok(status().every(({ usable, failure }) => usable && failure === undefined));
      await harness.breakIssuer('down');
      await assertOutage(harness);
      const down = status().find(({ failure }) => failure !== undefined);
      assert.deepEqual([down?.usable, known()], [false, true]);
      await recovers(harness);
      assert.ok(status().every(({ usable, failure }) => usable && failure === undefined));
      const token = await harness.mint([]);
      asPrincipal(await verify(harness, token));
      assertHidden(token, status());
    },
    'status',
  );

  test(
    'trusts no metadata that names another issuer (RFC 8414 §3.3)',
    async (harness) => {
      await needed(harness.misnameIssuer, 'misnameIssuer', 'misnamed_issuer')();
      await assertOutage(harness);
      await recovers(harness);
    },
    'misnamed_issuer',
  );

  test(
    'verifies with no published key that holds its private part',
    async (harness) => {
      const publish = needed(harness.publish, 'publish', 'private_key');
      const good = await harness.mint([]);
      const { jwk, sign } = await leakedKey();
      await publish(jwk);
      assert.equal(codeOf(await verify(harness, await sign(good))), 'signature_invalid');
      asPrincipal(await verify(harness, good));
    },
    'private_key',
  );

  test(
    `survives a key set with ${MANY_KEYS} keys, and refuses nobody for it`,
    async (harness) => {
      const publish = needed(harness.publish, 'publish', 'many_keys');
      const { publicKey } = await generateKeyPair('ES256', { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig' };
      await publish(
        ...Array.from({ length: MANY_KEYS }, (_, at) => ({ ...jwk, kid: `more-${at}` })),
      );
      await verify(harness, await harness.mint([])).then(asPrincipal, (error: unknown) => {
        assert.ok(isOutage(error), `Neither an answer nor an outage: ${String(error)}`);
      });
    },
    'many_keys',
  );
}

async function assertOutage(harness: ProviderHarness): Promise<void> {
  const token = await harness.mint([]);
  await assert.rejects(verify(harness, token), isOutage);
}

async function recovers(harness: ProviderHarness): Promise<void> {
  await harness.repairIssuer();
  const token = await harness.mint([]);
  await eventually(async () => asPrincipal(await verify(harness, token)));
}

/** A key whose private part is published, and its signature over a good token's claims. */
async function leakedKey(): Promise<{ jwk: JWK; sign(good: string): Promise<string> }> {
  // RS256: the one algorithm that every provider accepts.
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'leaked', alg: 'RS256', use: 'sig' };
  const part = (token: string, at: number): Record<string, unknown> =>
    JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString());
  return {
    jwk,
    sign: (good) =>
      new SignJWT(part(good, 1))
        .setProtectedHeader({ ...part(good, 0), alg: 'RS256', kid: 'leaked' })
        .sign(privateKey),
  };
}
