import { styleText } from 'node:util';
import type { IdentityConfig } from './identity-config.js';
import type { LocalConfig } from './local-config.js';

/** What a vendor calls the address of this server, which it has to know as it stands. */
const audienceAt = {
  scalekit: 'the Server URL at Scalekit',
  auth0: 'the identifier of the API at Auth0',
  oidc: 'what the issuer has to put into "aud"',
} as const;

/** What the banner says of an issuer that is somebody else. */
export function vendorRows(
  identity: Exclude<IdentityConfig, LocalConfig> & { readonly audience?: string },
  issuer: string,
  mcpUrl: string,
): string[][] {
  const { name, audience = mcpUrl } = identity;
  const dim = (text: string) => styleText('dim', text);
  return [
    ['Issuer', `${issuer} ${dim('(people sign in there)')}`],
    ['Audience', `${audience} ${dim(`(${audienceAt[name]}, byte for byte)`)}`],
  ];
}
