/** Exports that are no vocabulary, one that is empty, and one without sentences. */
export const scopes: readonly string[] = ['mcp:tools:weather'];
export const empty: object = { names: [], describe: () => 'x' };
export const silent: object = { names: ['mcp:tools:weather'], describe: () => undefined };
export const numbers: object = { names: ['mcp:tools:weather'], describe: () => 5 };
export const explosive: object = {
  get names() {
    throw new Error('boom');
  },
};
