import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGate } from '@portcullis/core';
import { row, type ShownRow } from '../report.js';
import { type BenchIssuer, resource, scopes } from './bench-issuer.js';

const BAR_MEBIBYTES = 128;

/** MiB of heap that a gate takes to remember so many tokens, against the bar. */
export async function memoryRow(trusted: BenchIssuer, tokens: number): Promise<ShownRow> {
  const mebibytes = await rememberedMebibytes(trusted, tokens);
  const name = `memory of ${tokens.toLocaleString('en')} remembered tokens, to ${BAR_MEBIBYTES} MiB`;
  return row(name, BAR_MEBIBYTES / mebibytes, 1, `${mebibytes.toFixed(0)} MiB`);
}

async function rememberedMebibytes(
  { provider, mint }: BenchIssuer,
  tokens: number,
): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectNow = runInNewContext('gc') as () => void;
  /** What was let go of in a turn is collected after it. */
  const heapUsed = async () => {
    await new Promise(setImmediate);
    collectNow();
    return process.memoryUsage().heapUsed;
  };
  const asked = (token: string): Request =>
    new Request(resource, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  let made = 0;
  const principal = await provider.verify(
    { scheme: 'Bearer', value: await mint('memory') },
    { resource, now: Math.floor(Date.now() / 1000), signal: new AbortController().signal },
  );
  if (principal.kind === 'rejection') throw new Error(principal.detail);
  const gate = createGate({
    resource,
    scopes,
    remembered: tokens,
    // Each answer as large as a real one, without the cost of that many signatures.
    provider: {
      ...provider,
      async verify() {
        made += 1;
        return structuredClone({ ...principal, tokenId: `jti-${made}` });
      },
    },
  });
  const before = await heapUsed();
  for (let index = 0; index < tokens; index += 1) await gate.authenticate(asked(`token-${index}`));
  const after = await heapUsed();
  // Asked once more, so that the gate is not collected before it was weighed.
  await gate.authenticate(asked(`token-${tokens - 1}`));
  if (made !== tokens) throw new Error('Not every token was remembered.');
  return (after - before) / 2 ** 20;
}
