import { STATUS_CODES } from 'node:http';
import { styleText } from 'node:util';
import type { Concealer } from './conceal.js';
import type { Tour } from './tour.js';

/** Answer headers that tell the story; the rest is housekeeping. */
const tellingHeaders = ['www-authenticate', 'location', 'retry-after', 'allow'];

/** The longest body that `--verbose` shows, in characters. */
const MAX_BODY = 2000;

/**
 * A `fetch` that shows each request: method, address, what the message asks, the token if there is one, the status, and the
 * headers that matter. It changes nothing on the way. The official clients are given it in place of the global one.
 *
 * @param origin - Addresses on it are shown as paths.
 */
export function visibleFetch(tour: Tour, concealer: Concealer, origin: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const sent = await request.clone().text();
    learnBody(concealer, request.headers, sent);
    const url = new URL(request.url);
    concealer.learnParameters(url.searchParams);
    learnPath(concealer, url);
    const authorization = request.headers.get('authorization');
    if (authorization) concealer.learn(authorization.slice(authorization.indexOf(' ') + 1));

    const response = await fetch(request);
    const received = await readBody(response);
    learnBody(concealer, response.headers, received);
    const location = response.headers.get('location');
    if (location) {
      concealer.learnParameters(new URL(location, url).searchParams);
      learnPath(concealer, new URL(location, url));
    }

    const where = url.origin === origin ? url.pathname : url.origin + url.pathname;
    const words = [request.method, where, asks(request.headers, sent)];
    const said = `${response.status} ${STATUS_CODES[response.status] ?? ''}`;
    const colour = response.status < 400 ? 'green' : 'yellow';
    tour.line(`${words.filter(Boolean).join(' ')}  ${styleText(colour, said)}`);
    for (const [name, value] of url.searchParams) tour.line(`  ${name}=${value}`);
    if (authorization) tour.line(`  Authorization: ${authorization}`);
    tour.detail(readable(request.headers, sent));
    for (const name of tellingHeaders) {
      const value = response.headers.get(name);
      if (value) tour.line(`  ${titled(name)}: ${value}`);
    }
    tour.detail(readable(response.headers, received));
    return response;
  };
}

/** The whole body of an answer that ends by itself; other streams are left alone. */
async function readBody(response: Response): Promise<string> {
  return response.body === null ? '' : await response.clone().text();
}

/** Pages of one sign-in have an address that nobody can guess. */
function learnPath(concealer: Concealer, url: URL): void {
  for (const segment of url.pathname.split('/')) if (segment.length > 32) concealer.learn(segment);
}

function learnBody(concealer: Concealer, headers: Headers, body: string): void {
  const type = headers.get('content-type') ?? '';
  if (type.includes('urlencoded')) concealer.learnParameters(new URLSearchParams(body));
  else if (type.includes('json')) concealer.learnJson(parse(body));
}

/** What a body asks for, in its protocol's words: `tools/call whoami`, `grant_type=refresh_token`. */
function asks(headers: Headers, body: string): string {
  const type = headers.get('content-type') ?? '';
  if (type.includes('urlencoded')) {
    const grant = new URLSearchParams(body).get('grant_type');
    return grant ? `grant_type=${grant}` : '';
  }
  const message = type.includes('json') ? parse(body) : undefined;
  if (typeof message !== 'object' || message === null || !('method' in message)) return '';
  const params = 'params' in message ? message.params : undefined;
  const named = typeof params === 'object' && params !== null ? params : {};
  const name = 'name' in named ? named.name : 'uri' in named ? named.uri : '';
  return styleText('cyan', [message.method, name].filter(Boolean).join(' '));
}

function readable(headers: Headers, body: string): string {
  const type = headers.get('content-type') ?? '';
  if (body === '') return '';
  if (type.includes('html')) {
    const title = /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? 'untitled';
    return `a page of ${body.length} characters: ${title.trim()}`;
  }
  if (type.includes('urlencoded')) {
    return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).join('\n');
  }
  const text = type.includes('json') ? JSON.stringify(parse(body), null, 2) : body;
  return text.length > MAX_BODY ? `${text.slice(0, MAX_BODY)}…` : text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function titled(header: string): string {
  if (header === 'www-authenticate') return 'WWW-Authenticate';
  return header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
