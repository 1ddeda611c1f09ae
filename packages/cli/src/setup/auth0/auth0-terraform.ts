import type { Wish } from '../vendor.js';

/**
 * A string of Terraform's language: quotes, backslashes, characters that are not seen and its two
 * templates are escaped.
 */
export function hclString(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16);
      return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
    })
    .replace(/[$%](?=\{)/g, '$&$&');
  return `"${escaped}"`;
}

/**
 * Configuration for the provider `auth0/auth0`: the same items that `--apply` would bring about.
 */
export function auth0Terraform(wish: Wish): string {
  const { resource, scopes, arguments: options } = wish;
  const names = scopes.map(({ name }) => name);
  const blocks = [
    required,
    api(resource, options.name),
    apiScopes(wish),
    tenant(options.registration),
    connection(options.connection),
    grant(
      'third_party_clients',
      [
        ['default_for', '"third_party_clients"'],
        ['subject_type', '"user"'],
      ],
      names,
    ),
    ...(options.machine ? machine(options.machine) : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const required = `# Credentials: AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET in the environment.
terraform {
  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.46.0"
    }
  }
}`;

const api = (
  resource: string,
  name: string,
): string => `# An API that is there already has to be imported, by its id:
#   terraform import auth0_resource_server.mcp ...
${block('auth0_resource_server', 'mcp', [
  ['name', hclString(name)],
  ['identifier', hclString(resource)],
  ['signing_alg', '"RS256"'],
  ['token_dialect', '"rfc9068_profile_authz"'],
  ['enforce_policies', 'true'],
  ['allow_offline_access', 'true'],
])}`;

/** One resource a scope: the resource for all of them would remove those that it does not list. */
const apiScopes = ({ scopes }: Wish): string => {
  const map = scopes.map(
    ({ name, description }) => [hclString(name), hclString(description)] as const,
  );
  return `resource "auth0_resource_server_scope" "mcp" {
  for_each = {
${aligned(map, 4)}
  }
${aligned(
  [
    ['resource_server_identifier', 'auth0_resource_server.mcp.identifier'],
    ['scope', 'each.key'],
    ['description', 'each.value'],
  ],
  2,
)}
}`;
};

const tenantComment = `# Affects the whole tenant. Import it first, so that nothing else of it changes:
#   terraform import auth0_tenant.this "$(uuidgen)"
# The provider documents no attribute for authorization_response_iss_parameter_supported (RFC 9207):
# switch it on in the dashboard, Settings > Advanced, or with portcullis setup auth0 --apply.`;

const tenant = ({ dynamic, documents }: Wish['arguments']['registration']): string => {
  const attributes: Attribute[] = [['resource_parameter_profile', '"compatibility"']];
  if (documents) attributes.push(['client_id_metadata_document_supported', 'true']);
  const flags = '  flags {\n    enable_dynamic_client_registration = true\n  }';
  return `${tenantComment}\n${block('auth0_tenant', 'this', attributes, dynamic ? flags : undefined)}`;
};

const connection = (
  name: string | undefined,
): string => `# Affects the whole tenant. A connection that is there already has to be imported first:
#   terraform import auth0_connection.sign_in con_...
# Its people go where it goes, so Terraform never replaces it, of whatever strategy it is, and never destroys it.
${block(
  'auth0_connection',
  'sign_in',
  [
    ['name', hclString(name ?? 'Username-Password-Authentication')],
    ['strategy', '"auth0"'],
    ['is_domain_connection', 'true'],
  ],
  `  lifecycle {
    ignore_changes  = [strategy, metadata, show_as_button]
    prevent_destroy = true
  }`,
)}`;

const grant = (id: string, holder: readonly Attribute[], scopes: readonly string[]): string =>
  block('auth0_client_grant', id, [
    ...holder,
    ['audience', 'auth0_resource_server.mcp.identifier'],
    ['scopes', `[${scopes.map(hclString).join(', ')}]`],
    ['depends_on', '[auth0_resource_server_scope.mcp]'],
  ]);

const machine = ({
  name,
  scopes,
}: NonNullable<Wish['arguments']['machine']>): readonly string[] => [
  block('auth0_client', 'machine', [
    ['name', hclString(name)],
    ['app_type', '"non_interactive"'],
    ['grant_types', '["client_credentials"]'],
  ]),
  grant(
    'machine',
    [
      ['client_id', 'auth0_client.machine.id'],
      ['subject_type', '"client"'],
    ],
    scopes,
  ),
];

type Attribute = readonly [name: string, value: string];

const block = (type: string, id: string, attributes: readonly Attribute[], more?: string): string =>
  [`resource "${type}" "${id}" {`, aligned(attributes, 2), ...(more ? ['', more] : []), '}'].join(
    '\n',
  );

/** As `terraform fmt` writes them. */
function aligned(attributes: readonly Attribute[], indent: number): string {
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  return attributes
    .map(([name, value]) => `${' '.repeat(indent)}${name.padEnd(width)} = ${value}`)
    .join('\n');
}
