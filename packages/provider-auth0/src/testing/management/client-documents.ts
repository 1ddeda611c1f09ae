import { importClient } from '../set-up.js';
import type { Tenant } from '../tenant.js';
import { isFault, type ManagementAnswer, managementFault, ok } from './management-answer.js';
import type { Operation } from './operation.js';
import { isText, isTexts, readBody } from './read-body.js';

type Members = Readonly<Record<string, unknown>>;

const MAX_URL_BYTES = 120;

/** `/clients/cimd`: an administrator imports each client by the URL of its document. */
export const clientDocumentOperations: readonly Operation[] = [
  {
    ...{ method: 'POST', path: '/clients/cimd/preview', scope: 'create:clients' },
    run: ({ tenant, payload }) =>
      withUrl(payload, (url) => {
        const document = tenant.clientDocuments.get(url);
        if (!document) return ok({ errors: ['The document could not be fetched'] });
        const known = importedFrom(tenant, url);
        const client = known === undefined ? {} : { client_id: known.client_id };
        return ok({ ...client, mapped_fields: mapped(url, document), ...validated(url, document) });
      }),
  },
  {
    ...{ method: 'POST', path: '/clients/cimd/register', scope: 'create:clients' },
    run: ({ tenant, payload }) =>
      withUrl(payload, (url) => {
        const document = tenant.clientDocuments.get(url) ?? {};
        const { validation } = validated(url, document);
        if (!validation.valid) {
          return managementFault(400, validation.violations.join('; '), 'invalid_body');
        }
        const fields = mapped(url, document);
        const client = update(tenant, url, fields.callbacks);
        return ok({ client_id: client, mapped_fields: fields, validation }, 201);
      }),
  },
];

function withUrl(payload: Members, answer: (url: string) => ManagementAnswer): ManagementAnswer {
  const read = readBody(payload, { external_client_id: isText }, ['external_client_id']);
  return isFault(read) ? read : answer(String(payload.external_client_id));
}

/** Whether the tenant takes such clients at the moment is another question. */
const importedFrom = ({ clients }: Tenant, url: string) =>
  [...clients.values()].find((client) => client.external_client_id === url);

/** A second import takes over what changed in the document. */
function update(tenant: Tenant, url: string, callbacks: readonly string[]): string {
  const known = importedFrom(tenant, url);
  if (!known) return importClient(tenant, { url, redirectUris: callbacks }).client_id;
  tenant.clients.set(known.client_id, { ...known, callbacks });
  return known.client_id;
}

function mapped(url: string, { client_name: name, redirect_uris: uris }: Members) {
  return {
    ...{ external_client_id: url, name: typeof name === 'string' ? name : url },
    callbacks: isTexts(uris) ? (uris as readonly string[]) : [],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
}

function validated(url: string, document: Members) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isPublic = parsed?.protocol === 'https:' && parsed.hostname !== 'localhost';
  const violations = [
    ...(isPublic ? [] : ['The URL must be https, of a public host']),
    ...(/[?#]/.test(url) ? ['The URL must have neither query nor fragment'] : []),
    ...(Buffer.byteLength(url) > MAX_URL_BYTES ? ['The URL is too long'] : []),
    ...(document.client_id === url ? [] : ['client_id must be the URL of the document']),
    ...(isTexts(document.redirect_uris) ? [] : ['redirect_uris are missing']),
  ];
  return { validation: { valid: violations.length === 0, violations, warnings: [] } };
}
