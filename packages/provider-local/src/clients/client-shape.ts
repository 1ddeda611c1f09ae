import type { ConfigurationProblem } from '@portcullis/core';
import { JWT_BEARER } from '../grants/grant-types.js';
import type {
  ClientAuthentication,
  ClientGrantType,
  RegisteredClient,
} from './registered-client.js';

/** What a value must look like; the words are those of JSON Schema. An object has these properties and no others. */
type Shape =
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'array'; readonly items: Shape }
  | { readonly type: 'object'; readonly properties?: Readonly<Record<string, Shape>> };

const text: Shape = { type: 'string' };
const texts: Shape = { type: 'array', items: text };
const object = (properties: Readonly<Record<string, Shape>>): Shape => ({
  type: 'object',
  properties,
});

const grants: Readonly<Record<ClientGrantType, true>> = {
  authorization_code: true,
  refresh_token: true,
  client_credentials: true,
  [JWT_BEARER]: true,
};

const members: Readonly<Record<Exclude<keyof RegisteredClient, 'authentication'>, Shape>> = {
  clientId: text,
  name: text,
  redirectUris: texts,
  grantTypes: { type: 'array', items: { type: 'string', enum: Object.keys(grants) } },
  scopes: texts,
  dpopBoundAccessTokens: { type: 'boolean' },
};

const withSecret = object({
  method: text,
  secret: text,
  previous: object({ secret: text, until: text }),
});

const authentications: Readonly<Record<ClientAuthentication['method'], Shape>> = {
  none: object({ method: text }),
  client_secret_basic: withSecret,
  client_secret_post: withSecret,
  private_key_jwt: object({
    method: text,
    jwks: object({ keys: { type: 'array', items: { type: 'object' } } }),
  }),
};

/**
 * What does not look like a client of the operator: members that nobody knows, by name, and values of another type. Does NOT say what is
 * missing or does not fit together, and repeats no secret.
 *
 * @param option - Where the client is.
 */
export function shapeProblems(client: object, option: string): readonly ConfigurationProblem[] {
  const { authentication } = client as Partial<RegisteredClient>;
  const method = String(authentication?.method);
  const known = Object.hasOwn(authentications, method);
  // Without a method that is known, nobody knows what else belongs there.
  const shape = known ? authentications[method as ClientAuthentication['method']] : undefined;
  return misfits(
    client,
    object({ ...members, authentication: shape ?? { type: 'object' } }),
    option,
  );
}

function misfits(value: unknown, shape: Shape, option: string): readonly ConfigurationProblem[] {
  const isList = Array.isArray(value);
  const type = isList ? 'array' : value === null ? 'null' : typeof value;
  if (type !== shape.type) {
    const problem = `must be ${named[shape.type]}.`;
    return [{ option, problem, remedy: 'Correct it, or leave it out if it is optional.' }];
  }
  switch (shape.type) {
    case 'array':
      return (value as readonly unknown[]).flatMap((item, index) =>
        misfits(item, shape.items, `${option}[${index}]`),
      );
    case 'object': {
      const { properties } = shape;
      if (!properties) return [];
      return Object.entries(value as object).flatMap(([name, member]) => {
        if (member === undefined) return [];
        const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
        const remedy = `Choose from ${Object.keys(properties).join(', ')}.`;
        return known
          ? misfits(member, known, `${option}.${name}`)
          : [{ option, problem: `has ${JSON.stringify(name)}, which it cannot have.`, remedy }];
      });
    }
    case 'string':
      return !shape.enum || shape.enum.includes(String(value))
        ? []
        : [
            {
              option,
              problem: `is ${JSON.stringify(value)}.`,
              remedy: `Choose from ${shape.enum.join(', ')}.`,
            },
          ];
    default:
      return [];
  }
}

const named: Readonly<Record<Shape['type'], string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};
