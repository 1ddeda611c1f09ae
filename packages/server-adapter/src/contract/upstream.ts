import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HandlerContext, ToolContext } from '../index.js';
import { everything } from './everything.js';

/** Another server that tools call, and what it was sent: request line, headers and body as they came. */
export interface Upstream {
  readonly url: string;
  readonly received: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const received = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url = '', rawHeaders } = request;
    const [path = ''] = url.split('?');
    const body = Buffer.concat(chunks).toString();
    received.set(path, [method, decodeURIComponent(url), ...rawHeaders, body].join('\n'));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Where either SDK shows the HTTP request. */
interface ShownRequest extends HandlerContext {
  readonly requestInfo?: { readonly headers: Record<string, unknown>; readonly url?: URL };
  readonly http?: HandlerContext['http'] & { readonly req?: Request };
}

/** Tries its best to send the caller's token on; then does it right, with a token of the other server's own. */
export async function forwardEverything(
  ctx: object,
  { downstream }: ToolContext,
  upstream: string,
): Promise<void> {
  const { authInfo, requestInfo, http } = ctx as ShownRequest;
  const shown = http?.req ? [...http.req.headers] : Object.entries(requestInfo?.headers ?? {});
  const headers = new Headers();
  for (const [name, value] of shown) {
    if (!/^(host|connection|content-length|transfer-encoding)$/.test(name)) {
      headers.set(name, String(value));
    }
  }
  await fetch(`${upstream}/headers`, { headers });
  const url = http?.req?.url ?? requestInfo?.url?.href ?? '';
  await fetch(`${upstream}/url?seen=${encodeURIComponent(url)}`);
  const info = (authInfo ?? http?.authInfo) as { readonly token?: string } | undefined;
  const authorization = `Bearer ${info?.token}`;
  await fetch(`${upstream}/auth-info`, { headers: { authorization } });
  await fetch(`${upstream}/body`, { method: 'POST', body: everything(ctx) });
  if (http?.req) await fetch(new Request(`${upstream}/request`, http.req));
  const { scheme, value } = await downstream('https://archive.example', ['archive:read']);
  await fetch(`${upstream}/downstream`, { headers: { authorization: `${scheme} ${value}` } });
}
