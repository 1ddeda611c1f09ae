import { STATUS_CODES } from 'node:http';
import { styleText } from 'node:util';
import type { Concealer } from './conceal.js';
import { pageText } from './page-text.js';
import type { Tour } from './tour.js';

/** Answer headers that tell the story; the rest is housekeeping. */
const tellingHeaders = ['www-authenticate', 'location', 'retry-after'];

/** The longest body that `--verbose` shows, in characters. */
const MAX_BODY = 2000;

/**
 * A `fetch` that shows each request: method, address, what the message asks, the token if there is one, the status, and the
 * headers that matter. It changes nothing on the way. The official clients are given it in place of the global one.
 *
 * @param places - Names of origins: addresses there are shown as the name and a path, or the path alone.
 * @param seen - Is given each answer's address, status and headers.
 */
export function visibleFetch(
  tour: Tour,
  concealer: Concealer,
  places: ReadonlyMap<string, string>,
  seen: (answer: Pick<Response, 'url' | 'status' | 'headers'>) => void,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const sent = await request.clone().text();
    const authorization = request.headers.get('authorization') ?? '';
    learnUrl(concealer, url);
    learnBody(concealer, request.headers, sent);
    concealer.learn(authorization.slice(authorization.indexOf(' ') + 1));

    const response = await fetch(request);
    const received = response.body === null ? '' : await response.clone().text();
    learnBody(concealer, response.headers, received);
    const location = response.headers.get('location');
    if (location) learnUrl(concealer, new URL(location, url));
    seen(response);

    const asked = asks(request.headers, sent);
    const words = [
      request.method,
      `${places.get(url.origin) ?? url.origin}${url.pathname}`.trim(),
      asked && styleText('cyan', asked),
      authorization && styleText('dim', `(${authorization})`),
    ];
    const said = `${response.status} ${STATUS_CODES[response.status] ?? ''}`;
    const colour = response.status < 400 ? 'green' : 'yellow';
    tour.line(`${words.filter(Boolean).join(' ')}  ${styleText(colour, said)}`);
    for (const [name, value] of url.searchParams) tour.line(`  ${name}=${value}`);
    tour.detail('>', readable(request.headers, sent));
    for (const name of tellingHeaders) {
      const value = response.headers.get(name);
      if (value) tour.line(`  ${titled(name)}: ${value}`);
    }
    if (!response.ok && !response.headers.has('www-authenticate')) explain(tour, received);
    tour.detail('<', readable(response.headers, received));
    return response;
  };
}

/** The code of an OAuth error, which says more than the status; a challenge has it already. */
function explain(tour: Tour, body: string): void {
  const answer = parse(body);
  if (isObject(answer) && typeof answer.error === 'string') tour.line(`  error: ${answer.error}`);
}

/** Pages of one sign-in have an address that nobody can guess: it is a secret as well. */
function learnUrl(concealer: Concealer, url: URL): void {
  concealer.learnParameters(url.searchParams);
  for (const segment of url.pathname.split('/')) if (segment.length > 32) concealer.learn(segment);
}

function learnBody(concealer: Concealer, headers: Headers, body: string): void {
  if (isForm(headers)) concealer.learnParameters(new URLSearchParams(body));
  else concealer.learnJson(parse(body));
}

/** What a body asks for, in its protocol's words: `tools/call whoami`, `grant_type=refresh_token`. */
function asks(headers: Headers, body: string): string {
  if (isForm(headers)) {
    const grant = new URLSearchParams(body).get('grant_type');
    return grant ? `grant_type=${grant}` : '';
  }
  const message = parse(body);
  if (!isObject(message)) return '';
  const params = isObject(message.params) ? message.params : {};
  return [message.method, params.name ?? params.uri].filter(Boolean).join(' ');
}

function readable(headers: Headers, body: string): string {
  if (body === '') return '';
  if (body.startsWith('<!doctype html>')) return pageText(body);
  if (isForm(headers)) {
    return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).join('\n');
  }
  const json = parse(body);
  const text = json === undefined ? body : JSON.stringify(json, null, 2);
  return text.length > MAX_BODY ? `${text.slice(0, MAX_BODY)}…` : text;
}

function isForm(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').includes('urlencoded');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
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
