import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizationUrl,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { onTheWire } from '../wire.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  const resources = ['https://first.example/mcp', 'https://second.example/mcp'];
  issuer = await startIssuer({
    resources: resources.map((resource) => ({ resource, name: 'Test Server', scopes: vocabulary })),
    clients: [
      {
        clientId: 'web',
        name: 'Web',
        redirectUris: ['https://web.example/cb'],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'none' },
      },
    ],
  });
});
afterAll(() => issuer.close());

const { challenge } = pkce();
type Parameters = Readonly<Record<string, string | undefined>>;
const urlOf = (parameters: Parameters) =>
  authorizationUrl(issuer, {
    client_id: 'web',
    redirect_uri: 'https://web.example/cb',
    resource: 'https://first.example/mcp',
    code_challenge: challenge,
    ...parameters,
  });
const answerTo = async (url: URL | string, init: RequestInit = {}) =>
  onTheWire(await fetch(url, { redirect: 'manual', ...init }), {
    ISSUER: issuer.issuer,
    HOST: new URL(issuer.issuer).host,
  });

/** Back to a client of the operator's, with the error in the query. */
const redirected = (query: string) => `303
cache-control: no-store
content-length: length
content-security-policy: default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
content-type: text/html; charset=utf-8
cross-origin-opener-policy: same-origin
location: https://web.example/cb?${query}
referrer-policy: no-referrer
x-content-type-options: nosniff
x-frame-options: DENY

Redirecting to https://web.example/cb?${query.replaceAll('&', '&amp;')}.`;

/** A page: nobody is sent anywhere. */
const page = (title: string, advice: string, error: string, more = '') => `400
cache-control: no-store
content-length: length
content-security-policy: default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
content-type: text/html; charset=utf-8
cross-origin-opener-policy: same-origin
referrer-policy: no-referrer
x-content-type-options: nosniff
x-frame-options: DENY

<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Test Server</title>
<link rel="icon" type="image/svg+xml" href="/portcullis.svg?STYLE">
<link rel="stylesheet" href="/portcullis.css?STYLE">

</head>
<body>
<div class="page">
<header class="top">
<p class="brand"><span class="brand-name">Test Server</span> <span class="brand-host">HOST</span></p>

</header>
<main class="card">
<h1>${title}</h1>
<p class="lead">${advice}</p>
${more}<dl class="technical">
<div><dt>Error</dt><dd><code>${error}</code></dd></div>
<div><dt>Request</dt><dd><code>REQUEST-ID</code></dd></div>
</dl>
</main>

</div>
</body>
</html>`;

describe('an authorization request is answered with a page and leads nowhere, for', () => {
  const unknownClient = page(
    'This app is not known here',
    'Its registration is missing or could not be read. Often the app has kept an old one: it has to forget that, then connect again.',
    '400 invalid_<wbr>client',
    `<h2>How an app forgets it</h2>
<dl class="facts">
<div><dt>Claude Code</dt><dd>Type /mcp, choose the server, then “Clear authentication”.</dd></div>
<div><dt>VS Code</dt><dd>In the command palette, run “Authentication: Remove Dynamic Authentication Providers”.</dd></div>
<div><dt>Codex</dt><dd>Run codex mcp logout with the name of the server.</dd></div>
<div><dt>mcp-remote</dt><dd>Delete the folder .mcp-auth in your home folder.</dd></div>
<div><dt>Any other</dt><dd>Sign out of the server in its settings, or remove it there and add it again.</dd></div>

</dl>
`,
  );
  const foreignRedirect = page(
    'This app wants to send you somewhere it never registered',
    'Nothing was allowed, and you were not sent on. Tell the makers of the app.',
    '400 invalid_<wbr>redirect_<wbr>uri',
  );
  const wrong = page(
    'This request is not valid',
    'The app that sent you here made a mistake. Tell its makers the code below.',
    '400 invalid_<wbr>request',
  );
  const rows: readonly (readonly [string, Parameters, string])[] = [
    ['an unknown client (AS-61)', { client_id: 'nobody' }, unknownClient],
    ['a client named in markup (AS-61, ATK-11)', { client_id: '<b>"x' }, unknownClient],
    ['no client (AS-61)', { client_id: undefined }, wrong],
    ['a redirect of nobody (AS-61, AS-62)', { redirect_uri: 'https://a.example' }, foreignRedirect],
    [
      'a redirect into a script (AS-62, AS-63)',
      { redirect_uri: 'javascript:alert(1)' },
      foreignRedirect,
    ],
    ['an empty redirect (AS-61, ATK-03)', { redirect_uri: '' }, wrong],
    ['an age that is no number', { max_age: '1e3' }, wrong],
  ];
  it.each(rows)('%s', async (_what, parameters, expected) => {
    expect(await answerTo(urlOf(parameters))).toBe(expected);
  });

  it.each([
    'state=other',
    'redirect_uri=https%3A%2F%2Fweb.example%2Fcb',
    'scope[]=mcp:tools:weather',
    'redirect_uri[a]=x',
  ])('a second or nested parameter: %s (AS-69, ATK-03)', async (more) => {
    expect(await answerTo(`${urlOf({})}&${more}`)).toBe(wrong);
  });

  it('an outsider, whatever else is wrong (AS-80, ATK-05)', async () => {
    const { client_id } = (
      await register(issuer, { redirect_uris: ['https://stranger.example/cb'] })
    ).body;
    const stranger = { client_id, redirect_uri: 'https://stranger.example/cb' };
    expect(await answerTo(urlOf({ ...stranger, response_type: 'token' }))).toBe(
      page(
        'This request is not valid',
        'The app that sent you here made a mistake. Tell its makers the code below.',
        '400 unsupported_<wbr>response_<wbr>type',
      ),
    );
  });
});

describe('an authorization request that is wrong is sent back whole, with', () => {
  const end = '&state=state-1&iss=ISSUER';
  const rows: readonly (readonly [string, Parameters, string])[] = [
    [
      'no response type (AS-65)',
      { response_type: undefined },
      'error=invalid_request&error_description=missing+required+parameter+%27response_type%27',
    ],
    [
      'the implicit flow (AS-65)',
      { response_type: 'token' },
      'error=unsupported_response_type&error_description=unsupported+response_type+requested',
    ],
    [
      'a hybrid flow (AS-65)',
      { response_type: 'code id_token' },
      'error=unsupported_response_type&error_description=unsupported+response_type+requested',
    ],
    [
      'another response mode',
      { response_mode: 'fragment' },
      'error=unsupported_response_mode&error_description=unsupported+response_mode+requested',
    ],
    [
      'no challenge (AS-66)',
      { code_challenge: undefined },
      'error=invalid_request&error_description=code_challenge+must+be+provided+with+code_challenge_method',
    ],
    [
      'neither challenge nor method (AS-66)',
      { code_challenge: undefined, code_challenge_method: undefined },
      'error=invalid_request&error_description=Authorization+Server+policy+requires+PKCE+to+be+used+for+this+request',
    ],
    [
      'an empty challenge (AS-66, AS-69)',
      { code_challenge: '' },
      'error=invalid_request&error_description=code_challenge+must+be+provided+with+code_challenge_method',
    ],
    [
      'plain (AS-67)',
      { code_challenge_method: 'plain' },
      'error=invalid_request&error_description=not+supported+value+of+code_challenge_method',
    ],
    [
      'no method, which means plain (AS-67)',
      { code_challenge_method: undefined },
      'error=invalid_request&error_description=code_challenge_method+must+be+provided',
    ],
    [
      'a challenge of 42 characters (AS-67)',
      { code_challenge: 'x'.repeat(42) },
      'error=invalid_request&error_description=code_challenge+must+be+a+string+with+a+minimum+length+of+43+characters',
    ],
    [
      'a challenge of 129 characters (AS-67)',
      { code_challenge: 'x'.repeat(129) },
      'error=invalid_request&error_description=code_challenge+must+be+a+string+with+a+maximum+length+of+128+characters',
    ],
    [
      'a challenge in another alphabet (AS-67)',
      { code_challenge: `${'x'.repeat(42)}=` },
      'error=invalid_request&error_description=code_challenge+contains+invalid+characters',
    ],
    [
      'an unknown resource (AS-72)',
      { resource: 'https://evil.example/mcp' },
      'error=invalid_target&error_description=unknown+resource',
    ],
    [
      'a resource that is no URI (AS-72)',
      { resource: 'mcp' },
      'error=invalid_target&error_description=resource+indicator+must+be+an+absolute+URI',
    ],
    [
      'a resource with a fragment (AS-72)',
      { resource: 'https://evil.example/mcp#x' },
      'error=invalid_target&error_description=resource+indicator+must+not+contain+a+fragment+component',
    ],
    [
      'unknown scopes (AS-75)',
      { scope: 'admin openid' },
      'error=invalid_scope&error_description=no+requested+scope+can+be+granted&scope=admin+openid',
    ],
    [
      'no syntax in its scope (AS-75)',
      { scope: 'a"b' },
      'error=invalid_scope&error_description=scope+contains+invalid+characters',
    ],
    [
      'an unknown prompt',
      { prompt: 'later' },
      'error=invalid_request&error_description=unsupported+prompt+value+requested',
    ],
    [
      'nobody signed in, and nobody to be asked (AS-60)',
      { prompt: 'none' },
      'error=login_required&error_description=sign-in+is+required',
    ],
    ['a request object', { request: 'e30.e30.' }, 'error=request_not_supported'],
    [
      'a request object to fetch',
      { request_uri: 'https://evil.example/request' },
      'error=request_uri_not_supported',
    ],
  ];
  it.each(rows)('%s', async (_what, parameters, query) => {
    expect(await answerTo(urlOf(parameters))).toBe(redirected(`${query}${end}`));
  });

  it('two resources (AS-73)', async () => {
    const url = urlOf({});
    url.searchParams.append('resource', 'https://second.example/mcp');
    const query = 'error=invalid_target&error_description=only+one+resource+may+be+requested';
    expect(await answerTo(url)).toBe(redirected(`${query}${end}`));
  });

  it('whatever stands in its state, and without one (AS-70, ATK-11, ATK-88)', async () => {
    const state = '"><script>alert(1)</script>\r\nSet-Cookie: a=b&iss=https://evil.example';
    const wrong = { response_type: 'token' };
    const error =
      'error=unsupported_response_type&error_description=unsupported+response_type+requested';
    expect(await answerTo(urlOf({ ...wrong, state }))).toBe(
      redirected(
        `${error}&state=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%0D%0ASet-Cookie%3A+a%3Db%26iss%3Dhttps%3A%2F%2Fevil.example&iss=ISSUER`,
      ),
    );
    expect(await answerTo(urlOf({ ...wrong, state: undefined }))).toBe(
      redirected(`${error}&iss=ISSUER`),
    );
  });
});
