import type { Wish } from '../vendor.js';

/** A string of Terraform's language: quotes, backslashes, control characters and its two templates are escaped. */
export function hclString(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\u${code.toString(16).padStart(4, '0')}`;
    })
    .replaceAll('${', '$${')
    .replaceAll('%{', '%%{');
  return `"${escaped}"`;
}

/** Configuration for the provider `auth0/auth0`: the same items that `--apply` would bring about. */
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
      ['default_for = "third_party_clients"', 'subject_type = "user"'],
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
      source = "auth0/auth0"
    }
  }
}`;

const api = (resource: string, name: string): string => `resource "auth0_resource_server" "mcp" {
  name             = ${hclString(name)}
  identifier       = ${hclString(resource)}
  signing_alg      = "RS256"
  token_dialect    = "rfc9068_profile_authz"
  enforce_policies = true
}`;

/** One resource a scope: the resource for all of them would remove those that it does not list. */
const apiScopes = ({ scopes }: Wish): string => {
  const entries = scopes.map(
    ({ name, description }) => `    ${hclString(name)} = ${hclString(description)}`,
  );
  return `resource "auth0_resource_server_scope" "mcp" {
  for_each = {
${entries.join('\n')}
  }
  resource_server_identifier = auth0_resource_server.mcp.identifier
  scope                      = each.key
  description                = each.value
}`;
};

const tenant = ({
  dynamic,
  documents,
}: Wish['arguments']['registration']): string => `# Affects the whole tenant. Import it first, so that nothing else of it changes:
#   terraform import auth0_tenant.this "$(uuidgen)"
# The provider has no attribute for authorization_response_iss_parameter_supported (RFC 9207):
# switch it on in the dashboard, Settings > Advanced, or with portcullis setup auth0 --apply.
resource "auth0_tenant" "this" {
  resource_parameter_profile = "compatibility"${documents ? '\n  client_id_metadata_document_supported = true' : ''}${
    dynamic
      ? `

  flags {
    enable_dynamic_client_registration = true
  }`
      : ''
  }
}`;

const connection = (
  name: string | undefined,
): string => `# Affects the whole tenant. A connection that is there already has to be imported:
#   terraform import auth0_connection.sign_in con_...
resource "auth0_connection" "sign_in" {
  name                 = ${hclString(name ?? 'Username-Password-Authentication')}
  strategy             = "auth0"
  is_domain_connection = true
}`;

const list = (scopes: readonly string[]): string =>
  scopes.map((scope) => `    ${hclString(scope)},`).join('\n');

const grant = (
  id: string,
  attributes: readonly string[],
  scopes: readonly string[],
): string => `resource "auth0_client_grant" ${hclString(id)} {
${attributes.map((attribute) => `  ${attribute}`).join('\n')}
  audience = auth0_resource_server.mcp.identifier
  scopes = [
${list(scopes)}
  ]
  depends_on = [auth0_resource_server_scope.mcp]
}`;

const machine = ({
  name,
  scopes,
}: NonNullable<Wish['arguments']['machine']>): readonly string[] => [
  `resource "auth0_client" "machine" {
  name        = ${hclString(name)}
  app_type    = "non_interactive"
  grant_types = ["client_credentials"]
}`,
  grant('machine', ['client_id = auth0_client.machine.id', 'subject_type = "client"'], scopes),
];
