import { createGate, defineScopes } from '@portcullis/core';
import fc from 'fast-check';
import { definitions } from '../model/scope-model.js';
import { oneToken, RESOURCE } from '../protected-server.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const TOKEN = 'good.token.value';
const piece = fc.oneof(
  fc.constantFrom(
    'Bearer',
    'bearer',
    'BEARER',
    'DPoP',
    'Basic',
    'Negotiate',
    ' ',
    '  ',
    '\t',
    ',',
    ', ',
    '=',
  ),
  fc.constantFrom(
    TOKEN,
    'good.token',
    `${TOKEN}=`,
    '"',
    `"${TOKEN}"`,
    `token="${TOKEN}"`,
    'x'.repeat(9000),
  ),
  fc.string({ maxLength: 5 }),
);
/** The token behind and before what nearly leaves it in order. */
const near = fc
  .tuple(
    fc.constantFrom(
      ...['Bearer ', 'bearer   ', 'Bearer\t', 'Bearer', 'Bearers ', 'XBearer ', 'DPoP ', 'Token '],
      ...['Basic dTpw, Bearer ', 'Bearer x, Bearer ', ', Bearer ', 'Bearer =', 'Bearer x '],
    ),
    fc.constantFrom(
      '',
      '',
      '',
      ' ',
      '\t',
      ',',
      ', ',
      ', x',
      ' x',
      '=',
      ';',
      ', Basic dTpw',
      ', DPoP x',
    ),
  )
  .map(([before, after]) => before + TOKEN + after);
const value = fc
  .oneof(
    { weight: 2, arbitrary: near },
    { weight: 3, arbitrary: fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')) },
  )
  .filter((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text));
const input = fc.record({
  values: fc.oneof<fc.MaybeWeightedArbitrary<string[]>[]>(
    { weight: 5, arbitrary: fc.array(value, { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom([`Bearer ${TOKEN}`], [`bearer   ${TOKEN}`]) },
  ),
  query: fc.option(fc.constantFrom(`?access_token=${TOKEN}`)),
  proof: fc.option(value),
});

/** Every header that a challenge sends is one line of visible ASCII. */
const printable = /^[\x20-\x7e]*$/;

/** `Authorization` in all its forms: only the token itself, sent once, by the right scheme, gets in. */
export const authorization: Target = {
  name: 'authorization',
  cost: 2,
  run(options) {
    const { provider } = oneToken(TOKEN);
    const scopes = defineScopes(definitions);
    const gate = createGate({ resource: RESOURCE, provider, scopes, remembered: 0 });
    return runProperty(
      input,
      async ({ values, query, proof }) => {
        const headers = new Headers();
        for (const each of values) headers.append('authorization', each);
        if (proof !== null) headers.append('dpop', proof);
        const answer = await gate.authenticate(new Request(RESOURCE + (query ?? ''), { headers }));
        const [only = '', ...more] = values.map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''));
        // RFC 9110 §11.4: one or more spaces after the scheme, which has no case.
        const good =
          more.length === 0 && /^bearer +good\.token\.value$/i.test(only) && only.endsWith(TOKEN);
        if ((answer.kind === 'caller') !== good)
          throw new Error(`${answer.kind} for ${JSON.stringify(values)}`);
        const whole = values.join(', ');
        // A scheme of ours with no token, or with more than one.
        const broken = /^[ \t]*(bearer|dpop)([ \t]*$| .*,)/i.test(whole) && whole.length < 9000;
        if (answer.kind === 'challenge' && broken && answer.error !== 'invalid_request')
          throw new Error(`${answer.error} for ${JSON.stringify(values)}`);
        if (answer.kind === 'challenge' && !printable.test(answer.resourceMetadata))
          throw new Error('Unprintable.');
        return good;
      },
      options,
    );
  },
};
