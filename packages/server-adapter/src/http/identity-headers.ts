/** What a proxy says about the connection, not about who calls. */
const connection =
  /^x-forwarded-(by|for|host|method|path|port|prefix|proto|scheme|server|ssl|uri)$/;

/**
 * Names by which proxies tell the server behind them who calls: certificates (RFC 9440, Envoy, nginx, Traefik, Azure), users (Apache, oauth2-proxy,
 * Authelia, authentik, Kong, Pomerium, Tailscale, Grafana), cloud sign-ins (AWS, Azure, Cloudflare, Google).
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
    'proxy-authorization',
  ].join('|')})$`,
);

/**
 * Takes away the headers that speak of an identity. Here the token alone says who calls, so whoever sent them, nothing behind the gate may
 * believe them. A list cannot know every product: a name that is in use nowhere passes.
 *
 * @param headers - Changed in place.
 * @see RFC 9700 §4.13
 */
export function dropIdentity(headers: Headers): void {
  for (const name of [...headers.keys()]) {
    // Behind CGI and its heirs an underscore is the same as a hyphen.
    const plain = name.replaceAll('_', '-');
    if (identity.test(plain) && !connection.test(plain)) headers.delete(name);
  }
}
