import type { Principal } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { isAdministratorByRole, isEmbeddedAdministrator, ownerOf } from './owner.js';

const ada: Principal = {
  kind: 'principal',
  actor: 'user',
  issuer: 'https://issuer.example',
  subject: 'user:admin',
  clientId: 'client-1',
  tokenId: 't1',
  scopes: [],
  expiresAt: 0,
  claims: {},
};
const mapped: Principal['mapped'] = [
  { by: 'role', claim: 'roles', value: 'finance-administrator', scopes: [] },
];

describe('an administrator', () => {
  it('is a person of that name here', () => {
    expect(isEmbeddedAdministrator(ada)).toBe(true);
    expect(isEmbeddedAdministrator({ ...ada, subject: 'admin' })).toBe(false);
    expect(isEmbeddedAdministrator({ ...ada, actor: 'client' })).toBe(false);
  });

  it('is a person with that role elsewhere', () => {
    expect(isAdministratorByRole({ ...ada, mapped })).toBe(true);
    expect(isAdministratorByRole(ada)).toBe(false);
    expect(isAdministratorByRole({ ...ada, mapped, actor: 'client' })).toBe(false);
    const editor = mapped.map((grant) => ({ ...grant, value: 'finance-editor' }));
    expect(isAdministratorByRole({ ...ada, mapped: editor })).toBe(false);
  });
});

it('tells owners apart by issuer, by kind and by name', () => {
  const owners = [
    ada,
    { ...ada, issuer: 'https://other.example' },
    { ...ada, actor: 'client' as const },
    { ...ada, subject: 'user:bob' },
  ].map(ownerOf);
  expect(new Set(owners).size).toBe(4);
  expect(ownerOf({ ...ada, clientId: 'client-2', tokenId: 't2' })).toBe(ownerOf(ada));
});
