import { request as ask } from 'node:http';
import { type LoopbackServer, listen } from '../loopback.js';

/**
 * A proxy that adds a token to each request, which the suite cannot do. Everything else goes through as it came: a forged `Host` or
 * `Origin` is the business of the server behind it.
 *
 * @param target - Asked for each request: the server's port on 127.0.0.1, and the token. Without a token, none is added.
 */
export function injectingProxy(
  target: () => { readonly port: number; readonly token?: string },
): Promise<LoopbackServer> {
  return listen((incoming, outgoing) => {
    const { port, token } = target();
    const { method, url: path } = incoming;
    const added = token === undefined ? [] : ['authorization', `Bearer ${token}`];
    const headers = [...incoming.rawHeaders, ...added];
    const forwarded = ask({ host: '127.0.0.1', port, method, path, headers });
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      // An open stream has headers long before it has a first event.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
}
