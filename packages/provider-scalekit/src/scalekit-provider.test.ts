import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ScalekitProviderOptions,
  scalekitProvider,
  scalekitProviderFromEnv,
} from './index.js';
import { createFakeScalekit, type FakeScalekit } from './testing/index.js';

let fake: FakeScalekit;
let told: string[];
beforeEach(async () => {
  told = [];
  fake = await createFakeScalekit({ resourceId: 'res_1' });
});
afterEach(() => fake.close());

const create = (more: ScalekitProviderOptions = {}) =>
  scalekitProvider({
    ...{ environmentUrl: fake.url, resourceId: 'res_1', timeoutMs: 500, retryAfter: 0 },
    report: (message) => void told.push(message),
    ...more,
  });

const context = (resource = fake.resource) => ({
  ...{ resource, now: Math.floor(Date.now() / 1000) },
  signal: AbortSignal.timeout(5000),
});
const bearer = (value: string) => ({ scheme: 'Bearer', value }) as const;

describe('the start', () => {
  it('loads the SDK only when it is asked itself', async () => {
    // A process of its own, of the built package: what is loaded once stays loaded.
    const program = `
      import { createRequire } from 'node:module';
      import { scalekitProvider } from '@portcullis/provider-scalekit';
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) =>
        /@scalekit-sdk[\\\\/]node[\\\\/]lib[\\\\/]scalekit\\.js$/.test(file));
      const provider = scalekitProvider({ environmentUrl: process.argv[1], resourceId: 'res_1' });
      const before = loaded();
      await provider.ready();
      console.log(before, loaded());`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, fake.url],
      { cwd: fileURLToPath(new URL('..', import.meta.url)) },
    );
    expect(stdout).toBe('false true\n');
  }, 20_000);

  it('asks anybody only when it is asked itself', async () => {
    const provider = create({ timeoutMs: 3000 });
    expect(fake.requests).toEqual([]);
    const issuers = expect.any(Array);
    expect(provider.status()).toEqual([{ issuers, usable: true, keys: 0, ignored: [] }]);
    await provider.ready();
    expect(provider.status()).toEqual([{ issuers, usable: true, keys: 1, age: 0, ignored: [] }]);
    expect(fake.requests.map(({ path }) => path).sort()).toEqual([
      '/.well-known/oauth-authorization-server/resources/res_1',
      '/keys',
    ]);
    expect(told).toEqual([]);
  });

  it('is content with metadata at the second place, and with the name of the environment in it', async () => {
    fake.switches.insertedMetadata = false;
    await create().ready();
    fake.switches.metadataIssuer = fake.url;
    await create().ready();
  });

  it('stops where the metadata is of another issuer', async () => {
    fake.switches.metadataIssuer = 'https://evil.example';
    await expect(create().ready()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: `"resourceId" is for ${fake.issuer}, whose metadata names another issuer. Compare it with Dashboard → MCP Servers; pass "customDomain" if there is one.`,
    });
  });

  it('names the variable where it was configured by variables', async () => {
    fake.switches.metadataIssuer = 'https://evil.example';
    const env = { SCALEKIT_ENVIRONMENT_URL: fake.url, SCALEKIT_RESOURCE_ID: 'res_1' };
    await expect(scalekitProviderFromEnv(env).ready()).rejects.toThrow(
      `"SCALEKIT_RESOURCE_ID" is for ${fake.issuer}, whose metadata names another issuer. Compare it with Dashboard → MCP Servers; pass "SCALEKIT_CUSTOM_DOMAIN" if there is one.`,
    );
  });

  it('says where it asked when there is no such MCP server', async () => {
    await expect(create({ resourceId: 'res_2' }).ready()).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: `The metadata of the issuer answered with status 404. Asked for ${fake.url}/resources/res_2.`,
    });
  });

  it.each(['keys', 'metadata'] as const)(
    'ends when the caller gives up the wait for %s',
    async (area) => {
      await fetch(fake.url);
      fake.breakWith('hang', area);
      const provider = create({ timeoutMs: 30_000 });
      await expect(provider.ready(AbortSignal.timeout(500))).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
      });
    },
  );

  it('asks through the fetch that it was given, and no other way', async () => {
    const asked: string[] = [];
    const provider = create({
      timeoutMs: 3000,
      fetch(url, init) {
        asked.push(new URL(String(url)).pathname);
        return fetch(url, init);
      },
    });
    await provider.ready();
    expect(asked.sort()).toEqual(fake.requests.map(({ path }) => path).sort());
    expect(asked).toHaveLength(2);
  });

  it.each(['down', 'hang', 'trickle', 'status_500', 'html', 'redirect', 'huge'] as const)(
    'is an outage, within bounds, while Scalekit is broken: %s',
    async (fault) => {
      fake.breakWith(fault);
      const before = performance.now();
      await expect(create().ready()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(performance.now() - before).toBeLessThan(4000);
      expect(fake.redirected).toBe(0);
    },
  );
});

describe('the metadata alone', () => {
  it.each(['hang', 'html', 'redirect', 'huge', 'empty_object'] as const)(
    'is an outage at the start, and nothing to a token, while it is broken: %s',
    async (fault) => {
      fake.breakWith(fault, 'metadata');
      const provider = create();
      await expect(provider.ready()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(fake.redirected).toBe(0);
      const answer = await provider.verify(bearer(await fake.mint()), context());
      expect(answer.kind).toBe('principal');
    },
  );
});

describe('keys', () => {
  it('tell their listeners once that one was withdrawn, and nothing of a mere refresh', async () => {
    const provider = create();
    const revocations: unknown[] = [];
    const stop = provider.onRevocation?.((revocation) => revocations.push(revocation));
    await provider.verify(bearer(await fake.mint()), context());
    await fake.rotate();
    await provider.verify(bearer(await fake.mint()), context());
    expect(revocations).toEqual([]);

    // The cool-down for unknown keys is not over: a second provider is the next generation.
    const other = create();
    const seen: unknown[] = [];
    other.onRevocation?.((revocation) => seen.push(revocation));
    await other.verify(bearer(await fake.mint()), context());
    await fake.rotate({ withdraw: true });
    await other.verify(bearer(await fake.mint()), context());
    expect(seen).toEqual([{ kind: 'keys' }]);
    stop?.();
  });

  it('that hold their private part are left out, and reported', async () => {
    fake.signer.publish({ kty: 'RSA', kid: 'leaked', n: 'x'.repeat(342), e: 'AQAB', d: 'secret' });
    const provider = create();
    await provider.ready();
    expect(provider.status()).toMatchObject([
      { keys: 1, ignored: ['Key 2 of the set holds private material.'] },
    ]);
    expect(told).toEqual(['Key 2 of the set holds private material.']);
  });
});

describe('a token', () => {
  it('of a user becomes a principal that can be remembered as long as the keys are fresh', async () => {
    const token = await fake.mint({ scopes: ['news:read'] });
    const asked = context();
    const principal = await create().verify(bearer(token), asked);
    expect(principal).toEqual({
      kind: 'principal',
      actor: 'user',
      issuer: fake.issuer,
      subject: 'usr_64032146283004161',
      clientId: 'm2m_97422068261325572',
      tenant: 'org_59615193906282635',
      tokenId: expect.stringMatching(/^tkn_\d{16}$/),
      scopes: ['news:read'],
      expiresAt: expect.any(Number),
      freshUntil: asked.now + 600,
      claims: expect.objectContaining({ aud: [fake.resource, 'res_1'] }),
    });
  });

  it('may name the own domain of the environment, if that is configured', async () => {
    const iss = 'https://auth.example.com/resources/res_1';
    const token = bearer(await fake.mint({ claims: { iss } }));
    expect(
      await create({ customDomain: 'auth.example.com' }).verify(token, context()),
    ).toMatchObject({ kind: 'principal', issuer: iss });
    const detail =
      'The "iss" claim is not the configured issuer. If the environment has its own domain, pass it as "customDomain"; if the token is of another MCP server, the client asked for that one.';
    expect(await create().verify(token, context())).toEqual({
      ...{ kind: 'rejection', code: 'issuer_unknown', detail },
    });
    expect(told).toEqual([detail]);
  });

  it('with the id of this server and the URL of another, or the reverse, is refused, and operators are told once a minute (RS-53)', async () => {
    const detail =
      'The token names this server, and another one too. Compare its Server URL and id in Dashboard → MCP Servers.';
    const provider = create();
    for (const change of [
      { claims: { aud: ['https://other.example.com/mcp', 'res_1'] } },
      { claims: { aud: [fake.resource, 'res_2'] } },
      { claims: { resource: 'https://other.example.com/mcp' } },
    ]) {
      expect(await provider.verify(bearer(await fake.mint(change)), context())).toEqual({
        kind: 'rejection',
        code: 'audience_mismatch',
        detail,
      });
    }
    expect(told).toEqual([detail]);
  });

  it('is accepted where the Server URL differs by a slash; both spellings are named to operators', async () => {
    const slashed = await createFakeScalekit({ resource: 'http://localhost:10000/mcp/' });
    const provider = scalekitProvider({
      metadata: slashed.metadata,
      report: (message) => void told.push(message),
    });
    const resource = 'http://localhost:10000/mcp';
    for (let times = 0; times < 2; times += 1) {
      const answer = await provider.verify(bearer(await slashed.mint()), context(resource));
      expect(answer.kind).toBe('principal');
    }
    expect(told).toEqual([
      'The Server URL in Scalekit is "http://localhost:10000/mcp/", and this server is "http://localhost:10000/mcp". Its tokens are accepted, but Scalekit may refuse clients that ask for the second. Make them the same, slash included.',
    ]);
    await slashed.close();
  });

  it('is refused where the metadata is of another server; both URLs are named to operators', async () => {
    const provider = create({ metadata: fake.metadata });
    const asked = context('https://finance.example.com/mcp');
    expect(await provider.verify(bearer(await fake.mint()), asked)).toMatchObject({
      kind: 'rejection',
      code: 'audience_mismatch',
    });
    expect(told[0]).toBe(
      'The Server URL in Scalekit is "http://localhost:10000/mcp", and this server is "https://finance.example.com/mcp". Its tokens are refused. Correct the Server URL in Dashboard → MCP Servers, or pass the metadata of this server.',
    );
  });

  it('grants by roles what the mapping says, and the gate knows that nobody can consent to it', async () => {
    const user = { subject: 'usr_1', organizationId: 'org_1', roles: ['analyst'] };
    const mapped = await createFakeScalekit({ resourceId: 'res_1', user });
    const provider = scalekitProvider({
      ...{ environmentUrl: mapped.url, resourceId: 'res_1' },
      grants: { roleClaims: ['roles'], roles: { analyst: ['mcp:tools:*'] } },
    });
    expect(provider.assignedScopes?.(mapped.issuer)).toEqual(['mcp:tools:*']);
    expect(await provider.verify(bearer(await mapped.mint()), context())).toMatchObject({
      scopes: ['mcp:tools:*'],
      mapped: [{ by: 'role', claim: 'roles', value: 'analyst', scopes: ['mcp:tools:*'] }],
    });
    await mapped.close();
  });
});
