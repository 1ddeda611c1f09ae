import type { Damage, Outgoing } from '../doctor.harness.js';

/** An MCP server with one thing wrong. */
export interface Broken {
  readonly breaks: string;
  readonly damage: Damage;
  /** What `doctor` has to say, and nothing else: outcome, check, place, sentence. */
  readonly found: readonly unknown[];
}

type Change = (answer: Outgoing, origin: string) => void;

export const METADATA = '/.well-known/oauth-protected-resource/mcp';
export const ROOT = '/.well-known/oauth-protected-resource';
export const ISSUER = '/.well-known/oauth-authorization-server';
export const OPENID = '/.well-known/openid-configuration';

/** Damages every answer for one path, or for one path and method. */
export const at =
  (path: string, change: Change, method?: string): Damage =>
  (answer, request) => {
    const { path: asked, method: verb, origin } = request;
    if (asked === path && (method ?? verb) === verb) change(answer, origin);
  };
export const endpoint = (change: Change, method = 'POST'): Damage => at('/mcp', change, method);
/** Changes the members of a document; `undefined` takes one away. */
export const members = (path: string, change: (origin: string) => object): Damage =>
  at(
    path,
    (answer, origin) => {
      const all = JSON.parse(answer.body) as Record<string, unknown>;
      answer.body = JSON.stringify({ ...all, ...change(origin) });
    },
    'GET',
  );
export const challenge = (edit: (header: string) => string): Damage =>
  endpoint((answer) => {
    answer.headers['www-authenticate'] = edit(String(answer.headers['www-authenticate']));
  });
export const notFound = (answer: Outgoing): Outgoing =>
  Object.assign(answer, { status: 404, headers: {}, body: '' });
export const page = (answer: Outgoing): Outgoing =>
  Object.assign(answer, {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html>',
  });
export const later = (seconds: number): string =>
  new Date(Date.now() + seconds * 1000).toUTCString();
export const both =
  (...all: readonly Damage[]): Damage =>
  (...call) => {
    for (const each of all) each(...call);
  };

export const json = (answer: Outgoing, value: unknown): Outgoing =>
  Object.assign(answer, {
    ...{ status: 200, body: JSON.stringify(value) },
    headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
  });
/** The metadata of an issuer that nothing is wrong with. */
export const soundIssuer = (issuer: string): object => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/register`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
  authorization_response_iss_parameter_supported: true,
  client_id_metadata_document_supported: true,
});
