import { callback, pkce, post, type TestIssuer } from '../issuer.harness.js';
import type { Answer } from '../proof/proof.harness.js';

/** A pushed request, and what is needed to go on with it. */
export interface Pushed extends Answer {
  readonly verifier: string;
  readonly requestUri: string;
  /** Where the browser is sent. */
  readonly url: URL;
}

/** Pushes an authorization request (RFC 9126 §2.1). A parameter of `undefined` is left out. */
export async function push(
  { issuer, resource }: Pick<TestIssuer, 'issuer' | 'resource'>,
  parameters: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pushed> {
  const { verifier, challenge } = pkce();
  const all = Object.entries({
    response_type: 'code',
    redirect_uri: callback,
    state: 'pushed-state',
    resource,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const answer = await post(`${issuer}/par`, Object.fromEntries(all), headers);
  const requestUri = String(answer.body.request_uri);
  const client = parameters.client_id === undefined ? {} : { client_id: parameters.client_id };
  const query = new URLSearchParams({ ...client, request_uri: requestUri });
  return { ...answer, verifier, requestUri, url: new URL(`${issuer}/authorize?${query}`) };
}
