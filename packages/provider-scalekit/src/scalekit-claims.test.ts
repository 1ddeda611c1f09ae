import { readFile } from 'node:fs/promises';
import { createGrantReader, type GrantMapping, principalFromJwt } from '@portcullis/core/jwt';
import { describe, expect, it } from 'vitest';
import { isForAnother, SCOPE_CLAIMS, scalekitClaims } from './scalekit-claims.js';

type Claims = Readonly<Record<string, unknown>>;

async function payloadOf(name: string): Promise<Claims> {
  const file = new URL(`./__fixtures__/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')).payload;
}

const principalOf = (claims: Claims, grants: GrantMapping = {}) =>
  principalFromJwt(
    { kind: 'verified', claims, tokenId: 'tkn_1', expiresAt: Number(claims.exp) },
    scalekitClaims(createGrantReader(grants, SCOPE_CLAIMS)),
  );

const user = 'usr_64032146283004161';
const organization = 'org_59615193906282635';

describe("a principal of Scalekit's claims", () => {
  it.each([
    [
      'user-resource-issuer',
      { actor: 'user', subject: user, clientId: 'm2m_97422068261325572', tenant: organization },
      ['openid', 'offline_access', 'news:read'],
    ],
    [
      'user-environment-issuer',
      {
        ...{ actor: 'user', subject: user, tenant: organization },
        clientId: 'https://client.example/mcp.json',
      },
      ['openid', 'offline_access', 'ponypwd:generate', 'email', 'profile'],
    ],
    [
      'machine',
      {
        actor: 'client',
        subject: 'm2m_69041163914445123',
        clientId: 'm2m_69041163914445123',
      },
      ['news:read'],
    ],
    [
      'organization-machine',
      {
        ...{ actor: 'client', subject: 'm2morg_68315758685323697' },
        ...{ clientId: 'm2morg_68315758685323697', tenant: 'org_68315757245940338' },
      },
      ['deploy:applications', 'read:deployments'],
    ],
  ])('is right for the recorded token %s', async (name, who, scopes) => {
    const claims = await payloadOf(name);
    expect(principalOf(claims)).toEqual({
      ...{ kind: 'principal', issuer: claims.iss, tokenId: 'tkn_1' },
      ...who,
      ...{ scopes, expiresAt: claims.exp, claims },
    });
  });

  it.each<[unknown, unknown, readonly string[] | 'refused']>([
    ['a b', undefined, ['a', 'b']],
    [undefined, ['a', 'b'], ['a', 'b']],
    [undefined, 'a b', ['a', 'b']],
    [['a', 'b'], undefined, ['a', 'b']],
    ['a b', ['b', 'c'], ['a', 'b', 'c']],
    [undefined, undefined, []],
    ['', [], []],
    [undefined, ['a', null], 'refused'],
    [undefined, ['a b'], 'refused'],
    [undefined, { a: true }, 'refused'],
    ['a', [1], 'refused'],
    ['a  b', undefined, 'refused'],
  ])('reads scope %j with scopes %j as %j', async (scope, list, expected) => {
    const claims = { ...(await payloadOf('machine')), scope, scopes: list };
    const answer = principalOf(claims);
    expect(answer).toMatchObject(
      expected === 'refused'
        ? { kind: 'rejection', code: 'claims_invalid' }
        : { kind: 'principal', scopes: expected },
    );
  });

  it.each<[unknown, unknown, string | undefined]>([
    ['org_1', 'org_2', 'org_1'],
    ['', 'org_2', 'org_2'],
    [5, 'org_2', 'org_2'],
    [undefined, ['org_2'], undefined],
    [undefined, '', undefined],
  ])('reads oid %j with org_id %j as the tenant %j', async (oid, org_id, tenant) => {
    const answer = principalOf({ ...(await payloadOf('machine')), oid, org_id });
    expect('tenant' in answer ? answer.tenant : undefined).toBe(tenant);
  });

  it('takes a machine for a client even where another client asked in its name', async () => {
    const claims = { ...(await payloadOf('machine')), client_id: 'm2m_other' };
    expect(principalOf(claims)).toMatchObject({ actor: 'client', clientId: 'm2m_other' });
  });

  it('takes permissions and roles for scopes by an explicit mapping only, and says so', async () => {
    const claims = await payloadOf('user-environment-issuer');
    expect(principalOf(claims)).not.toHaveProperty('mapped');
    const grants = {
      roleClaims: ['permissions', 'roles'],
      roles: { 'news:admin': ['mcp:tools:*'], member: ['mcp:tools:read'] },
    };
    expect(principalOf(claims, grants)).toMatchObject({
      scopes: expect.arrayContaining(['mcp:tools:*', 'mcp:tools:read']),
      mapped: [
        { by: 'role', claim: 'permissions', value: 'news:admin', scopes: ['mcp:tools:*'] },
        { by: 'role', claim: 'roles', value: 'member', scopes: ['mcp:tools:read'] },
      ],
    });
  });
});

describe('whether a token with our id or URL is for another server', () => {
  const here = 'https://mcp.example.com/mcp';
  it.each<[unknown, unknown, boolean]>([
    [['res_1'], undefined, false],
    ['res_1', undefined, false],
    [[here, 'res_1'], undefined, false],
    [[`${here}/`, 'res_1'], undefined, false],
    [['https://other.example.com/mcp', 'res_1'], undefined, true],
    [[`${here}x`, 'res_1'], undefined, true],
    [[here, 'res_2'], undefined, true],
    [['res_1', 'res_2'], undefined, false],
    [here, undefined, false],
    [['res_1'], here, false],
    [['res_1'], `${here}/`, false],
    [['res_1'], 'https://other.example.com/mcp', true],
    [['res_1'], null, true],
    [[here, 'res_1'], [here], false],
  ])('aud %j with resource %j: %s', (aud, resource, expected) => {
    const claims = resource === undefined ? { aud } : { aud, resource };
    expect(isForAnother(claims, here, 'res_1')).toBe(expected);
  });
});
