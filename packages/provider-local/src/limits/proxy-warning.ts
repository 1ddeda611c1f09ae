import type { LocalProviderOptions } from '../local-options.js';
import type { Settings } from '../settings.js';

let warned = false;

/** Says once where everybody behind a reverse proxy would share budgets, since nobody has said that there is one. */
export function warnOfUnknownProxies(
  { secure, trustedProxies }: Settings,
  { rateLimits }: LocalProviderOptions,
): void {
  // Without TLS the issuer is on loopback.
  if (warned || !secure || trustedProxies !== undefined || rateLimits === false) return;
  warned = true;
  process.emitWarning(
    '"trustedProxies" is not set: everybody who comes through a reverse proxy shares budgets. Count the reverse proxies in front of this server, 0 for none.',
    { code: 'PORTCULLIS_TRUSTED_PROXIES' },
  );
}
