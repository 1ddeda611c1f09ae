import { expect, it } from 'vitest';
import { inLayers } from './layers.js';

it('keeps a file where all that have it agree on it', () => {
  const layers = inLayers(({ host, provider }) => {
    const files = new Map([
      ['same', 'text'],
      ['of/host', host],
      ['of/provider', provider],
      ['of/both', `${host} ${provider}`],
    ]);
    if (host === 'hono') files.set('only/hono', 'text');
    if (provider === 'oidc') files.set('only/oidc', 'text');
    return files;
  });
  const providers = ['auth0', 'local', 'oidc', 'scalekit'];
  expect([...layers.keys()].sort()).toEqual(
    [
      'common/same',
      ...['host-express/of/host', 'host-hono/of/host', 'host-hono/only/hono'],
      ...providers.map((provider) => `provider-${provider}/of/provider`),
      'provider-oidc/only/oidc',
      ...providers.flatMap((provider) => [
        `express-${provider}/of/both`,
        `hono-${provider}/of/both`,
      ]),
    ].sort(),
  );
  expect(layers.get('hono-oidc/of/both')).toBe('hono oidc');
});
