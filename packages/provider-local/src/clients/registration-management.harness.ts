import { register, type TestIssuer } from '../issuer.harness.js';

/** A client that registered itself, and what manages it. */
export interface ManagedClient {
  readonly id: string;
  readonly url: string;
  readonly token: string;
  /** The answer to the registration. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Registers one. */
export async function registerManaged(
  issuer: Pick<TestIssuer, 'issuer'>,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<ManagedClient> {
  const { body } = await register(issuer, metadata);
  const { registration_client_uri: url, registration_access_token: token } = body;
  return { id: body.client_id, url: String(url), token: String(token), body };
}

/** What came back. */
export interface ManagementAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Sends a request about a registration; a body that is no text goes as JSON. */
export async function manage(
  method: string,
  url: string,
  token?: string,
  body?: unknown,
  type = 'application/json',
): Promise<ManagementAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as ManagementAnswer['body'],
  };
}
