import { connect } from 'node:tls';

/** Why a certificate is not trusted, by the code of OpenSSL or Node. */
const faults: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it has signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its root is trusted by nobody else',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate between it and its root is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its root is unknown, or a certificate before it is missing',
};

/** What a code says of a certificate, `undefined` where it is about something else. */
export const certificateFault = (code: string): string | undefined =>
  Object.hasOwn(faults, code) ? faults[code] : undefined;

/** What the certificate of a host is worth, to a client that trusts what Node trusts. */
export type Certificate =
  | {
      readonly kind: 'seen';
      /** The code of OpenSSL or Node where it is not trusted. */
      readonly fault?: string;
      /** Milliseconds since the epoch. */
      readonly validTo: number;
    }
  | { readonly kind: 'unseen' };

/** Shakes hands with a host, sends it nothing, and looks at its certificate. Never throws. */
export function lookAtCertificate(target: URL, timeoutMs: number): Promise<Certificate> {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host, port: Number(target.port || 443), ALPNProtocols: ['http/1.1'] },
      ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
      // To see what is wrong with it; nothing is sent over this connection.
      rejectUnauthorized: false,
    });
    const done = (certificate: Certificate) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(certificate);
    };
    const timer = setTimeout(() => done({ kind: 'unseen' }), timeoutMs);
    socket.on('error', () => done({ kind: 'unseen' }));
    socket.on('secureConnect', () => {
      const validTo = Date.parse(socket.getPeerCertificate().valid_to);
      const fault = socket.authorized ? undefined : String(socket.authorizationError);
      done({ kind: 'seen', validTo, ...(fault === undefined ? {} : { fault }) });
    });
  });
}
