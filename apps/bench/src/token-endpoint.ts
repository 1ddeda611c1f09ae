import { memoryStore } from '@portcullis/provider-local';
import { Pool } from 'undici';
import { type Batch, type Comparison, compare } from './pairs.js';
import { bareEndpoint } from './token/bare-endpoint.js';
import { forms } from './token/contestant.js';
import { ourIssuer } from './token/our-issuer.js';

const IN_FLIGHT = 16;

/** Client credentials, ES256, memory store: our token endpoint against a bare one on Express and jose. */
export async function tokensAgainstBare(): Promise<Comparison> {
  const contestants = await Promise.all([ourIssuer(memoryStore()), bareEndpoint()]);
  const pools = contestants.map(({ origin }) => new Pool(origin, { connections: IN_FLIGHT }));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = forms.credentials();
  const [ours, theirs] = pools.map(
    (pool): Batch =>
      async (count) => {
        const once = async () => {
          const { body } = await pool.request({
            path: '/token',
            method: 'POST',
            headers,
            body: form,
          });
          const answer = await body.text();
          if (!answer.includes('"access_token"')) throw new Error(`No token: ${answer}`);
        };
        for (let index = 0; index < count; index += IN_FLIGHT) {
          await Promise.all(Array.from({ length: IN_FLIGHT }, once));
        }
      },
  );
  if (!ours || !theirs) throw new Error('A contestant is missing.');
  try {
    return await compare(ours, theirs);
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    for (const contestant of contestants) await contestant.close();
  }
}
