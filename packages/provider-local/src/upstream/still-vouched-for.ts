import { type AccessRevocation, revokeAccess } from '../revocation/revoke-access.js';

/**
 * Whether the upstream provider still stands by somebody. Where it does not, everything that began with a sign-in there ends here: grants,
 * tokens, sessions (AS-134). Always so for people with a password here.
 *
 * @throws {ProviderUnavailableError} when it cannot be asked: an outage there takes nothing away, and gives nothing.
 */
export async function stillVouchedFor(subject: string, tools: AccessRevocation): Promise<boolean> {
  const { upstream } = tools.settings;
  if (!upstream || (await upstream.recheck(subject)) === 'known') return true;
  await revokeAccess({ subject }, tools, 'upstream provider');
  return false;
}
