/** Status line and headers of an answer. */
type AnswerHead = Pick<Response, 'status' | 'statusText' | 'headers'>;

type Bytes = Uint8Array<ArrayBuffer>;

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
export function wholeAnswer(body: Bytes | null, head: AnswerHead): Response {
  return body && onUndici ? new WholeResponse(body, head) : new Response(body, head);
}

/** The body of a {@link wholeAnswer}, which counts as read from then on. `undefined` for any other response, and where it was read. */
export function takeWhole(response: Response): Bytes | undefined {
  return response instanceof WholeResponse ? response.take() : undefined;
}

/** A response in all that it shows. What has to do with streams is asked of a real one, made at the first question. */
class WholeResponse implements Response {
  readonly type = 'default';
  readonly url = '';
  readonly redirected = false;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly #bytes: Bytes;
  #taken = false;
  #real: Response | undefined;

  constructor(bytes: Bytes, { status, statusText, headers }: AnswerHead) {
    this.status = status;
    this.statusText = statusText;
    this.headers = new Headers(headers);
    this.#bytes = bytes;
  }

  take(): Bytes | undefined {
    if (this.#taken || this.#real) return undefined;
    this.#taken = true;
    return this.#bytes;
  }

  /** With its body read if ours was, so that it refuses in its own words to be read again. */
  get #asReal(): Response {
    if (!this.#real) {
      this.#real = new Response(this.#bytes, this);
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
    const bytes = this.take();
    return bytes ? new TextDecoder().decode(bytes) : this.#asReal.text();
  }

  async json(): Promise<unknown> {
    const bytes = this.take();
    return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : this.#asReal.json();
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

  clone(): Response {
    return new Response(this.#asReal.clone().body, this);
  }
}

// For `instanceof`, for the name of its kind, and for whoever prints it.
Object.setPrototypeOf(WholeResponse.prototype, Response.prototype);
