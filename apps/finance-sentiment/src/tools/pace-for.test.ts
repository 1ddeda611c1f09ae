import type { ServerContext } from '@modelcontextprotocol/server';
import { expect, it, vi } from 'vitest';
import { paceFor } from './pace-for.js';

function call(progressToken?: string) {
  const hangUp = new AbortController();
  const notify = vi.fn(async (_told: unknown) => {});
  const mcpReq = {
    notify,
    signal: hangUp.signal,
    ...(progressToken ? { _meta: { progressToken } } : {}),
  };
  return { hangUp, notify, pace: paceFor({ mcpReq } as unknown as ServerContext) };
}

it('tells who asked to be told', async () => {
  const { pace, notify } = call('p1');
  await pace(250, 4160);
  expect(notify.mock.calls).toEqual([
    [
      {
        method: 'notifications/progress',
        params: { progressToken: 'p1', progress: 250, total: 4160 },
      },
    ],
  ]);
});

it('tells nobody else, and ends the work of who hung up', async () => {
  const { pace, notify, hangUp } = call();
  await pace(250, 4160);
  hangUp.abort();
  await expect(pace(500, 4160)).rejects.toThrow('The workflow was cancelled');
  expect(notify).not.toHaveBeenCalled();
});

it('hears of it between two pieces of work', async () => {
  const { pace, hangUp } = call();
  setImmediate(() => hangUp.abort());
  await expect(pace(250, 4160)).rejects.toThrow('The workflow was cancelled');
});

it('takes who cannot be told for gone', async () => {
  const { pace, notify } = call('p1');
  notify.mockRejectedValue(new Error('The stream is closed.'));
  await expect(pace(250, 4160)).rejects.toThrow('The workflow was cancelled');
});
