import { numbered } from '../numbered.js';
import type { Wish } from '../vendor.js';

/** The steps in Auth0's dashboard, with the values to type in. */
export function auth0Instructions({ resource, scopes, arguments: options }: Wish): string {
  const { registration, machine, connection } = options;
  const list = scopes.map(({ name, description }) => `${name}  ${description}`);
  return numbered(`Auth0 for ${resource}`, [
    {
      text: 'Applications > APIs > Create API',
      lines: [
        `Name: ${options.name}`,
        `Identifier: ${resource}  (exactly so; it cannot be changed later)`,
        'JSON Web Token (JWT) Profile: RFC 9068',
        'JSON Web Token (JWT) Signing Algorithm: RS256',
      ],
    },
    { text: 'That API > Permissions: add each with its description', lines: list },
    {
      text: 'That API > Settings > RBAC Settings',
      lines: ['Enable RBAC: on', 'Add Permissions in the Access Token: on'],
    },
    {
      text: 'That API > Settings > Access Settings',
      lines: ['Allow Offline Access: on  (without it no client gets a refresh token)'],
    },
    {
      text: 'That API > Application Access > Default permissions for third-party applications',
      lines: ['User access: authorize, with these permissions:', ...scopes.map(({ name }) => name)],
    },
    {
      text: 'Settings > Advanced (affects the whole tenant)',
      lines: [
        'Resource Parameter Compatibility Profile: on',
        'Issuer identification in authorization responses (RFC 9207): on',
        ...(registration.dynamic ? ['Dynamic Client Registration (DCR): on'] : []),
        ...(registration.documents ? ['Client ID Metadata Document (CIMD) registration: on'] : []),
      ],
    },
    ...(registration.documents
      ? [
          {
            text: 'Applications > Create Application > Import from URL, once for each client',
            lines: ['The https URL that the client uses as its client id'],
          },
        ]
      : []),
    {
      text: `Authentication > ${connection ?? 'the connection that people sign in with'} > Settings (affects the whole tenant)`,
      lines: ['Enable for third-party applications (domain connection): on'],
    },
    {
      text: 'User Management > Roles: make a role with the permissions above, and give it to people',
      lines: ['Without a role a person is granted no scope, whatever the client asks for'],
    },
    ...(machine
      ? [
          {
            text: 'Applications > Create Application > Machine to Machine',
            lines: [`Name: ${machine.name}`, `API: ${resource}`, ...machine.scopes],
          },
        ]
      : []),
    {
      text: 'Give the app the host of the tenant',
      lines: ['AUTH0_DOMAIN=<tenant>.<region>.auth0.com'],
    },
  ]);
}
