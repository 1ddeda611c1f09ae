import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A key and a certificate that it signed for itself, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A length in DER (X.690 §8.1.3), and what it is the length of. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const text = (tag: number, value: string) => der(tag, Buffer.from(value, 'latin1'));

/** UTCTime, without the punctuation of ISO 8601. */
const time = (date: Date) => text(0x17, `${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`);

/** A certificate for one host (RFC 5280 §4.1), which is its own authority. Valid from 2020, to the end of 2049 if nothing else is said. */
export function selfSigned(
  host: string,
  until: Date = new Date('2049-12-31T23:59:59Z'),
): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
  // Its subject is new, as its key is, so that no two authorities are confused.
  const subject = `${host} ${randomUUID()}`;
  const name = sequence(der(0x31, sequence(identifier('550403'), text(0x0c, subject))));
  const alternative = isIPv4(host)
    ? der(0x87, Buffer.from(host.split('.').map(Number)))
    : text(0x82, host);
  const extensions = sequence(
    sequence(identifier('551d11'), der(0x04, sequence(alternative))),
    sequence(identifier('551d13'), der(0x04, sequence(der(0x01, Buffer.from([255]))))),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(new Date('2020-01-01T00:00:00Z')), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
