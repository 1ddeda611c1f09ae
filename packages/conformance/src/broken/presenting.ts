import { type BrokenServer, bodyOf, changed, lenient } from './broken-server.js';

const refusal = (status: number): Response =>
  new Response(JSON.stringify({ error: 'invalid_request' }), {
    status,
    headers: { 'content-type': 'application/json' },
  });

/** Servers that look for tokens in the wrong way. */
export const misread: readonly BrokenServer[] = [
  {
    breaks: 'knows one spelling of Bearer',
    fails: ['RS-40'],
    damage: lenient((request) => {
      const value = request.headers.get('authorization') ?? '';
      const odd = /^bearer /i.test(value) && !/^Bearer \S/.test(value);
      return odd ? changed(request, { authorization: undefined }) : request;
    }),
  },
  {
    breaks: 'takes a token from the query string',
    fails: ['RS-41'],
    damage: lenient((request) => {
      const token = new URL(request.url).searchParams.get('access_token');
      return token === null ? request : changed(request, { authorization: `Bearer ${token}` });
    }),
  },
  {
    breaks: 'calls another scheme a broken request',
    fails: ['RS-43'],
    damage: (sound) => async (request) =>
      /^Basic [^,]*$/.test(request.headers.get('authorization') ?? '')
        ? refusal(400)
        : sound(request),
  },
  {
    breaks: 'takes the first of two tokens',
    fails: ['RS-26'],
    damage: lenient((request) => {
      const [first, second] = (request.headers.get('authorization') ?? '').split(/, (?=Bearer )/);
      return second === undefined ? request : changed(request, { authorization: first });
    }),
  },
  {
    breaks: 'calls two tokens a bad one',
    fails: ['RS-26'],
    damage: (sound) => async (request) =>
      (request.headers.get('authorization') ?? '').split(/, (?=Bearer )/).length > 1
        ? sound(changed(request, { authorization: 'Bearer neither' }))
        : sound(request),
  },
  {
    breaks: 'trusts whoever comes with a session id',
    fails: ['RS-42'],
    damage: (sound) => {
      let last: string | undefined;
      return async (request) => {
        const own = request.headers.get('authorization') ?? undefined;
        if (own === undefined && last !== undefined && request.headers.has('mcp-session-id')) {
          return sound(changed(request, { authorization: last }));
        }
        const response = await sound(request);
        if (response.status === 200 && own !== undefined) last = own;
        return response;
      };
    },
  },
  {
    breaks: 'opens a stream by GET for everybody',
    fails: ['RS-106', 'RS-42'],
    damage:
      (sound, { url }) =>
      async (request) =>
        request.method === 'GET' && request.url === url
          ? new Response('', { headers: { 'content-type': 'text/event-stream' } })
          : sound(request),
  },
  {
    breaks: 'takes notifications from everybody',
    fails: ['RS-50'],
    damage: (sound) => async (request) => {
      const { method } = await bodyOf(request);
      const told = String(method).startsWith('notifications/');
      return told && !request.headers.has('authorization')
        ? new Response(null, { status: 202 })
        : sound(request);
    },
  },
  {
    breaks: 'tells everybody which methods there are',
    fails: ['RS-50'],
    damage: (sound) => async (request) => {
      const { method } = await bodyOf(request);
      return method === 'no/such/method' && !request.headers.has('authorization')
        ? new Response(null, { status: 404 })
        : sound(request);
    },
  },
];
