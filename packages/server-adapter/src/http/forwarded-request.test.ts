import { expect, it } from 'vitest';
import { forwardedRequest } from './forwarded-request.js';

const resource = 'https://mcp.example.com/mcp';
const token = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.${'s'.repeat(86)}`;

function forwarded(headers: Record<string, string>, url = resource): Request {
  return forwardedRequest(new Request(url, { method: 'POST', headers, body: '{}' }), resource);
}

it('drops what a client says to whoever stands in front (RS-65)', () => {
  const { headers } = forwarded({
    // Too short to be looked for elsewhere.
    authorization: 'Bearer short',
    dpop: 'proof',
    cookie: 'a=b',
    'content-length': '2',
    'mcp-session-id': 'sealed',
    'last-event-id': 'sealed',
    'accept-encoding': 'br',
    'x-forwarded-user': 'admin',
    accept: 'application/json',
  });
  expect([...headers]).toEqual([
    ['accept', 'application/json'],
    ['content-type', 'text/plain;charset=UTF-8'],
  ]);
});

it('keeps what only looks like part of a short token', () => {
  const { headers, url } = forwarded(
    { authorization: 'Bearer a', 'x-region': 'a', accept: '*/*' },
    `${resource}?region=a`,
  );
  expect([headers.get('x-region'), url]).toEqual(['a', `${resource}?region=a`]);
});

it.each([
  ['as it is', token],
  ['URL-encoded twice', encodeURIComponent(encodeURIComponent(`token=${token}`))],
  ['by its signature alone', token.slice(token.lastIndexOf('.') + 1)],
])('drops the token, %s, wherever it stands (RS-65, ATK-49)', (_how, copy) => {
  const { headers, url } = forwarded(
    { authorization: `Bearer ${token}`, 'x-copy': `a ${copy} b`, accept: '*/*' },
    `${resource}?a=1&copy=${copy}&${copy}=1&b=2`,
  );
  expect([headers.get('x-copy'), url]).toEqual([null, `${resource}?a=1&b=2`]);
});

it('drops the proof of a bound token as well', () => {
  const proof = `eyJ0eXAiOiJkcG9wK2p3dCJ9.eyJqdGkiOiIxIn0.${'p'.repeat(86)}`;
  const { headers } = forwarded({ authorization: `DPoP ${token}`, dpop: proof, 'x-copy': proof });
  expect(headers.get('x-copy')).toBeNull();
});

it('drops any token that is called one in the query (RFC 6750 §2.3)', () => {
  const { url } = forwarded({}, `${resource}?%61ccess_token=x&a=1`);
  expect(url).toBe(`${resource}?a=1`);
});

it('has the URL of the resource, no body, and the signal of the client', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const headers = { host: 'elsewhere.example' };
  const request = new Request('http://elsewhere.example/mcp?a=1', {
    ...{ method: 'POST', headers, body: '{}', signal },
  });
  const bare = forwardedRequest(request, resource);
  expect([bare.url, bare.method, bare.body]).toEqual([`${resource}?a=1`, 'POST', null]);
  controller.abort();
  expect(bare.signal.aborted).toBe(true);
});
