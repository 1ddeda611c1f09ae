import './typescript.mjs';

const { redisStore } = await import('../redis-store.ts');

/** @param {string} location - URL and prefix, as JSON. */
export default async (location) => redisStore({ ...JSON.parse(location), timeoutMs: 20_000 });
