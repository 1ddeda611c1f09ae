/** Headers about one connection, of which an endpoint knows nothing. */
const hop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * An answer without headers about the connection, which are the host's. The SDKs send `Connection: keep-alive`, and a client that asked for the
 * connection to be closed after its answer would wait for ever.
 *
 * @param response - Changed in place.
 * @see RFC 9110 §7.6.1
 */
export function endToEnd(response: Response): Response {
  for (const name of hop) response.headers.delete(name);
  return response;
}
