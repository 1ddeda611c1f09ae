import type { IncomingMessage } from 'node:http';

/** The body of a request, or why there is none. */
export type BodyText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'aborted' };

/**
 * Reads a body as UTF-8, up to a limit; what is beyond is not kept. A body that a framework has parsed before us is written out again
 * from its result.
 *
 * @param limit - In bytes.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<BodyText> {
  const { body: parsed } = request as IncomingMessage & { readonly body?: unknown };
  if (request.readableEnded) return sized(written(parsed, mediaType(request)), limit);
  if (Number(request.headers['content-length'] ?? 0) > limit) return { kind: 'too_large' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > limit) return { kind: 'too_large' };
      chunks.push(bytes);
    }
  } catch {
    return { kind: 'aborted' };
  }
  return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
}

/** The media type of a body, in lower case and without its parameters. */
export function mediaType(request: IncomingMessage): string {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

function written(parsed: unknown, type: string): string {
  if (typeof parsed === 'string' || Buffer.isBuffer(parsed)) return parsed.toString();
  if (typeof parsed !== 'object' || parsed === null) return '';
  if (type === 'application/json') return JSON.stringify(parsed);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parsed)) {
    for (const one of [value].flat()) {
      // A framework's nested syntax is no parameter of ours: it comes back under a name that is refused.
      if (typeof one === 'string') form.append(name, one);
      else form.append(`${name}[]`, '');
    }
  }
  return form.toString();
}

function sized(text: string, limit: number): BodyText {
  return Buffer.byteLength(text) > limit ? { kind: 'too_large' } : { kind: 'text', text };
}
