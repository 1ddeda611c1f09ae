/** What a proxy says about the connection, not about who calls. */
const connection =
  /^x-forwarded-(by|for|host|method|path|port|prefix|proto|scheme|server|ssl|uri)$/;

/**
 * Names by which proxies tell the server behind them who calls: certificates (RFC 9440, Envoy, nginx, Traefik, Azure), users (Apache, oauth2-proxy,
 * Authelia, authentik, Caddy, Kong, Pomerium, Teleport, Tailscale, Grafana, Istio, Kubernetes), older sign-in agents (SiteMinder, WebSEAL, Oracle,
 * Shibboleth), cloud sign-ins (AWS, Azure, Cloudflare, Google).
 */
const identity = new RegExp(
  `^(${[
    '(x-)?(ssl|tls)-.*',
    '(x-)?client-(cert|verify|dn|subject|san|issuer)(-.*)?',
    'x-(arr-)?clientcert(-.*)?',
    'x-forwarded-.*',
    '(x-)?(remote|authenticated|auth-request|webauth)-.*',
    'x-(user|username|userinfo|email|groups|roles|id-token|access-token)',
    'x-user-(id|name|email|groups|roles)',
    'x-(authentik|pomerium|vouch|consumer|credential)-.*',
    'tailscale-.*',
    'x-amzn-(oidc|mtls)-.*',
    'x-ms-(client-principal|token)(-.*)?',
    'cf-(access|cert|client-cert)-.*',
    'x-goog-(iap|authenticated-user)-.*',
    'x-(endpoint-api|apigateway-api)-userinfo',
    'x-auth-(user.*|email|groups|roles|name|subject|token)',
    'x-token-(subject|user-.*)',
    '(x-)?(oidc|jwt|spiffe)-.*',
    'teleport-jwt-assertion',
    'impersonate-.*',
    'sm-?user.*',
    'iv-(user|groups|creds)(-.*)?',
    'oam-.*',
    'shib-.*',
    '.+-authorization',
  ].join('|')})$`,
);

/** How many names are kept judged: clients make up what they like, so there is a bound. */
const KNOWN_NAMES = 1000;
const MAX_NAME = 64;
const known = new Map<string, boolean>();

/**
 * Whether a header speaks of an identity. Here the token alone says who calls, so whoever sent it, nothing behind the gate may believe it. A list
 * cannot know every product: a name that is in use nowhere passes.
 *
 * @param name - In lower case.
 * @see RFC 9700 §4.13
 */
export function speaksOfIdentity(name: string): boolean {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  // Behind CGI and its heirs an underscore is the same as a hyphen.
  const plain = name.replaceAll('_', '-');
  const speaks = identity.test(plain) && !connection.test(plain);
  if (name.length > MAX_NAME) return speaks;
  if (known.size >= KNOWN_NAMES) known.clear();
  known.set(name, speaks);
  return speaks;
}
