import { type ConfigurationProblem, isLoopback } from '@portcullis/core';

/** Which pages may call, and under which names this server may be called. */
export interface SourceOptions {
  /** Origins besides our own. Default: every loopback origin while `resource` is on loopback, otherwise none. `'*'`: every origin. */
  readonly allowedOrigins?: readonly string[] | '*';
  /** Values of `Host`, with port where there is one. Default: that of `resource` while it is on loopback, otherwise unchecked. */
  readonly allowedHosts?: readonly string[];
}

/** Guards against DNS rebinding and foreign pages. */
export interface SourceCheck {
  /** Why the request is not from where it may come, as a sentence for the caller; `undefined` when it is. */
  refuse(request: Request): string | undefined;
  /** The value for `Access-Control-Allow-Origin`, `undefined` where none is due. */
  allowOrigin(request: Request): string | undefined;
}

/**
 * Checks `Origin` on every request and `Host` where it is known.
 *
 * @see MCP 2026-07-28, Streamable HTTP, "Security & Endpoint"
 */
export function sourceCheck(resource: string, options: SourceOptions): SourceCheck {
  const own = new URL(resource);
  const local = isLoopback(own);
  const anyOrigin = options.allowedOrigins === '*';
  const origins = new Set([own.origin, ...(anyOrigin ? [] : (options.allowedOrigins ?? []))]);
  const loopbackOrigins = local && options.allowedOrigins === undefined;
  const listed = options.allowedHosts ?? (local ? [own.host] : undefined);
  const hosts = listed && new Set(listed.map((host) => host.toLowerCase()));

  const allowedOrigin = (origin: string): boolean =>
    anyOrigin || origins.has(origin) || (loopbackOrigins && isLoopbackOrigin(origin));

  return {
    refuse(request) {
      // Some hosts of fetch handlers keep the name in the URL only.
      const host = (request.headers.get('host') ?? new URL(request.url).host).toLowerCase();
      if (hosts && !hosts.has(host)) {
        return isSpellingOf(own, host)
          ? `This server answers at ${resource}: use that URL, since tokens are made for it alone`
          : 'This server does not answer under that Host';
      }
      const origin = request.headers.get('origin');
      if (origin !== null && !allowedOrigin(origin)) return 'This Origin may not call this server';
      return undefined;
    },
    allowOrigin(request) {
      if (anyOrigin) return '*';
      const origin = request.headers.get('origin');
      return origin !== null && allowedOrigin(origin) ? origin : undefined;
    },
  };
}

/** What is wrong with the options. */
export function sourceProblems(options: SourceOptions): readonly ConfigurationProblem[] {
  const { allowedOrigins = [], allowedHosts = [] } = options;
  const origins = allowedOrigins === '*' ? [] : allowedOrigins;
  return [
    ...origins
      .filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
      .map((origin) => ({
        option: 'allowedOrigins',
        problem: `holds ${JSON.stringify(origin)}, which is not an origin.`,
        remedy: 'Write scheme, host and port only, such as "https://app.example.com".',
      })),
    ...allowedHosts
      .filter((host) => !URL.canParse(`http://${host}/`) || /[/?#@]/.test(host))
      .map((host) => ({
        option: 'allowedHosts',
        problem: `holds ${JSON.stringify(host)}, which is not a host.`,
        remedy: 'Write it as in the Host header, such as "mcp.example.com:8443".',
      })),
  ];
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Compared whole: `http://localhost.evil` and `http://localhost@evil` parse to other origins.
  return url.origin === origin && /^https?:$/.test(url.protocol) && isLoopback(url);
}

/** Whether a host is this loopback server under one of its other names, by which people often call it. */
function isSpellingOf(own: URL, host: string): boolean {
  if (!isLoopback(own) || !URL.canParse(`${own.protocol}//${host}`)) return false;
  const url = new URL(`${own.protocol}//${host}`);
  return isLoopback(url) && url.port === own.port;
}
