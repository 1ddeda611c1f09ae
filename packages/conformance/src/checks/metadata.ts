import { isLoopback, resourceMetadataUrl } from '@portcullis/core';
import { type Check, findings, group, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { bearerChallenge } from '../wire/challenges.js';
import { excerpt } from '../wire/excerpt.js';
import { isObject, type JsonObject, parseJson } from '../wire/messages.js';
import type { Answer } from '../wire/send.js';

const get = (stage: Stage, url: string, headers: readonly (readonly [string, string])[] = []) =>
  stage.send({ method: 'GET', url, headers: [['Accept', 'application/json'], ...headers] });

/** Where the document is: where the challenge says, if that is on the server's own origin, otherwise where RFC 9728 puts it. */
async function documentUrl(stage: Stage): Promise<string> {
  const named = bearerChallenge(await stage.attempt(undefined))?.parameters.get(
    'resource_metadata',
  );
  const own = new URL(stage.url).origin;
  const there = named !== undefined && URL.canParse(named) && new URL(named).origin === own;
  return there ? named : resourceMetadataUrl(stage.url);
}

async function readDocument(
  stage: Stage,
): Promise<{ readonly answer: Answer; readonly document: JsonObject | undefined }> {
  const answer = await get(stage, await documentUrl(stage));
  const document = parseJson(answer.text);
  return { answer, document: isObject(document) ? document : undefined };
}

const noDocument = skip('There is no metadata document to look at: see RS-01.');

/** What the protected resource metadata has to say. */
export const metadata: readonly Check[] = group('Metadata', [
  {
    id: 'RS-01',
    also: ['RS-03'],
    title: 'The protected resource metadata is JSON that anybody may read.',
    remedy:
      'Serve the RFC 9728 document at its well-known URL with status 200 and Content-Type application/json, in front of authentication.',
    level: 'MUST',
    source: source.rfc(9728, '3.2'),
    eras: 'any',
    async run(stage) {
      const { answer, document } = await readDocument(stage);
      const found = findings();
      const type = answer.headers.get('content-type') ?? 'no Content-Type';
      found.expect(answer.status === 200, () => `GET answered ${answer.status}`);
      if (answer.status === 200) {
        found.expect(
          /^application\/json\b/i.test(type),
          () => `the document came as ${excerpt(type)}`,
        );
        found.expect(document !== undefined, () => 'the body is no JSON object');
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-02',
    title:
      'The document lies where the path of the endpoint is inserted after the well-known segment.',
    remedy:
      'Serve the document of https://h/mcp at https://h/.well-known/oauth-protected-resource/mcp.',
    level: 'MUST',
    source: source.rfc(9728, '3.1'),
    eras: 'any',
    async run(stage) {
      const url = resourceMetadataUrl(stage.url);
      const { status } = await get(stage, url);
      const found = findings();
      found.expect(status === 200, () => `GET ${new URL(url).pathname} answered ${status}`);
      return found.verdict;
    },
  },
  {
    id: 'RS-04',
    title: 'The document names the very URL of the endpoint as its resource.',
    remedy: 'Set "resource" to the public URL of the endpoint, byte for byte as clients call it.',
    level: 'MUST',
    source: source.rfc(9728, '3.3'),
    eras: 'any',
    async run(stage) {
      const { document } = await readDocument(stage);
      if (!document) return noDocument;
      const found = findings();
      found.expect(
        document.resource === stage.url,
        () => `"resource" is ${show(document.resource)}`,
      );
      return found.verdict;
    },
  },
  {
    id: 'RS-05',
    title: 'A document at the root of the origin speaks for the bare origin only.',
    remedy:
      'Serve /.well-known/oauth-protected-resource only if its "resource" is the origin itself; otherwise answer 404.',
    level: 'REC',
    source: source.rfc(9728, '3.3'),
    eras: 'any',
    async run(stage) {
      const { origin, pathname } = new URL(stage.url);
      if (pathname === '/') return skip('The endpoint is the root of its origin.');
      const answer = await get(stage, `${origin}/.well-known/oauth-protected-resource`);
      const document = answer.status === 200 ? parseJson(answer.text) : undefined;
      const found = findings();
      if (isObject(document)) {
        const names = [origin, `${origin}/`] as readonly unknown[];
        found.expect(
          names.includes(document.resource),
          () => `it names ${show(document.resource)}`,
        );
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-06',
    title: 'The document names the issuer exactly as the issuer names itself.',
    remedy:
      'List the issuer in "authorization_servers", character by character as in its own metadata.',
    level: 'MUST',
    source: source.discovery,
    eras: 'any',
    async run(stage) {
      const { document } = await readDocument(stage);
      if (!document) return noDocument;
      const servers = document.authorization_servers;
      const found = findings();
      found.expect(
        Array.isArray(servers) && servers.includes(stage.issuer.issuer),
        () => `"authorization_servers" is ${show(servers)}`,
      );
      return found.verdict;
    },
  },
  {
    id: 'RS-07',
    title: 'Neither document nor challenge offers offline_access.',
    remedy: 'Leave offline_access out: refresh tokens are between client and issuer.',
    level: 'SHOULD',
    source: source.authorization,
    eras: 'any',
    async run(stage) {
      const { document } = await readDocument(stage);
      const scopes = document?.scopes_supported;
      const asked = bearerChallenge(await stage.attempt(undefined))?.parameters.get('scope') ?? '';
      const found = findings();
      const listed = Array.isArray(scopes) && scopes.includes('offline_access');
      found.expect(!listed, () => '"scopes_supported" lists it');
      found.expect(!asked.split(' ').includes('offline_access'), () => 'the challenge asks for it');
      return found.verdict;
    },
  },
  {
    id: 'RS-09',
    title: 'The document is tidy, can be read by pages and cached, and only by GET.',
    remedy:
      'Leave out empty members, publish bearer_methods_supported as ["header"], send Access-Control-Allow-Origin: * and Cache-Control: max-age, and answer other verbs 405 with Allow.',
    level: 'REC',
    source: source.rfc(9728, '2'),
    eras: 'any',
    async run(stage) {
      const { answer, document } = await readDocument(stage);
      if (!document) return noDocument;
      const found = findings();
      for (const [name, value] of Object.entries(document)) {
        found.expect(
          !Array.isArray(value) || value.length > 0,
          () => `"${excerpt(name)}" is empty`,
        );
      }
      const methods = document.bearer_methods_supported;
      const headerOnly = methods === undefined || JSON.stringify(methods) === '["header"]';
      found.expect(headerOnly, () => `"bearer_methods_supported" is ${show(methods)}`);
      const origin = answer.headers.get('access-control-allow-origin');
      found.expect(origin === '*', () => 'no Access-Control-Allow-Origin: *');
      const cache = answer.headers.get('cache-control') ?? '';
      found.expect(/\bmax-age=\d/.test(cache), () => 'no Cache-Control: max-age');
      const url = await documentUrl(stage);
      const posted = await stage.send({ method: 'POST', url, headers: [], body: '{}' });
      found.expect(
        posted.status === 405 && posted.headers.has('allow'),
        () =>
          `POST answered ${posted.status}${posted.headers.has('allow') ? '' : ' without Allow'}`,
      );
      return found.verdict;
    },
  },
  {
    id: 'RS-12',
    also: ['ATK-84'],
    title: 'Nothing a request says about its host reaches the metadata or the challenge.',
    remedy:
      'Take the resource identifier and the metadata URL from configuration, never from Host, Forwarded or X-Forwarded-*.',
    level: 'REC',
    source: source.rfc(9700, '4.13'),
    eras: 'any',
    async run(stage) {
      const evil = 'evil.example';
      const forwarded = [
        ['X-Forwarded-Host', evil],
        ['X-Forwarded-Proto', 'https'],
        ['Forwarded', `host=${evil};proto=https`],
      ] as const;
      const found = findings();
      const url = resourceMetadataUrl(stage.url);
      for (const extra of [forwarded, [['Host', evil] as const]]) {
        const what = extra.length > 1 ? 'X-Forwarded-Host' : 'Host';
        const answers = [await get(stage, url, extra), await stage.attempt(undefined, { extra })];
        for (const { status, headers, text } of answers) {
          // A refusal may well name the host that it refuses.
          const said = `${headers.get('www-authenticate') ?? ''} ${status === 200 ? text : ''}`;
          found.expect(!said.includes(evil), () => `the ${what} of the request came back`);
        }
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-14',
    title: 'The server does not speak for another issuer at its own origin.',
    remedy:
      'Do not mirror the issuer’s metadata under /.well-known/oauth-authorization-server of the server: its "issuer" cannot match there.',
    level: 'REC',
    source: source.rfc(8414, '3.3'),
    eras: 'any',
    async run(stage) {
      const { origin } = new URL(stage.url);
      const answer = await get(stage, `${origin}/.well-known/oauth-authorization-server`);
      const document = answer.status === 200 ? parseJson(answer.text) : undefined;
      const found = findings();
      if (isObject(document)) {
        found.expect(
          document.issuer === origin,
          () => `it names the issuer ${show(document.issuer)}`,
        );
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-15',
    title: 'Every URL is https, save on loopback.',
    remedy: 'Publish https URLs; http is for development on loopback.',
    level: 'MUST',
    source: source.security,
    eras: 'any',
    async run(stage) {
      const { document } = await readDocument(stage);
      const servers = document?.authorization_servers;
      const linked = bearerChallenge(await stage.attempt(undefined));
      const urls = [
        stage.url,
        document?.resource,
        ...(Array.isArray(servers) ? servers : []),
        linked?.parameters.get('resource_metadata'),
      ];
      const found = findings();
      for (const url of urls) {
        if (typeof url !== 'string' || !URL.canParse(url)) continue;
        const parsed = new URL(url);
        found.expect(parsed.protocol === 'https:' || isLoopback(parsed), () => excerpt(url));
      }
      return found.verdict;
    },
  },
]);

function show(value: unknown): string {
  return value === undefined ? 'missing' : excerpt(JSON.stringify(value));
}
