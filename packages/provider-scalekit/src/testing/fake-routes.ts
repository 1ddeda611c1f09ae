import type { FakeArea, FakeAuthorization, FakeSigner } from '@portcullis/core/testing';
import { environmentAuthorization } from './environment-authorization.js';
import { environmentMetadata, resourceMetadata } from './fake-metadata.js';
import { handleManagement } from './management/handle-management.js';
import { type AuthorizationTools, resourceAuthorization } from './resource-authorization.js';

const INSERTED = /^\/\.well-known\/oauth-authorization-server\/resources\/([^/]+)$/;
const APPENDED = /^\/resources\/([^/]+)\/\.well-known\/oauth-authorization-server$/;
const OAUTH = /^\/resources\/([^/]+)\/oauth\/(authorize|token|revoke)$/;
const REGISTER = /^\/api\/v1\/resources\/([^/]+)\/clients:register$/;

/** The part that a path belongs to, for faults and counters. */
export function areaOf(pathname: string): FakeArea {
  if (pathname === '/keys') return 'keys';
  if (pathname.includes('/.well-known/')) return 'metadata';
  return pathname.endsWith('/oauth/token') ? 'token' : 'other';
}

/** Every path of an environment that answers over HTTP/1.1. */
export function fakeRoutes(
  tools: AuthorizationTools,
  signer: FakeSigner,
): (request: Request) => Response | Promise<Response> {
  const { environment } = tools;
  const ofResources = new Map<string, FakeAuthorization>();
  let ofEnvironment: FakeAuthorization | undefined;
  const notFound = () => new Response('Not Found', { status: 404 });

  function authorizationOf(resourceId: string): FakeAuthorization {
    const known = ofResources.get(resourceId) ?? resourceAuthorization(resourceId, tools);
    ofResources.set(resourceId, known);
    return known;
  }

  /**
   * Machines use the environment's token endpoint too; whose they are says which server the token
   * is for.
   */
  async function environmentToken(request: Request): Promise<Response> {
    const resourceId = environment.clients.get(await clientIdOf(request))?.record.resource_id;
    if (resourceId) return authorizationOf(resourceId).token(request);
    ofEnvironment ??= environmentAuthorization(tools);
    return ofEnvironment.token(request);
  }

  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/keys') return Response.json(signer.jwks());
    if (pathname === '/oauth/token') return environmentToken(request);
    if (pathname === '/.well-known/openid-configuration') {
      return Response.json(environmentMetadata(environment));
    }
    const [, inserted] = INSERTED.exec(pathname) ?? [];
    if (inserted !== undefined && !environment.switches.insertedMetadata) return notFound();

    const [, appended] = APPENDED.exec(pathname) ?? [];
    const [, oauth, endpoint] = OAUTH.exec(pathname) ?? [];
    const [, register] = REGISTER.exec(pathname) ?? [];
    const resourceId = inserted ?? appended ?? oauth ?? register;
    if (resourceId === undefined) {
      return pathname.startsWith('/api/v1/') ? handleManagement(request, environment) : notFound();
    }
    const resource = environment.resources.get(resourceId);
    if (!resource) return notFound();
    if (register !== undefined) return authorizationOf(resourceId).register(request);
    if (endpoint === undefined) return Response.json(resourceMetadata(environment, resource));
    return authorizationOf(resourceId)[endpoint as 'authorize' | 'token' | 'revoke'](request);
  };
}

/** Named in the form, or by Basic credentials. */
async function clientIdOf(request: Request): Promise<string> {
  const form = new URLSearchParams(await request.clone().text());
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const [user = ''] = Buffer.from(encoded, 'base64').toString().split(':', 1);
  // RFC 6749 §2.3.1: encoded like a form.
  return form.get('client_id') ?? new URLSearchParams(`user=${user}`).get('user') ?? '';
}
