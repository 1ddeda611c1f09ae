import { randomBytes } from 'node:crypto';
import { clientOf, type Tenant, type TenantClient } from '../tenant.js';
import { isFault, type ManagementAnswer, managementFault, ok } from './management-answer.js';
import { isText, isTexts, readBody } from './read-body.js';

type Members = Readonly<Record<string, unknown>>;

const MAX_URL_BYTES = 120;

/** What an import would make of a client id document, without making it. */
export function previewClient(tenant: Tenant, payload: Members): ManagementAnswer {
  const read = readBody(payload, { external_client_id: isText }, ['external_client_id']);
  if (isFault(read)) return read;
  const url = String(payload.external_client_id);
  const document = tenant.clientDocuments.get(url);
  if (!document) return ok({ errors: ['The document could not be fetched.'] });
  const known = clientOf(tenant, url);
  return ok({
    ...(known === undefined ? {} : { client_id: known.client_id }),
    ...{ mapped_fields: mapped(url, document), validation: validate(url, document) },
  });
}

/** Imports a client by the URL of its document, or takes a changed document over. */
export function importClient(tenant: Tenant, payload: Members): ManagementAnswer {
  const read = readBody(payload, { external_client_id: isText }, ['external_client_id']);
  if (isFault(read)) return read;
  const url = String(payload.external_client_id);
  const document = tenant.clientDocuments.get(url) ?? {};
  const validation = validate(url, document);
  if (!validation.valid) {
    return managementFault(400, validation.violations.join(' '), 'invalid_client_metadata');
  }
  const known = clientOf(tenant, url);
  const id = randomBytes(24).toString('base64url').replaceAll(/[-_]/g, '0');
  const client: TenantClient = {
    ...{ client_id: known?.client_id ?? `tpc_${id}`, ...mapped(url, document) },
    ...{ is_first_party: false, third_party_security_mode: 'strict' },
    external_metadata_type: 'cimd',
  };
  tenant.clients.set(client.client_id, client);
  const body = { client_id: client.client_id, mapped_fields: mapped(url, document), validation };
  return ok(body, known ? 200 : 201);
}

function mapped(url: string, document: Members) {
  const { client_name: name, redirect_uris: uris } = document;
  return {
    external_client_id: url,
    name: typeof name === 'string' ? name : url,
    app_type: 'native',
    callbacks: isTexts(uris) ? (uris as readonly string[]) : [],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  } as const;
}

function validate(url: string, document: Members) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isHttps = parsed?.protocol === 'https:' && parsed.hostname !== 'localhost';
  const violations = [
    ...(isHttps ? [] : ['external_client_id must be an https URL of a public host.']),
    ...(/[?#]/.test(url) ? ['external_client_id must have neither query nor fragment.'] : []),
    ...(Buffer.byteLength(url) > MAX_URL_BYTES ? ['external_client_id is too long.'] : []),
    ...(document.client_id === url ? [] : ['client_id must be the URL of the document.']),
    ...(isTexts(document.redirect_uris) ? [] : ['redirect_uris are missing.']),
  ];
  return { valid: violations.length === 0, violations, warnings: [] };
}
