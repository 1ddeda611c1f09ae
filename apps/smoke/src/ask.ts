/** What came back from one request; nothing at all when nobody answered within ten seconds. */
export interface Answer {
  readonly status: number;
  /** Members of the JSON object; empty for any other body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The `error` of a redirect back to a client (RFC 6749 §4.1.2.1). */
  readonly sentBackWith?: string;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 262_144;

/** Sends one request. No redirect is followed, since it could carry a secret elsewhere. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_BYTES) return undefined;
    }
    const error = errorIn(response.headers.get('location'), url);
    const back = error === undefined ? {} : { sentBackWith: error };
    return { status: response.status, body: asObject(text), ...back };
  } catch {
    return undefined;
  }
}

/** Posts a form. */
export const postForm = (url: string, form: Readonly<Record<string, string>>) =>
  ask(url, { method: 'POST', body: new URLSearchParams(form) });

/** Posts JSON. */
export const postJson = (url: string, body: object) =>
  ask(url, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(body),
  });

/** The code of the error, in the body or in the redirect. */
export const errorOf = (answer: Answer | undefined): unknown =>
  answer?.sentBackWith ?? answer?.body.error;

function errorIn(location: string | null, base: string): string | undefined {
  if (location === null || !URL.canParse(location, base)) return undefined;
  return new URL(location, base).searchParams.get('error') ?? undefined;
}

/** Such as `status 403 access_denied`: the status and the error's code, never its text. */
export function brief(answer: Answer | undefined): string {
  if (!answer) return 'nobody answered';
  const error = errorOf(answer);
  const code = typeof error === 'string' && /^[A-Za-z_ ]{1,40}$/.test(error) ? ` ${error}` : '';
  return `status ${answer.status}${code}`;
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}
