import type { ServerContext } from '@modelcontextprotocol/server';
import type { Pace } from '../workflows/pace.js';
import { WorkflowCancelledError } from '../workflows/workflow.js';

/**
 * The pace of one call: tells the caller how far the work is, if it asked to be told, and ends the work when it cancels or hangs up.
 *
 * Clients of the 2025 revisions cancel with a message of its own, which without a session cannot be tied to the call: they have to hang up.
 *
 * @throws {WorkflowCancelledError} from the pace.
 * @see MCP 2026-07-28, Progress and Cancellation
 */
export function paceFor({ mcpReq }: ServerContext): Pace {
  const progressToken = mcpReq._meta?.progressToken;
  return async (done, total) => {
    // Others get the processor here, and with it the word that nobody wants the rest.
    await new Promise((resolve) => setImmediate(resolve));
    if (mcpReq.signal.aborted) throw new WorkflowCancelledError();
    if (progressToken === undefined) return;
    const params = { progressToken, progress: done, total };
    // A caller that cannot be told is gone.
    await mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {
      throw new WorkflowCancelledError();
    });
  };
}
