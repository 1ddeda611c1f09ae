import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PackageManager, Variant } from '../choice.js';

const execute = promisify(execFile);
const packages = fileURLToPath(new URL('../../..', import.meta.url));

/** What a project may depend on. */
const needed = [
  'core',
  'server-adapter',
  'provider-local',
  'provider-scalekit',
  'provider-auth0',
  'provider-oidc',
];

/** A shell of somebody who knows nothing of this repository: where programs are, and where packages come from. */
export const environment: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|npm_config_(registry|cache|userconfig))$/i.test(
      name,
    ),
  ),
);

/** @returns What it printed. @throws with what it printed, when its status is not 0. */
export async function inShell(folder: string, program: string, ...words: readonly string[]) {
  const options = { cwd: folder, env: environment, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await execute(program, [...words], options).catch((error: unknown) => {
    const { stdout: out = '', stderr: err = '' } = error as Record<string, string>;
    throw new Error(
      `${program} ${words.join(' ')} failed:\n${out.slice(-4000)}\n${err.slice(-4000)}`,
    );
  });
  return stdout;
}

/** The packages of this repository as they would be published. */
export interface Packed {
  /** Where the tarball of one of ours is: `@portcullis/core`. */
  tarball(name: string): string;
  /** Makes a project with the packed `create-portcullis`. @returns Its folder. */
  create(name: string, variant: Variant, manager?: PackageManager): Promise<string>;
}

/** Packs them all, and unpacks `create-portcullis`. Needs a build. */
export async function pack(scratch: string): Promise<Packed> {
  const tarballs = join(scratch, 'tarballs');
  mkdirSync(tarballs);
  for (const name of [...needed, 'create-portcullis']) {
    await inShell(join(packages, name), 'pnpm', 'pack', '--pack-destination', tarballs);
  }
  const files = readdirSync(tarballs);
  const tarball = (name: string) => {
    const start = `${name.replace('@', '').replace('/', '-')}-`;
    const file = files.find(
      (each) => each.startsWith(start) && /^\d/.test(each.slice(start.length)),
    );
    if (!file) throw new Error(`${name} was not packed.`);
    return join(tarballs, file);
  };
  const unpacked = join(scratch, 'unpacked');
  mkdirSync(unpacked);
  await inShell(unpacked, 'tar', '-xzf', tarball('create-portcullis'));
  const program = join(unpacked, 'package/dist/create-portcullis.js');
  return {
    tarball,
    async create(name, { host, provider }, manager = 'npm') {
      const words = [program, name, '--host', host, '--provider', provider, '--yes'];
      words.push('--package-manager', manager);
      await inShell(scratch, process.execPath, ...words);
      return join(scratch, name);
    },
  };
}

/**
 * Installs a project with npm or pnpm, ours from their tarballs and all else from the registry.
 *
 * @param more - Packages of ours that it does not ask for.
 */
export async function install(
  folder: string,
  { tarball }: Packed,
  { manager = 'npm', more = [] }: { manager?: 'npm' | 'pnpm'; more?: readonly string[] } = {},
): Promise<void> {
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const ours = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@portcullis/'));
  for (const name of [...ours, ...more]) manifest.dependencies[name] = `file:${tarball(name)}`;
  // What ours depend on is ours as well.
  const core = `file:${tarball('@portcullis/core')}`;
  if (manager === 'npm') manifest.overrides = { '@portcullis/core': core };
  else {
    const settings = `overrides:\n  '@portcullis/core': ${core}\n`;
    appendFileSync(join(folder, 'pnpm-workspace.yaml'), settings);
  }
  writeFileSync(path, JSON.stringify(manifest, null, 2));
  const quiet = manager === 'npm' ? ['--no-audit', '--no-fund'] : [];
  await inShell(folder, manager, 'install', '--prefer-offline', ...quiet);
}
