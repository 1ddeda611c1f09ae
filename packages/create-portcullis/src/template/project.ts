import type { Variant } from '../choice.js';
import { documents } from './documents.js';
import { type Edit, edited } from './edit.js';
import { editsFor } from './edits.js';
import { reachable } from './reachable.js';
import { publishedVersions, readManifest, readText } from './workspace.js';

const app = 'apps/finance-sentiment';

/** What runs in front of people. Everything else is for development. */
const server = 'src/main.ts';

/** The tour. */
const demo = 'src/demo.ts';

/** Tests that are worth having in a server of one's own. The others test what only the app has: every provider, browsers, the fixtures. */
const tests = ['app', 'policy', 'tools', 'resources', 'home-page', 'start-failure', 'stores'];

/** Configuration that the build and the tests read. */
const toolFiles = ['tsup.config.ts', 'vitest.config.ts'];

/** Files that no import leads to, and the compiler needs. */
const declarations = ['src/views/html.d.ts'];

/** What is installed to build, besides what the tests import. */
const buildTools = ['@types/node', 'tsup', 'typescript', 'vitest'];

/**
 * Every file of a project, made of the app as it is now, by path below the project. `__NAME__`, `__NICKNAME__`, `__TITLE__`, `__RUN__` and
 * `__INSTALL__` stand for what only the person knows who makes it.
 *
 * @param edits - What reads otherwise than in the app.
 * @throws {Error} when the app has changed in a place that the template speaks of.
 */
export function projectFiles(
  variant: Variant,
  edits: readonly Edit[] = editsFor(variant),
): ReadonlyMap<string, string> {
  const read = (file: string) => ofProject(edited(file, readText(`${app}/${file}`), edits));
  const { packages: needed } = reachable([server], read);
  const all = reachable(
    [server, demo, ...declarations, ...toolFiles, ...tests.map((name) => `src/${name}.test.ts`)],
    read,
  );
  const unused = edits.find(({ file }) => !all.files.has(file));
  if (unused) {
    throw new Error(`Nothing leads to ${unused.file} any more. Adapt src/template/edits.ts.`);
  }
  const development = [...all.packages, ...buildTools].filter((name) => !needed.has(name));
  return new Map([
    ...documents(variant),
    ['package.json', manifest([...needed], withTypes(development, needed))],
    ['tsconfig.json', tsconfig()],
    ...all.files,
  ]);
}

/** The app speaks of its own repository's commands. */
const ofProject = (text: string) => text.replaceAll(/`pnpm (start|test|demo)`/g, '`__RUN__ $1`');

/** Express brings no types of its own. */
const withTypes = (development: readonly string[], running: ReadonlySet<string>) => [
  ...development,
  ...(running.has('express') ? ['@types/express'] : []),
];

function manifest(dependencies: readonly string[], development: readonly string[]): string {
  const versionOf = publishedVersions();
  const versions = (names: readonly string[]) =>
    Object.fromEntries([...new Set(names)].sort().map((name) => [name, versionOf(name)]));
  const { engines } = readManifest(app);
  return json({
    name: '__NAME__',
    version: '0.1.0',
    private: true,
    description: 'An MCP server behind OAuth 2.1.',
    type: 'module',
    engines,
    // npm refuses an older Node with this; with the engines alone it warns, and the server fails for want of a module.
    devEngines: { runtime: { name: 'node', version: engines?.node, onFail: 'error' } },
    scripts: {
      build: 'tsup --silent',
      start: 'tsup --silent && node dist/main.js',
      dev: 'tsup --silent --watch src --onSuccess "node dist/main.js"',
      demo: 'tsup --silent && node dist/demo.js',
      test: 'vitest run',
      typecheck: 'tsc',
    },
    dependencies: versions(dependencies),
    devDependencies: versions(development),
    // The compiler behind tsup sets itself up when it is installed. npm 12 asks for this, as pnpm does elsewhere.
    allowScripts: { esbuild: true },
  });
}

/** The compiler options of the app, in one file, for a program that nobody imports. */
function tsconfig(): string {
  const read = (path: string) => JSON.parse(readText(path)) as { compilerOptions: object };
  const { declaration, sourceMap, isolatedDeclarations, ...options } = {
    ...read('tsconfig.base.json').compilerOptions,
    ...read(`${app}/tsconfig.json`).compilerOptions,
  } as Record<string, unknown>;
  return json({ compilerOptions: options, include: ['src'] });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
