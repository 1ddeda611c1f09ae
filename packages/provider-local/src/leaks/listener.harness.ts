import { vi } from 'vitest';
import { readHandBack } from '../testing/page-forms.js';

/** What was said where anybody may read it, and the values that must not be among it. */
export interface Listener {
  /** A value that is for one reader alone. Gives it back. */
  secret(name: string, value: unknown): string;
  /** Text that must hold none of them. */
  hear(where: string, text: string): void;
  /** From now on hears what this server answers where nothing is handed out: errors, pages, headers, documents. */
  answersOf(issuer: string): void;
  /** `secret in where`, for each that was heard all the same. */
  leaks(): readonly string[];
  close(): void;
}

/**
 * Listens: to what {@link Listener.hear} is given, the console, both output streams and the warnings of the process. A secret counts
 * in each spelling that a careless line would give it: as it is, percent-encoded, in base64. Of a JWT each part counts that is its own.
 */
export function listen(): Listener {
  const secrets = new Map<string, string>();
  const heard: { readonly where: string; readonly text: string }[] = [];
  const hear = (where: string, text: string) => void heard.push({ where, text });
  const onWarning = (warning: Error) => hear('warning', `${warning.stack} ${warning.cause}`);
  process.on('warning', onWarning);
  const issuers: string[] = [];
  const spyOnFetch = listenToAnswers(
    (url) => issuers.some((issuer) => url.startsWith(issuer)),
    hear,
  );
  const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
  const spies = [
    spyOnFetch,
    ...methods.map((method) =>
      vi.spyOn(console, method).mockImplementation((...said) => hear('console', said.join(' '))),
    ),
    ...[process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        hear('output', String(chunk));
        return true;
      }),
    ),
  ];

  return {
    secret(name, value) {
      if (typeof value !== 'string' || value.length < 8) throw new Error(`No secret: ${name}`);
      const parts = value.split('.');
      // The header of a JWT is the same for all of a kind.
      if (parts.length === 3) for (const part of parts.slice(1)) secrets.set(part, name);
      secrets.set(value, name);
      secrets.set(encodeURIComponent(value), name);
      secrets.set(Buffer.from(value).toString('base64url'), name);
      return value;
    },
    hear,
    answersOf: (issuer) => void issuers.push(issuer),
    leaks: () => [
      ...new Set(
        heard.flatMap(({ where, text }) =>
          [...secrets]
            .filter(([value]) => text.includes(value))
            .map(([, name]) => `${name} in ${where}`),
        ),
      ),
    ],
    close() {
      process.off('warning', onWarning);
      for (const spy of spies) spy.mockRestore();
    },
  };
}

/** Answers that hand something out to the one who asked. */
const handsOut = /^\/(token|par|register)/;
/** Each is for the reader of this very answer. */
const forTheReader: ReadonlySet<string> = new Set(['set-cookie', 'dpop-nonce']);

function listenToAnswers(ours: (url: string) => boolean, hear: Listener['hear']) {
  const send = fetch;
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = await send(input, init);
    const { url, status } = response;
    if (!ours(url)) return response;
    const pathname = new URL(url).pathname.replace(/[\w-]{43}/, 'ID');
    const headers = [...response.headers].filter(([name]) => !forTheReader.has(name));
    hear(`headers of ${pathname}`, headers.flat().join(' '));
    const text = await response.clone().text();
    const shown = status >= 400 || !handsOut.test(pathname);
    if (shown && readHandBack(text) === undefined) hear(`answer ${status} of ${pathname}`, text);
    return response;
  });
}
