/** Names that npm leaves out of a package or reads as its own, and what they are called in it. */
const stored = new Map([
  ['.gitignore', '_gitignore'],
  ['.dockerignore', '_dockerignore'],
  ['.env.example', '_env.example'],
  ['package.json', '_package.json'],
]);
const real = new Map([...stored].map(([name, kept]) => [kept, name]));

const renamed = (path: string, names: ReadonlyMap<string, string>) =>
  path.replace(/[^/]+$/, (name) => names.get(name) ?? name);

/** Where a file of a project lies in the template. */
export const storedPath = (path: string): string => renamed(path, stored);

/** Where a file of the template lies in a project. */
export const realPath = (path: string): string => renamed(path, real);
