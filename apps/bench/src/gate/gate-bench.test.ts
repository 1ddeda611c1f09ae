import { expect, it } from 'vitest';
import { gateBench } from './gate-bench.js';

const effort = { warmUpMs: 10, rounds: 2, roundMs: 5 };

it('measures everything that has a bar, each contestant by answers that it checks', async () => {
  const rows = await gateBench({ quick: effort, whole: effort, remembered: 20_000 });
  expect(rows.map(({ name, bar }) => [name, bar])).toEqual([
    ['verify, token seen before, to fast-jwt with its cache', 1.5],
    ['verify, token seen before, to jose.jwtVerify', 40],
    ["verify, token seen before, to better-auth's verifier", 0],
    ['verify, token seen before, to the middleware of mcp-auth', 0],
    ['verify, token never seen (ES256), to jose.jwtVerify', 0.9],
    ['verify, token never seen (ES256), to fast-jwt without its cache', 0],
    ["verify, token never seen (ES256), to better-auth's verifier", 0],
    ['verify, token never seen (ES256), to the middleware of mcp-auth', 0],
    ['scope decision, 20 grants × 5 needs, to 1000 ns', 1],
    ['scope decision, 10,000 grants, to 10 × the time of 1,000', 0.5],
    ['tools/call on fetch, to no auth at all', 0.95],
    ["tools/call on fetch, to the SDK's requireBearerAuth + jose", 1.15],
    ["tools/call on fetch, to better-auth's verifier", 0],
    ['tools/call on Express, to no auth at all', 0.95],
    ["tools/call on Express, to the SDK's requireBearerAuth + jose", 1.15],
    ['tools/call on Express, to the middleware of mcp-auth', 0],
    ['memory of 20,000 remembered tokens, to 128 MiB', 1],
  ]);
  for (const { ratio } of rows) expect(ratio).toBeGreaterThan(0);
}, 30_000);
