import { resourceMetadataUrl } from '@portcullis/core';
import { answering, type BrokenServer, damaged, type Scene } from './broken-server.js';

const pathOf = ({ url }: Scene): string => new URL(resourceMetadataUrl(url)).pathname;
const isDocument = (request: Request, scene: Scene): boolean =>
  new URL(request.url).pathname === pathOf(scene) && request.method === 'GET';

/** Changes the members of the document. */
const document = (change: (scene: Scene) => Readonly<Record<string, unknown>>) =>
  damaged(async (response, request, scene) => {
    if (!isDocument(request, scene) || response.status !== 200) return response;
    const members = (await response.clone().json()) as object;
    return answering(response, { body: JSON.stringify({ ...members, ...change(scene) }) });
  });

/** Changes how the document comes. */
const delivery = (headers: Readonly<Record<string, string | undefined>>) =>
  damaged((response, request, scene) =>
    isDocument(request, scene) ? answering(response, { headers }) : response,
  );

/** Serves JSON where the sound server has nothing. */
const beside = (path: string, members: (scene: Scene) => object) =>
  damaged((response, request, scene) =>
    new URL(request.url).pathname === path ? Response.json(members(scene)) : response,
  );

/** Servers that describe themselves wrongly. */
export const misdescribed: readonly BrokenServer[] = [
  {
    breaks: 'sends its metadata as plain text',
    fails: ['RS-01'],
    damage: delivery({ 'content-type': 'text/plain' }),
  },
  {
    breaks: 'asks for a token before it shows its metadata',
    fails: ['RS-01', 'RS-02'],
    damage: (sound, scene) => (request) =>
      new URL(request.url).pathname === pathOf(scene) && !request.headers.has('authorization')
        ? Promise.resolve(new Response(null, { status: 401 }))
        : sound(request),
  },
  {
    breaks: 'has its metadata elsewhere only',
    fails: ['RS-02'],
    damage: (sound, scene) => async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === pathOf(scene)) return new Response(null, { status: 404 });
      const { method, headers } = request;
      if (pathname === '/metadata') {
        return sound(new Request(resourceMetadataUrl(scene.url), { method, headers }));
      }
      const response = await sound(request);
      const challenge = response.headers.get('www-authenticate');
      const moved = challenge?.replace(pathOf(scene), '/metadata');
      return moved ? answering(response, { headers: { 'www-authenticate': moved } }) : response;
    },
  },
  {
    breaks: 'names itself with a slash at the end',
    fails: ['RS-04'],
    damage: document(({ url }) => ({ resource: `${url}/` })),
  },
  {
    breaks: 'serves the document of its endpoint at the root as well',
    fails: ['RS-05'],
    damage: beside('/.well-known/oauth-protected-resource', ({ url }) => ({ resource: url })),
  },
  {
    breaks: 'names its issuer with a slash at the end',
    fails: ['RS-06'],
    damage: document(({ issuer }) => ({ authorization_servers: [`${issuer.issuer}/`] })),
  },
  {
    breaks: 'publishes offline_access',
    fails: ['RS-07'],
    damage: document(() => ({ scopes_supported: ['mcp:tools:weather', 'offline_access'] })),
  },
  {
    breaks: 'publishes an empty list',
    fails: ['RS-09'],
    damage: document(() => ({ scopes_supported: [] })),
  },
  {
    breaks: 'keeps its metadata from pages',
    fails: ['RS-09'],
    damage: delivery({ 'access-control-allow-origin': undefined }),
  },
  {
    breaks: 'builds its metadata URL from what a proxy says',
    fails: ['RS-12'],
    damage: damaged((response, request, { url }) => {
      const host = request.headers.get('x-forwarded-host');
      const challenge = response.headers.get('www-authenticate');
      if (host === null || challenge === null) return response;
      const said = challenge.replace(new URL(url).host, host);
      return answering(response, { headers: { 'www-authenticate': said } });
    }),
  },
  {
    breaks: 'mirrors the metadata of its issuer',
    fails: ['RS-14'],
    damage: beside('/.well-known/oauth-authorization-server', ({ issuer }) => ({
      issuer: issuer.issuer,
    })),
  },
  {
    breaks: 'names an issuer without TLS',
    fails: ['RS-15'],
    damage: document(({ issuer }) => ({
      authorization_servers: [issuer.issuer, 'http://issuer.example.com'],
    })),
  },
];
