import type { Variant } from '../choice.js';
import { documents } from './documents.js';
import { edited } from './edit.js';
import { editsFor } from './edits.js';
import { reachable } from './reachable.js';
import { publishedVersions, readManifest, readText } from './workspace.js';

const app = 'apps/finance-sentiment';

/** What a project does: start and demo. */
const programs = ['src/main.ts', 'src/demo.ts'];

/** Tests that are worth having in a server of one's own. The others test what only the app has: every provider, browsers, the fixtures. */
const tests = ['app', 'policy', 'tools', 'resources', 'home-page', 'start-failure', 'stores'];

/** Configuration that the build and the tests read. */
const toolFiles = ['tsup.config.ts', 'vitest.config.ts'];

/** Files that no import leads to, and the compiler needs. */
const declarations = ['src/views/html.d.ts'];

/** What is installed to build, besides what the tests import. */
const buildTools = ['@types/node', 'tsup', 'typescript', 'vitest'];

/**
 * Every file of a project, made of the app as it is now, by path below the project. `__NAME__`, `__TITLE__`, `__RUN__` and `__INSTALL__` stand for what
 * only the person knows who makes it.
 *
 * @throws {Error} when the app has changed in a place that the template speaks of.
 */
export function projectFiles(variant: Variant): ReadonlyMap<string, string> {
  const edits = editsFor(variant);
  const read = (file: string) => ofNpm(edited(file, readText(`${app}/${file}`), edits));
  const running = reachable(programs, read);
  const all = reachable(
    [...programs, ...declarations, ...toolFiles, ...tests.map((name) => `src/${name}.test.ts`)],
    read,
  );
  const unused = edits.filter(({ file }) => !all.files.has(file));
  if (unused.length > 0) {
    throw new Error(`Nothing leads to ${unused[0]?.file} any more. Adapt src/template/edits.ts.`);
  }
  // What the app has for development is only asked for by options that say so.
  const { devDependencies = {} } = readManifest(app);
  const needed = new Set([...running.packages].filter((name) => !(name in devDependencies)));
  const development = [...all.packages, ...buildTools].filter((name) => !needed.has(name));
  return new Map([
    ...documents(variant),
    ['package.json', manifest([...needed], withTypes(development, needed))],
    ['tsconfig.json', tsconfig()],
    ...all.files,
  ]);
}

/** The app speaks of its own repository's commands. */
const ofNpm = (text: string) =>
  text.replace(/`pnpm (start|test)`/g, '`npm $1`').replaceAll('`pnpm demo`', '`npm run demo`');

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
