import { type Change, type Step, settingChange } from '../plan.js';
import type { Wish } from '../vendor.js';
import type { Auth0Call, TenantSettings } from './auth0-call.js';
import type { Auth0State } from './auth0-state.js';

const reasons = {
  profile:
    'Without it Auth0 ignores the parameter resource, and issues tokens that this server must refuse.',
  iss: 'Without iss in the redirect a client cannot tell which issuer answered it (RFC 9207).',
  dynamic: 'Without it a client that nobody registered has no way to introduce itself.',
  documents:
    'Without it no client can be known by the URL of its document; each is imported once by an administrator.',
} as const;

/** Switches of the whole tenant. Nothing is ever switched off. */
export function planTenant(
  { arguments: { registration } }: Wish,
  { settings }: Auth0State,
): Step<Auth0Call> {
  const profile = settingChange(
    'resource_parameter_profile',
    { is: settings.resource_parameter_profile, wanted: 'compatibility' },
    reasons.profile,
  );
  const iss = switchedOn(
    'authorization_response_iss_parameter_supported',
    settings.authorization_response_iss_parameter_supported,
    reasons.iss,
  );
  const dynamic = switchedOn(
    'flags.enable_dynamic_client_registration',
    settings.enable_dynamic_client_registration || !registration.dynamic,
    reasons.dynamic,
  );
  const documents = switchedOn(
    'client_id_metadata_document_supported',
    settings.client_id_metadata_document_supported || !registration.documents,
    reasons.documents,
  );
  const changes = [
    ...[profile, iss],
    ...(registration.dynamic ? [dynamic] : []),
    ...(registration.documents ? [documents] : []),
  ];
  const on = ({ kind }: Change) => kind === 'update';
  const body: TenantSettings = {
    ...(on(profile) ? { resource_parameter_profile: 'compatibility' } : {}),
    ...(on(iss) ? { authorization_response_iss_parameter_supported: true } : {}),
    ...(on(dynamic) ? { flags: { enable_dynamic_client_registration: true } } : {}),
    ...(on(documents) ? { client_id_metadata_document_supported: true } : {}),
  };
  return {
    ...{ title: 'Tenant settings', affects: 'the whole tenant', changes },
    ...(changes.some(on) ? { call: { kind: 'update_settings', body } } : {}),
  };
}

const switchedOn = (what: string, is: boolean, because: string): Change =>
  settingChange(what, { is, wanted: true }, because);
