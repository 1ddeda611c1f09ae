import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeIssuer, type FakeIssuer } from '../testing/fake-issuer.js';
import { type Fetch, type FetchBounds, postForm } from './fetch-json.js';
import { discoverIssuer } from './issuer-metadata.js';

const bounds: FetchBounds = { fetch: globalThis.fetch, timeoutMs: 300, maxBytes: 1000 };
const url = 'https://as.example.com/token';

function post(fetch: Fetch) {
  const form = { grant_type: 'client_credentials', scope: 'a b' };
  return postForm(url, form, { authorization: 'Basic eDp5' }, { ...bounds, fetch });
}

describe('postForm', () => {
  it('posts the form and reads the answer', async () => {
    let sent: Request | undefined;
    const answer = await post(async (input, init) => {
      sent = new Request(input, init);
      return Response.json({ access_token: 't' });
    });
    expect(answer).toEqual({ kind: 'answer', status: 200, value: { access_token: 't' } });
    expect(sent?.redirect).toBe('manual');
    expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
      accept: 'application/json',
      authorization: 'Basic eDp5',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    });
    expect(await sent?.text()).toBe('grant_type=client_credentials&scope=a+b');
  });

  it('reads the error that a protocol answers with', async () => {
    const refused = () => Response.json({ error: 'invalid_grant' }, { status: 403 });
    expect(await post(async () => refused())).toEqual({
      kind: 'answer',
      status: 403,
      value: { error: 'invalid_grant' },
    });
  });

  it.each<[string, () => Response, object]>([
    [
      'a redirect',
      () => Response.redirect(url, 307),
      { reason: 'answered with status 307', status: 307 },
    ],
    [
      'an error',
      () => Response.json({}, { status: 503 }),
      { reason: 'answered with status 503', status: 503 },
    ],
    ['a page', () => new Response('<p>'), { reason: 'answered with no JSON', status: 200 }],
    [
      'too much',
      () => new Response(' '.repeat(1001)),
      { reason: 'answered with more than 1000 bytes', status: 200 },
    ],
  ])('makes nothing of %s', async (_, response, failure) => {
    expect(await post(async () => response())).toEqual({ kind: 'failed', ...failure });
  });

  it('says that nobody is there, or nobody answers, without the address', async () => {
    expect(await post(() => Promise.reject(new TypeError(`fetch failed: ${url}`)))).toEqual({
      kind: 'failed',
      reason: 'could not be reached',
    });
    expect(await post(() => new Promise(() => undefined))).toEqual({
      kind: 'failed',
      reason: 'gave no full answer within 300 ms',
    });
  });
});

describe('discoverIssuer', () => {
  let issuer: FakeIssuer;
  beforeAll(async () => {
    issuer = await createFakeIssuer();
  });
  afterAll(() => issuer.close());

  it('reads the metadata of the very issuer that was asked for', async () => {
    const found = await discoverIssuer(issuer.issuer, bounds);
    expect(found).toMatchObject({ kind: 'found', metadata: { issuer: issuer.issuer } });
  });

  it('tells a mistake in the configuration from an outage', async () => {
    const slash = await discoverIssuer(`${issuer.issuer}/`, bounds);
    expect(slash).toEqual({
      kind: 'failed',
      reason: 'The metadata names another issuer.',
      otherIssuer: true,
    });
    issuer.breakWith('status_500');
    expect(await discoverIssuer(issuer.issuer, bounds)).toEqual({
      kind: 'failed',
      reason: 'The metadata of the issuer answered with status 500.',
      otherIssuer: false,
    });
    issuer.repair();
  });

  it('looks elsewhere, and for another name, where the issuer keeps to no standard', async () => {
    const urls = [`${issuer.issuer}/.well-known/openid-configuration`];
    const template = 'https://login.example.com/{tenantid}/v2.0';
    expect(await discoverIssuer(template, bounds, { urls, issuer: issuer.issuer })).toMatchObject({
      kind: 'found',
    });
    expect(await discoverIssuer(issuer.issuer, bounds, { urls, issuer: template })).toMatchObject({
      otherIssuer: true,
    });
  });
});
