import type { Era } from '../wire/calls.js';
import { describe, excerpt } from '../wire/excerpt.js';
import { messageOf, resultOf } from '../wire/messages.js';
import type { Answer } from '../wire/send.js';
import type { createSessions } from './sessions.js';
import { createStage, type StageParts } from './stage.js';

/** A good token got nowhere, so nothing can be said about bad ones. */
export class UnusableServerError extends Error {
  override readonly name: string = 'UnusableServerError';
}

interface Meeting extends Omit<StageParts, 'era' | 'sessions'> {
  readonly sessions: ReturnType<typeof createSessions>;
}

/**
 * Finds out which eras a server speaks, and opens the session that most requests of the older one are sent in.
 *
 * @throws {UnusableServerError} when it speaks none of them with a token that is in order.
 */
export async function meet(meeting: Meeting): Promise<readonly Era[]> {
  const { url, issuer, sessions } = meeting;
  const modern = createStage({ ...meeting, era: '2026-07-28' });
  const scopes = modern.probe.scopes;
  const eras: Era[] = [];
  const heard: string[] = [];

  const probed = await reached(url, async () => modern.attempt(await modern.token({ scopes })));
  if (isDone(probed)) eras.push('2026-07-28');
  else heard.push(`2026-07-28: ${describe(probed)}`);

  const token = await modern.token({ scopes });
  const { answer, id } = await reached(url, () => sessions.open(token));
  if (id !== undefined && answer.status === 200) sessions.share(id);
  if (resultOf(answer)) eras.push('2025-11-25');
  else heard.push(`2025-11-25: ${describe(answer)}`);

  if (eras.length > 0) return eras;
  const refused = [probed, answer].some(({ status }) => status === 401 || status === 403);
  const advice = refused
    ? `It has to trust ${issuer.issuer} for tokens with the audience ${url}${
        scopes.length > 0 ? ` and the scopes ${scopes.join(' ')}` : ''
      }. If it keeps the keys of an earlier run, wait for it to look again, or use the same key in each run.`
    : 'It has to be an MCP server with Streamable HTTP at this very URL.';
  throw new UnusableServerError(
    `The server answered a good token by ${heard.join(', ')}. ${advice}`,
  );
}

async function reached<Value>(url: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnusableServerError(`There is no server at ${url}: ${excerpt(why)}.`);
  }
}

/** Whether a request was taken in this era, whatever became of it. */
function isDone(answer: Answer): boolean {
  return answer.status === 200 && messageOf(answer) !== undefined;
}
