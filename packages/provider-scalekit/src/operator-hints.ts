import { type Rejection, rejection } from '@portcullis/core';
import { isOrganizationClient, withoutSlash } from './scalekit-claims.js';

/**
 * What an operator should look at in Scalekit's dashboard when a token is refused, put into the
 * detail of the rejection.
 *
 * @param token - A token whose signature holds, as far as the code says so.
 */
export function withHint(refused: Rejection, token: string): Rejection {
  const hint = hintFor(refused, token);
  return hint === undefined ? refused : rejection(refused.code, `${refused.detail} ${hint}`);
}

function hintFor({ code }: Rejection, token: string): string | undefined {
  if (code === 'issuer_unknown') {
    return 'If the environment has its own domain, pass it as "customDomain"; if the token is of another MCP server, the client asked for that one.';
  }
  if (code !== 'audience_mismatch') return undefined;
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return isOrganizationClient(claims)
    ? "It is of an organisation's machine client: register the machine under MCP Servers → Clients."
    : 'Compare "resourceId" with Dashboard → MCP Servers.';
}

/**
 * What an operator should know where Scalekit has another URL for this server than we have.
 *
 * @param serverUrl - As the dashboard's metadata has it; absent where none was given.
 */
export function serverUrlHint(serverUrl: string | undefined, resource: string): string | undefined {
  if (serverUrl === undefined || serverUrl === resource) return undefined;
  const both = `The Server URL in Scalekit is "${serverUrl}", and this server is "${resource}".`;
  return withoutSlash(serverUrl) === withoutSlash(resource)
    ? `${both} Its tokens are accepted, but Scalekit may refuse clients that ask for the second. Make them the same, slash included.`
    : `${both} Its tokens are refused. Correct the Server URL in Dashboard → MCP Servers, or pass the metadata of this server.`;
}
