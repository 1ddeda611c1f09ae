import './typescript.mjs';

const { postgresStore } = await import('../postgres-store.ts');

/** @param {string} location - Connection string and schema, as JSON. */
export default async (location) =>
  postgresStore({ ...JSON.parse(location), maxConnections: 1, timeoutMs: 20_000 });
