import { errorCodeOf } from './messages.js';
import type { Answer } from './send.js';

const MAX_LENGTH = 240;

/**
 * Text from a server, fit for one line of a report: tokens are left out, control characters shown as `\u001b`, and what
 * is longer than 240 characters is cut.
 */
export function excerpt(text: string): string {
  const clean = withoutTokens(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return `\\u{${code}}`;
  });
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** A JWT begins with `{"` in base64url, whoever repeats it. */
export function withoutTokens(text: string): string {
  return text.replace(/eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, '<token>');
}

/** What an answer was, in a few words. */
export function describe(answer: Answer): string {
  const code = errorCodeOf(answer);
  return code === undefined ? String(answer.status) : `${answer.status} with JSON-RPC ${code}`;
}
