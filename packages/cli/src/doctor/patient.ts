import { NoAnswerError, type Send } from '@portcullis/conformance';
import { isLoopback } from '@portcullis/core';
import { withoutSecrets } from '../without-secrets.js';
import { certificateFault } from './look-at-certificate.js';

/** What is asked of a server. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'OPTIONS' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the text so far is all that is wanted. */
  enough?(text: string): boolean;
}

/** An answer, whatever its status: cut at 1 MiB, redirects not followed. */
export interface Answered {
  readonly kind: 'answer';
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Milliseconds from the first byte sent to the last one read. */
  readonly durationMs: number;
  /** Seconds by which the server's clock is ahead of ours, `undefined` where it sends no `Date`. */
  readonly aheadSeconds: number | undefined;
}

/** Nothing that could be called an answer, and why. */
interface Silence {
  readonly kind: 'silence';
  readonly url: string;
  readonly why: string;
}

export type Reply = Answered | Silence;

/** A deployed MCP server under examination. */
export interface Patient {
  /** The endpoint, as clients are given it. */
  readonly url: string;
  readonly target: URL;
  /** Whether clients may be registered, which writes. */
  readonly mayRegister: boolean;
  /** An access token for the endpoint. */
  readonly token: string | undefined;
  /** Milliseconds that one question may take. */
  readonly timeoutMs: number;
  /** Hosts that were asked, in order. */
  readonly asked: ReadonlySet<string>;
  /** Asks once: the same question has the same answer. Never throws. */
  ask(question: Question): Promise<Reply>;
  /**
   * Asks the endpoint itself, and no other URL, with a token; not over plain HTTP beyond this machine. The token is left
   * out of the answer, which may repeat it.
   */
  askWithToken(token: string, question: Omit<Question, 'url'>): Promise<Reply>;
  /** Whether a URL that the server names may be asked: what is on loopback belongs to this machine. */
  mayAsk(url: string): boolean;
}

/** What a {@link Patient} is made of. */
export interface PatientOptions
  extends Pick<Patient, 'url' | 'mayRegister' | 'token' | 'timeoutMs'> {
  readonly send: Send;
}

/** How many questions' time the whole may take, when each takes all it may. */
const PATIENCE = 6;

/** Gets ready to examine one endpoint. */
export function createPatient(options: PatientOptions): Patient {
  const { url, send, timeoutMs } = options;
  const target = new URL(url);
  const deadline = performance.now() + PATIENCE * timeoutMs;
  const asked = new Set<string>();
  const known = new Map<string, Promise<Reply>>();

  const mayAsk = (other: string): boolean => {
    if (!URL.canParse(other)) return false;
    const named = new URL(other);
    const { protocol, origin, username, password } = named;
    if (username !== '' || password !== '') return false;
    if (origin === target.origin) return true;
    const here = isLoopback(named);
    return here ? isLoopback(target) && /^https?:$/.test(protocol) : protocol === 'https:';
  };

  async function exchange(question: Question): Promise<Reply> {
    const { url, method, body, headers = {}, enough } = question;
    const silence = (why: string): Silence => ({ kind: 'silence', url, why });
    if (!mayAsk(url)) return silence('it was not asked, since it is neither HTTPS nor loopback');
    const left = deadline - performance.now();
    if (left <= 0) return silence('no time was left to ask it');
    asked.add(new URL(url).host);
    const started = performance.now();
    const startedAt = Date.now();
    try {
      const answer = await send({
        ...{ method, url, timeoutMs: Math.min(timeoutMs, left) },
        headers: Object.entries({ 'User-Agent': 'portcullis-doctor', ...headers }),
        ...(body === undefined ? {} : { body }),
        ...(enough ? { enough } : {}),
      });
      const durationMs = Math.round(performance.now() - started);
      const { status, text } = answer;
      const date = Date.parse(answer.headers.get('date') ?? '');
      const middle = startedAt + durationMs / 2;
      const aheadSeconds = Number.isNaN(date) ? undefined : Math.round((date - middle) / 1000);
      return {
        kind: 'answer',
        url,
        status,
        headers: answer.headers,
        text,
        durationMs,
        aheadSeconds,
      };
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      return silence(inWords(error.message));
    }
  }

  const once = (question: Question): Promise<Reply> => {
    const key = JSON.stringify(question);
    const reply = known.get(key) ?? exchange(question);
    known.set(key, reply);
    return reply;
  };

  return {
    ...options,
    ...{ target, asked, mayAsk },
    ask: once,
    async askWithToken(token, question) {
      if (target.protocol !== 'https:' && !isLoopback(target)) {
        return { kind: 'silence', url, why: 'no token is sent without TLS' };
      }
      const headers = { ...question.headers, Authorization: `Bearer ${token}` };
      const reply = await once({ ...question, url, headers });
      return reply.kind === 'answer' ? withoutToken(reply, token) : reply;
    },
  };
}

function withoutToken(reply: Answered, token: string): Answered {
  const headers = new Headers();
  for (const [name, value] of reply.headers) headers.append(name, withoutSecrets(value, [token]));
  return { ...reply, headers, text: withoutSecrets(reply.text, [token]) };
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name is in the DNS',
  EAI_AGAIN: 'the DNS did not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken off',
  HPE_HEADER_OVERFLOW: 'its headers are longer than anybody reads',
};

/** What an error of the network means. Codes that are not known stay as they are. */
function inWords(code: string): string {
  if (Object.hasOwn(words, code)) return words[code] ?? code;
  if (certificateFault(code) !== undefined) return 'its certificate is not trusted';
  if (/^(EPROTO|ERR_SSL_)/.test(code)) return 'it does not speak HTTP/1.1 over TLS there';
  return code.startsWith('HPE_') ? 'the answer is no HTTP/1.1' : code;
}
