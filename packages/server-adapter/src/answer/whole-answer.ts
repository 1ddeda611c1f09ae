/** Status line and headers of an answer. */
type AnswerHead = Pick<Response, 'status' | 'statusText' | 'headers'>;

type Bytes = Uint8Array<ArrayBuffer>;
/** Text stands for its UTF-8. */
type Body = string | Bytes;

/** Node alone names undici; Bun and Deno, which name much that is Node's, name themselves. */
const onUndici =
  typeof globalThis.process?.versions?.undici === 'string' &&
  !('Bun' in globalThis) &&
  !('Deno' in globalThis);

/**
 * An answer whose body is in memory. undici makes a stream for every body, which costs more than all else that the gate does: there it is
 * made when somebody asks for it, which hosts on Node need not. Whoever looks inside a `Response` past its own members, as
 * `caches.put` does, gets a TypeError then and never an answer without its body.
 */
export function wholeAnswer(body: Body | null, head: AnswerHead): Response {
  if (body === null) return new Response(null, head);
  // As bytes, since for text a response would make up a Content-Type.
  return onUndici ? new WholeResponse(body, head) : new Response(bytesOf(body), head);
}

const bytesOf = (body: Body): Bytes =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body;
const textOf = (body: Body): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** The body of a {@link wholeAnswer}, which counts as read from then on. `undefined` for any other response, and where it was read. */
export function takeWhole(response: Response): Body | undefined {
  return response instanceof WholeResponse ? response.take() : undefined;
}

/**
 * Reads a body to its end. What `arrayBuffer()` does, at half its price.
 *
 * @throws {TypeError} when somebody else reads it, or it is not of bytes.
 */
export async function readWhole(body: ReadableStream<Uint8Array>): Promise<Bytes> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError('A body must be of bytes.');
    size += value.byteLength;
    chunks.push(value);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only) return only as Bytes;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** A response in all that it shows. What has to do with streams is asked of a real one, made at the first question. */
class WholeResponse implements Response {
  readonly type = 'default';
  readonly url = '';
  readonly redirected = false;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly #whole: Body;
  #taken = false;
  #real: Response | undefined;

  constructor(body: Body, { status, statusText, headers }: AnswerHead) {
    this.status = status;
    this.statusText = statusText;
    this.headers = new Headers(headers);
    this.#whole = body;
  }

  take(): Body | undefined {
    if (this.#taken || this.#real) return undefined;
    this.#taken = true;
    return this.#whole;
  }

  /** With its body read if ours was, so that it refuses in its own words to be read again. */
  get #asReal(): Response {
    if (!this.#real) {
      this.#real = new Response(bytesOf(this.#whole), this);
      if (this.#taken) void this.#real.arrayBuffer();
    }
    return this.#real;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): Response['body'] {
    return this.#asReal.body;
  }

  get bodyUsed(): boolean {
    return this.#taken || (this.#real?.bodyUsed ?? false);
  }

  async text(): Promise<string> {
    const body = this.take();
    return body === undefined ? this.#asReal.text() : textOf(body);
  }

  async json(): Promise<unknown> {
    const body = this.take();
    return body === undefined ? this.#asReal.json() : JSON.parse(textOf(body));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asReal.arrayBuffer();
  }

  async bytes(): Promise<Bytes> {
    return this.#asReal.bytes();
  }

  async blob(): Promise<Blob> {
    return this.#asReal.blob();
  }

  async formData(): Promise<FormData> {
    return this.#asReal.formData();
  }

  /** Of Node 26. */
  textStream(): ReadableStream<string> {
    const { body, bodyUsed } = this.#asReal;
    if (bodyUsed || !body) throw new TypeError('Body is unusable: Body has already been read');
    return body.pipeThrough(new TextDecoderStream());
  }

  clone(): Response {
    return new Response(this.#asReal.clone().body, this);
  }
}

// For `instanceof`, for the name of its kind, and for whoever prints it.
Object.setPrototypeOf(WholeResponse.prototype, Response.prototype);
