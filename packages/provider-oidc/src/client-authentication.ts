/** This server, as the issuer knows it as a client. */
export interface ClientOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client proves itself (RFC 6749 §2.3.1). Default `client_secret_basic`. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
}

/** What a request carries so that the issuer knows whose it is: in headers or in its form. */
export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** Proves who we are by one method, never by both. */
export function clientAuthentication(options: ClientOptions): ClientAuthentication {
  const { clientId, clientSecret, authMethod = 'client_secret_basic' } = options;
  if (authMethod === 'client_secret_basic') {
    return { headers: { authorization: basicCredentials(clientId, clientSecret) }, form: {} };
  }
  return { headers: {}, form: { client_id: clientId, client_secret: clientSecret } };
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
  const joined = new TextEncoder().encode(`${encode(clientId)}:${encode(clientSecret)}`);
  return `Basic ${btoa(String.fromCharCode(...joined))}`;
}
