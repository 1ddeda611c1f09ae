import { posix } from 'node:path';

/** Files of a project, by path below it, and the packages that they import. */
export interface Reachable {
  readonly files: ReadonlyMap<string, string>;
  /** Packages, without subpaths. Node's own modules are not among them. */
  readonly packages: ReadonlySet<string>;
}

/**
 * Follows imports, so that nobody keeps a list of files: what nothing leads to is left out.
 *
 * Reads `import` and `export … from` at the beginning of a line, and `import('…')` anywhere.
 *
 * @param entries - Where to begin. All files are below one folder.
 * @param read - The text of a file. @throws when there is none.
 */
export function reachable(entries: readonly string[], read: (file: string) => string): Reachable {
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    const text = read(file);
    files.set(file, text);
    if (!file.endsWith('.ts')) continue;
    for (const specifier of importsOf(text)) {
      if (specifier.startsWith('.')) open.push(fileOf(file, specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageOf(specifier));
    }
  }
  return { files, packages };
}

/** What a module imports, as it is written there. */
export function importsOf(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^'";]*\sfrom\s)?'([^']+)'/gm);
  const calls = text.matchAll(/\bimport\('([^']+)'\)/g);
  return [...statements, ...calls].flatMap(([, specifier]) => specifier ?? []);
}

const fileOf = (from: string, specifier: string) =>
  posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
