import { readParameters } from './request-parameters.js';

/** One request that a fake server received. */
export interface LoggedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly area: string;
  /** Of `user-agent`, `origin`, `accept`, `content-type` and `authorization` those that came; of the last one its scheme only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of a form, or members of a JSON object. Secrets and codes are in here: it is a tool for tests. */
  readonly body: Readonly<Record<string, unknown>>;
}

const KEPT = ['user-agent', 'origin', 'accept', 'content-type'];

/** What of a request is worth an assertion. The request can still be read afterwards. */
export async function logEntry(request: Request, area: string): Promise<LoggedRequest> {
  const { pathname, searchParams } = new URL(request.url);
  const scheme = request.headers.get('authorization')?.split(' ', 1)[0];
  const headers: Record<string, string> = scheme === undefined ? {} : { authorization: scheme };
  for (const name of KEPT) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return {
    method: request.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    area,
    headers,
    body: (await readParameters(request.clone())) ?? {},
  };
}
