import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { getDocument, issuerMetadata, jsonObject, type Members } from '../facts.js';
import { type Check, fail, ok, skip } from '../verdict.js';
import { came, quoted } from '../wording.js';

const MIN_RSA_BITS = 2048;
/** Members that only a private or a shared key has (RFC 7518 §6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The keys by which anybody can tell the tokens of the issuer. */
export const keys: readonly Check[] = [
  {
    id: 'keys',
    phase: 'Authorization',
    requirement: 'AS-14',
    title: 'The keys of the authorization server are there, and fit to verify by.',
    breaks: 'Every client: the MCP server can verify no token.',
    remedy:
      'Serve public keys with kid, use and alg at jwks_uri, to anybody; take private parts out at once, and replace those keys.',
    async examine(patient) {
      const found = await issuerMetadata(patient);
      if (!found) return skip('no authorization server was found.');
      const uri = found.members.jwks_uri;
      if (uri === undefined) return skip('there is no jwks_uri: its tokens may not be JWTs.');
      if (typeof uri !== 'string' || !patient.mayAsk(uri)) {
        return fail(`jwks_uri is ${quoted(uri)}, which is no URL to fetch keys from.`, found.url);
      }
      const reply = await getDocument(patient, uri);
      if (reply.kind === 'silence' || reply.status !== 200)
        return fail(`The keys cannot be read: GET ${came(reply)}.`, uri);
      const set = jsonObject(reply.text)?.keys;
      if (!Array.isArray(set))
        return fail('The keys cannot be read: GET answered 200, and no key set.', uri);
      const listed = set as readonly unknown[];
      const faulty = listed.flatMap((key, place) => faultOfKey(key, place, listed.length));
      const [first] = faulty;
      if (first !== undefined) return fail(first, uri);
      const forSignatures = listed.some((key) => (key as Members).use !== 'enc');
      return forSignatures ? ok() : fail('The key set has no key for signatures.', uri);
    },
  },
];

/** What is wrong with one key, as a sentence. */
function faultOfKey(key: unknown, place: number, count: number): readonly string[] {
  const jwk = (typeof key === 'object' && key !== null ? key : {}) as Members;
  const name = typeof jwk.kid === 'string' ? `The key ${quoted(jwk.kid)}` : `Key ${place + 1}`;
  const secret = PRIVATE.find((member) => Object.hasOwn(jwk, member));
  if (secret !== undefined) return [`${name} publishes its private part "${secret}".`];
  if (count > 1 && typeof jwk.kid !== 'string') return [`${name} of ${count} has no kid.`];
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
    return bits < MIN_RSA_BITS ? [`${name} has ${bits} bits, which verifiers refuse.`] : [];
  } catch {
    return [`${name} is no public key.`];
  }
}
