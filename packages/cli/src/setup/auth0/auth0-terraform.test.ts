import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { basics, portcullis } from '../../session.harness.js';
import { hclString } from './auth0-terraform.js';

describe('setup auth0 without credentials', () => {
  it('writes Terraform configuration', async () => {
    const machine = ['--machine', 'Robot', '--machine-scopes', 'mcp:tools:weather'];
    const { code, out } = await portcullis([
      'setup',
      'auth0',
      ...basics,
      ...machine,
      '--terraform',
    ]);
    expect(code).toBe(0);
    expect(
      out,
    ).toBe(`# Credentials: AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET in the environment.
terraform {
  required_providers {
    auth0 = {
      source  = "auth0/auth0"
      version = ">= 1.46.0"
    }
  }
}

# An API that is there already has to be imported, by its id:
#   terraform import auth0_resource_server.mcp ...
resource "auth0_resource_server" "mcp" {
  name                 = "finance.example.com/mcp"
  identifier           = "https://finance.example.com/mcp"
  signing_alg          = "RS256"
  token_dialect        = "rfc9068_profile_authz"
  enforce_policies     = true
  allow_offline_access = true
}

resource "auth0_resource_server_scope" "mcp" {
  for_each = {
    "mcp:tools:weather" = "Look up the weather for a place you name."
    "mcp:tools:pay"     = "Pay what you approve."
  }
  resource_server_identifier = auth0_resource_server.mcp.identifier
  scope                      = each.key
  description                = each.value
}

# Affects the whole tenant. Import it first, so that nothing else of it changes:
#   terraform import auth0_tenant.this "$(uuidgen)"
# The provider documents no attribute for authorization_response_iss_parameter_supported (RFC 9207):
# switch it on in the dashboard, Settings > Advanced, or with portcullis setup auth0 --apply.
resource "auth0_tenant" "this" {
  resource_parameter_profile = "compatibility"

  flags {
    enable_dynamic_client_registration = true
  }
}

# Affects the whole tenant. A connection that is there already has to be imported first:
#   terraform import auth0_connection.sign_in con_...
# Its people go where it goes, so Terraform never replaces it, of whatever strategy it is, and never destroys it.
resource "auth0_connection" "sign_in" {
  name                 = "Username-Password-Authentication"
  strategy             = "auth0"
  is_domain_connection = true

  lifecycle {
    ignore_changes  = [strategy, metadata, show_as_button]
    prevent_destroy = true
  }
}

resource "auth0_client_grant" "third_party_clients" {
  default_for  = "third_party_clients"
  subject_type = "user"
  audience     = auth0_resource_server.mcp.identifier
  scopes       = ["mcp:tools:weather", "mcp:tools:pay"]
  depends_on   = [auth0_resource_server_scope.mcp]
}

resource "auth0_client" "machine" {
  name        = "Robot"
  app_type    = "non_interactive"
  grant_types = ["client_credentials"]
}

resource "auth0_client_grant" "machine" {
  client_id    = auth0_client.machine.id
  subject_type = "client"
  audience     = auth0_resource_server.mcp.identifier
  scopes       = ["mcp:tools:weather"]
  depends_on   = [auth0_resource_server_scope.mcp]
}
`);
  });

  it('writes steps for the dashboard', async () => {
    const { code, out } = await portcullis(['setup', 'auth0', ...basics, '--instructions']);
    expect(code).toBe(0);
    expect(out).toBe(`Auth0 for https://finance.example.com/mcp

1. Applications > APIs > Create API
     Name: finance.example.com/mcp
     Identifier: https://finance.example.com/mcp  (exactly so; it cannot be changed later)
     JSON Web Token (JWT) Profile: RFC 9068
     JSON Web Token (JWT) Signing Algorithm: RS256

2. That API > Permissions: add each with its description
     mcp:tools:weather  Look up the weather for a place you name.
     mcp:tools:pay  Pay what you approve.

3. That API > Settings > RBAC Settings
     Enable RBAC: on
     Add Permissions in the Access Token: on

4. That API > Settings > Access Settings
     Allow Offline Access: on  (without it no client gets a refresh token)

5. That API > Application Access > Default permissions for third-party applications
     User access: authorize, with these permissions:
     mcp:tools:weather
     mcp:tools:pay

6. Settings > Advanced (affects the whole tenant)
     Resource Parameter Compatibility Profile: on
     Issuer identification in authorization responses (RFC 9207): on
     Dynamic Client Registration (DCR): on

7. Authentication > the connection that people sign in with > Settings (affects the whole tenant)
     Enable for third-party applications (domain connection): on

8. User Management > Roles: make a role with the permissions above, and give it to people
     Without a role a person is granted no scope, whatever the client asks for

9. Give the app the host of the tenant
     AUTH0_DOMAIN=<tenant>.<region>.auth0.com
`);
  });

  it('writes a file, and never over one that is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
    const file = join(folder, 'auth0.tf');
    const words = ['setup', 'auth0', ...basics, '--terraform', file];
    expect(await portcullis(words)).toEqual({ code: 0, err: '', out: `Written to ${file}.\n` });
    expect(await readFile(file, 'utf8')).toContain('resource "auth0_resource_server" "mcp" {');
    expect(await portcullis(words)).toEqual({
      ...{ code: 2, out: '' },
      err: `Cannot write ${file}: it exists already; choose another name.\n`,
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ['say "hi"', '"say \\"hi\\""'],
    ['a\\b', '"a\\\\b"'],
    ['$'.concat('{var.secret} %{ if true }'), '"$$'.concat('{var.secret} %%{ if true }"')],
    ['two\nlines\u0007', '"two\\nlines\\u0007"'],
    ['b\u202ea \u{e0041}', '"b\\u202ea \\U000e0041"'],
  ])('escapes %j', (text, literal) => {
    expect(hclString(text)).toBe(literal);
  });
});
