import type { Settings } from '../settings.js';

let warned = false;

/** Says, once a process, that cookies go over plain HTTP, which only a browser on this machine may do: the issuer is on loopback. */
export function warnOfPlainHttp({ secure, issuer }: Pick<Settings, 'secure' | 'issuer'>): void {
  if (secure || warned) return;
  warned = true;
  process.emitWarning(
    `The issuer ${issuer} is for development: over http: its cookies are neither "Secure" nor "__Host-".`,
    { code: 'PORTCULLIS_PLAIN_HTTP' },
  );
}
