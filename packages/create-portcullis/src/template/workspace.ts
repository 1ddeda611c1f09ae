import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository that this package is built in. */
const repository: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** Reads a text of the repository. */
export const readText = (path: string): string => readFileSync(join(repository, path), 'utf8');

/** A package.json, as far as it matters here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Reads a package.json of the repository. */
export const readManifest = (folder: string): Manifest =>
  JSON.parse(readText(join(folder, 'package.json'))) as Manifest;

/** Answers with the range that a project outside of this repository asks for. */
export type VersionOf = (name: string) => string;

/**
 * Ranges as they are published: those of the catalog, and for our own packages the version that they have now.
 *
 * @throws {Error} for a package that is neither.
 */
export function publishedVersions(): VersionOf {
  const versions = new Map(catalog());
  for (const folder of readdirSync(join(repository, 'packages'))) {
    const { name, version } = readManifest(`packages/${folder}`);
    versions.set(name, `^${version}`);
  }
  return (name) => {
    const version = versions.get(name);
    if (version === undefined) {
      throw new Error(`${name} is neither in the catalog of pnpm-workspace.yaml nor in packages/.`);
    }
    return version;
  };
}

/** The entries of `catalog:` in pnpm-workspace.yaml: one a line, names perhaps in quotes. */
function catalog(): readonly (readonly [string, string])[] {
  const [, block = ''] = /^catalog:\n((?: .*\n|\n)*)/m.exec(readText('pnpm-workspace.yaml')) ?? [];
  const entries = block.matchAll(/^ {2}'?([^\s'#:]+)'?: '?([^\s']+)'?$/gm);
  return [...entries].map(([, name = '', version = '']) => [name, version] as const);
}
