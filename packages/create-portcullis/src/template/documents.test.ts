import { expect, it } from 'vitest';
import { documents } from './documents.js';
import { publishedVersions, readManifest } from './workspace.js';

const rows = (text: string) =>
  [...text.matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, name]) => name).slice(-3);

it('has the rows of the providers that the project has, and of no other', () => {
  const readme = (provider: 'local' | 'auth0') =>
    documents({ provider, host: 'hono' }).get('README.md') ?? '';
  expect(rows(readme('local'))).toEqual(['Authorization', 'Access', '`local`']);
  expect(rows(readme('auth0'))).toEqual(['`local`', '`auth0`', 'all but `local`']);
  expect(readme('auth0')).toContain('| `AUTH0_DOMAIN`');
  expect(readme('auth0')).toContain(
    '`auth0` in production. Copy `.env.example` to `.env` and fill in the variables of Auth0.',
  );
  expect(readme('local')).toContain('The authorization server is part of this one,');
  expect(readme('auth0')).toContain('| `ROLE_CLAIM`');
  expect(readme('auth0')).not.toMatch(/SCALEKIT|OIDC_/);
  expect(readme('local')).not.toMatch(/AUTH0|SCALEKIT|OIDC_|ROLE_CLAIM|AUTH_PROVIDER/);
});

it('gives an example of the environment that names the provider', () => {
  const example = documents({ provider: 'oidc', host: 'express' }).get('.env.example') ?? '';
  expect(example).toContain(
    '# Who signs people in: local (embedded) or oidc. Only the variables of the one that is chosen are read. Default: local.\n# AUTH_PROVIDER=oidc\n',
  );
  expect(example).toContain('\n# OIDC_ISSUER=');
  expect(example).toContain('\n# ROLE_CLAIM=');
  expect(example).not.toMatch(/AUTH0|SCALEKIT/);
});

it('speaks of no choice where there is one provider', () => {
  const example = documents({ provider: 'local', host: 'express' }).get('.env.example') ?? '';
  expect(example).toContain('\n\n# --- local\n# The person who signs in.');
  expect(example).not.toMatch(/AUTH_PROVIDER|OIDC|AUTH0|SCALEKIT|ROLE_CLAIM|\n\n\n/);
});

it('asks for what the catalog and the packages of this repository say', () => {
  const versionOf = publishedVersions();
  expect(versionOf('@portcullis/core')).toBe(`^${readManifest('packages/core').version}`);
  expect(versionOf('@hono/node-server')).toMatch(/^\^2\./);
  expect(versionOf('oidc-provider')).toMatch(/^~9\./);
  expect(() => versionOf('left-pad')).toThrow(
    'left-pad is neither in the catalog of pnpm-workspace.yaml nor in packages/.',
  );
});
