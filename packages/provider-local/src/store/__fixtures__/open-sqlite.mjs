import './typescript.mjs';

const { sqliteStore } = await import('../sqlite-store.ts');

/** @param {string} path */
export default async (path) => sqliteStore({ path, busyTimeoutMs: 20_000 });
