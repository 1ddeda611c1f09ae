import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Comparison } from './pairs.js';
import { timeDecision } from './scope-decisions.js';
import { tokensAgainstBare } from './token-endpoint.js';
import { callsByExpress, callsByFetch } from './tool-calls.js';
import {
  issuer,
  mint,
  provider,
  rememberedMebibytes,
  resource,
  seenAgainstFastJwt,
  seenAgainstJose,
  unseenAgainstJose,
  verificationKey,
} from './verification.js';

setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;

interface Row {
  readonly what: string;
  readonly seen: string;
  readonly bar: string;
  readonly met: boolean;
}

const rows: Row[] = [];
const show = (row: Row) => {
  rows.push(row);
  console.log(
    `${row.met ? 'ok  ' : 'MISS'}  ${row.what.padEnd(58)} ${row.seen.padEnd(34)} bar ${row.bar}`,
  );
};
const ratio = (what: string, { ours, theirs, ratio: seen }: Comparison, bar: number) =>
  show({
    what,
    seen: `${seen.toFixed(2)} × (${Math.round(ours)}/s to ${Math.round(theirs)}/s)`,
    bar: `${bar} ×`,
    met: seen >= bar,
  });

console.log(`Node ${process.version}, medians of 15 paired rounds\n`);
ratio('verify, token seen before, to fast-jwt with cache', await seenAgainstFastJwt(), 1.5);
ratio('verify, token seen before, to jose.jwtVerify', await seenAgainstJose(), 40);
ratio('verify, token never seen (ES256), to jose.jwtVerify', await unseenAgainstJose(), 0.9);

const small = await timeDecision(20);
show({
  what: 'scope decision, 20 grants × 5 needs',
  seen: `${small.toFixed(0)} ns`,
  bar: '1000 ns',
  met: small <= 1000,
});
const [thousand, many] = [await timeDecision(1000), await timeDecision(9000)];
show({
  what: 'scope decision, 9,000 grants to 1,000',
  seen: `${(many / thousand).toFixed(1)} × the time`,
  bar: '18 × (linear is 9)',
  met: many / thousand <= 18,
});

const bench = {
  issuer,
  resource,
  provider,
  publicKey: verificationKey,
  token: await mint('calls'),
};
for (const [host, calls] of [
  ['fetch', await callsByFetch(bench)],
  ['Express', await callsByExpress(bench)],
] as const) {
  ratio(`tools/call by ${host}, scopes and audit on, to no auth at all`, calls.toNone, 0.95);
  ratio(`tools/call by ${host}, to the SDK's requireBearerAuth + jose`, calls.toSdk, 1.15);
}

ratio('token endpoint, client credentials, ES256, memory store', await tokensAgainstBare(), 0.45);

const mebibytes = await rememberedMebibytes(100_000);
show({
  what: 'memory of 100,000 remembered tokens',
  seen: `${mebibytes.toFixed(0)} MiB`,
  bar: '128 MiB',
  met: mebibytes <= 128,
});

process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
