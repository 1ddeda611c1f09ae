/** An export that is no vocabulary, one that is empty, and one without sentences. */
export const scopes: readonly string[] = ['mcp:tools:weather'];
export const empty: object = { names: [], describe: () => 'x' };
export const silent: object = { names: ['mcp:tools:weather'], describe: () => undefined };
