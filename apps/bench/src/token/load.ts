import { Pool } from 'undici';
import { CLIENTS, type Contestant, forms, type Grant } from './contestant.js';

/** So many codes at most are made for one round. */
const CODES = 300;
const CODES_MS = 250;
/** So long it may take to make the codes that refresh tokens come from, one for each client. */
const FIRST_CODES_MS = 3000;

/** What one round saw. */
export interface Round {
  readonly perSecond: number;
  /** Of each request, in milliseconds. */
  readonly latencies: readonly number[];
}

/** {@link CLIENTS} clients of one token endpoint. */
export interface Load {
  /** Lets all of them ask, one request after the other, until the time or the codes are over. */
  run(grant: Grant, milliseconds: number): Promise<Round>;
  close(): Promise<void>;
}

/** Connects them. */
export function loadOn(contestant: Contestant): Load {
  const pool = new Pool(contestant.origin, { connections: CLIENTS });
  /** The refresh token that each client holds. */
  let held: string[] = [];

  async function ask(form: string): Promise<{ refresh_token?: string }> {
    const { statusCode, body } = await pool.request({
      path: '/token',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    });
    const answer = (await body.json()) as { access_token?: string; refresh_token?: string };
    if (!answer.access_token) throw new Error(`No token but ${statusCode}.`);
    return answer;
  }

  async function refresh(client: number): Promise<void> {
    const { refresh_token = '' } = await ask(forms.refresh(held[client] ?? ''));
    held[client] = refresh_token;
  }

  /** What a client does again and again; `undefined` when there is nothing left to ask for. */
  async function stepOf(grant: Grant): Promise<(client: number) => Promise<unknown> | undefined> {
    if (grant === 'client credentials') return () => ask(forms.credentials());
    if (grant === 'code exchange') {
      const codes = [...(await contestant.codes(CODES, CODES_MS))];
      return () => {
        const code = codes.pop();
        return code === undefined ? undefined : ask(forms.code(code));
      };
    }
    if (held.length === 0) {
      const codes = await contestant.codes(CLIENTS, FIRST_CODES_MS);
      const answers = await Promise.all(codes.map((code) => ask(forms.code(code))));
      held = answers.map(({ refresh_token = '' }) => refresh_token);
    }
    return (client) => (client < held.length ? refresh(client) : undefined);
  }

  return {
    async run(grant, milliseconds) {
      const step = await stepOf(grant);
      const latencies: number[] = [];
      const started = performance.now();
      const client = async (_: unknown, index: number) => {
        for (let now = started; now < started + milliseconds; ) {
          const answered = step(index);
          if (!answered) return;
          await answered;
          latencies.push(performance.now() - now);
          now = performance.now();
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      return { perSecond: (latencies.length * 1000) / (performance.now() - started), latencies };
    },
    close: () => pool.close(),
  };
}
