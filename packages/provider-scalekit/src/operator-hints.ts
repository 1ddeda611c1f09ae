import { type Rejection, rejection } from '@portcullis/core';
import { isOrganizationClient } from './scalekit-claims.js';

const MINUTE_MS = 60_000;
/** More kinds of sentence than we have. */
const MAX_SENTENCES = 64;

/** Hands each sentence on at most once a minute: a caller could otherwise fill the operator's log. */
export function onceAMinute(
  report: ((message: string) => void) | undefined,
  clock: () => number = Date.now,
): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const now = clock();
    for (const [sentence, at] of said) if (now - at >= MINUTE_MS) said.delete(sentence);
    if (said.has(message) || said.size >= MAX_SENTENCES) return;
    said.set(message, now);
    report?.(message);
  };
}

/**
 * What an operator should look at in Scalekit's dashboard when a token is refused, put into the detail of the rejection.
 *
 * @param token - A token whose signature holds, as far as the code says so.
 */
export function withHint(refused: Rejection, token: string): Rejection {
  const hint = hintFor(refused, token);
  return hint === undefined ? refused : rejection(refused.code, `${refused.detail} ${hint}`);
}

function hintFor({ code }: Rejection, token: string): string | undefined {
  if (code === 'issuer_unknown') {
    return 'If the environment has its own domain, pass it as "customDomain"; if the token is of another MCP server, the client asked for that one.';
  }
  if (code !== 'audience_mismatch') return undefined;
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return isOrganizationClient(claims)
    ? "It is of an organisation's machine client: register the machine under MCP Servers → Clients."
    : 'Compare "resourceId" with Dashboard → MCP Servers.';
}
