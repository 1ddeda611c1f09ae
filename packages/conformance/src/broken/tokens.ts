import type { AuthProvider } from '@portcullis/core';
import { oidcProvider } from '@portcullis/provider-oidc';
import { type BrokenServer, overlooking, promoted, type Scene } from './broken-server.js';
import type { SoundOptions } from './sound.js';

type Overlooked = Parameters<typeof overlooking>;
const blind =
  (code: Overlooked[1], repair: (scene: Scene) => Overlooked[2]) =>
  (scene: Scene): SoundOptions => ({ provider: overlooking(scene, code, repair(scene)) });

const soon = (): number => Math.floor(Date.now() / 1000) + 60;

/** Servers that believe a token too much. */
export const believers: readonly BrokenServer[] = [
  {
    breaks: 'reads tokens without verifying their signature',
    fails: ['ATK-40', 'ATK-41', 'RS-51'],
    base: blind('signature_invalid', () => () => ({})),
  },
  {
    breaks: 'takes a key id that nobody published for one to come',
    fails: ['RS-51'],
    base: blind(
      'signature_invalid',
      () =>
        ({ header }) =>
          header.kid === 'unpublished' ? {} : undefined,
    ),
  },
  {
    breaks: 'accepts alg none in another spelling',
    fails: ['ATK-40'],
    base: (scene) => ({
      provider: (sound) => {
        const none = overlooking(scene, 'token_malformed', ({ header }) =>
          header.alg === 'nOnE' ? { header: { alg: scene.issuer.algorithm } } : undefined,
        );
        return none(sound);
      },
    }),
  },
  {
    breaks: 'verifies HMAC with the public key',
    fails: ['ATK-40'],
    base: blind(
      'signature_invalid',
      ({ issuer }) =>
        ({ header }) =>
          header.alg === 'HS256' ? { header: { alg: issuer.algorithm } } : undefined,
    ),
  },
  {
    breaks: 'takes the key from the jwk header',
    fails: ['ATK-41'],
    base: blind(
      'signature_invalid',
      () =>
        ({ header }) =>
          header.jwk ? {} : undefined,
    ),
  },
  {
    breaks: 'fetches the key set that the jku header names, though it does not trust it',
    fails: ['ATK-41'],
    base: blind(undefined, () => ({ header }) => {
      if (typeof header.jku === 'string') void fetch(header.jku).catch(() => {});
      return undefined;
    }),
  },
  {
    breaks: 'ignores critical headers',
    fails: ['ATK-41'],
    base: blind(
      'token_malformed',
      () =>
        ({ header }) =>
          header.crit ? {} : undefined,
    ),
  },
  {
    breaks: 'believes the first of doubled claims',
    fails: ['ATK-47'],
    base: blind(
      'token_malformed',
      ({ url }) =>
        ({ text }) =>
          text.endsWith(',"aud":"https://other.example/mcp"}')
            ? { claims: { aud: url } }
            : undefined,
    ),
  },
  {
    breaks: 'fetches the keys for every token',
    fails: ['ATK-42'],
    base: ({ issuer }) => ({
      provider: (sound): AuthProvider => ({
        ...sound,
        verify: (token, context) => oidcProvider({ issuer: issuer.issuer }).verify(token, context),
      }),
    }),
  },
  {
    breaks: 'does not look at iss',
    fails: ['ATK-43', 'RS-52'],
    base: blind('issuer_unknown', ({ issuer }) => () => ({ claims: { iss: issuer.issuer } })),
  },
  {
    breaks: 'takes an issuer with a slash at its end for the same',
    fails: ['ATK-43'],
    base: blind(
      'issuer_unknown',
      ({ issuer: { issuer } }) =>
        ({ claims }) =>
          claims.iss === `${issuer}/` ? { claims: { iss: issuer } } : undefined,
    ),
  },
  {
    breaks: 'does not look at aud',
    fails: ['ATK-44', 'RS-37', 'RS-53'],
    base: blind('audience_mismatch', ({ url }) => () => ({ claims: { aud: url } })),
  },
  {
    breaks: 'checks aud only where there is one',
    fails: ['RS-53'],
    base: blind(
      'audience_mismatch',
      ({ url }) =>
        ({ claims }) =>
          claims.aud === undefined ? { claims: { aud: url } } : undefined,
    ),
  },
  {
    breaks: 'compares the origin of aud alone',
    fails: ['ATK-44'],
    base: blind(
      'audience_mismatch',
      ({ url }) =>
        ({ claims: { aud } }) =>
          URL.canParse(String(aud)) && new URL(String(aud)).origin === new URL(url).origin
            ? { claims: { aud: url } }
            : undefined,
    ),
  },
  {
    breaks: 'takes expired tokens',
    fails: ['RS-37', 'RS-54'],
    base: blind('token_expired', () => () => ({ claims: { exp: soon() } })),
  },
  {
    breaks: 'takes tokens without an end',
    fails: ['RS-54'],
    base: blind(
      'claims_invalid',
      () =>
        ({ claims }) =>
          claims.exp === undefined ? { claims: { exp: soon() } } : undefined,
    ),
  },
  {
    breaks: 'does not look at nbf',
    fails: ['RS-54'],
    base: blind(
      'token_not_yet_valid',
      () =>
        ({ claims }) =>
          claims.nbf === undefined ? undefined : { claims: { nbf: undefined } },
    ),
  },
  {
    breaks: 'takes an end that is written in milliseconds',
    fails: ['ATK-46'],
    base: blind(
      'claims_invalid',
      () =>
        ({ claims: { exp } }) =>
          typeof exp === 'number' && exp > 1e12 ? { claims: { exp: soon() } } : undefined,
    ),
  },
  {
    breaks: 'does not look at typ',
    fails: ['RS-55'],
    base: blind(
      'claims_invalid',
      () =>
        ({ header }) =>
          header.typ === 'at+jwt' ? undefined : { header: { typ: 'at+jwt' } },
    ),
  },
  {
    breaks: 'takes tokens of nobody',
    fails: ['RS-56'],
    base: blind(
      'claims_invalid',
      () =>
        ({ claims: { sub } }) =>
          sub === undefined ? { claims: { sub: 'nobody' } } : undefined,
    ),
  },
  {
    breaks: 'takes a bound token without its proof',
    fails: ['EXT-48'],
    base: blind(
      undefined,
      () =>
        ({ claims }) =>
          claims.cnf === undefined ? undefined : { claims: { cnf: undefined } },
    ),
  },
  {
    breaks: 'judges scopes before expiry',
    fails: ['RS-37'],
    damage: (sound, scene) => async (request) => {
      const again = request.clone();
      const answer = await sound(request);
      if (answer.status !== 401) return answer;
      const later = await sound(await promoted(again, scene, { exp: soon() }));
      return later.status === 403 ? later : answer;
    },
  },
];
