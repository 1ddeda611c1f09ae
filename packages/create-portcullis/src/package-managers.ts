import type { PackageManager } from './choice.js';

/** How a package manager runs a script, and how it installs. */
export const commands: Readonly<
  Record<PackageManager, { readonly run: string; readonly install: string }>
> = {
  npm: { run: 'npm run', install: 'npm install' },
  pnpm: { run: 'pnpm', install: 'pnpm install' },
  yarn: { run: 'yarn', install: 'yarn' },
  bun: { run: 'bun run', install: 'bun install' },
};

/** Files that it wants before it installs the project as npm does. */
export const settings: Readonly<Record<PackageManager, Readonly<Record<string, string>>>> = {
  npm: {},
  // Both spellings: pnpm 10 knows the second one only. Without them the installation ends with an error.
  pnpm: {
    'pnpm-workspace.yaml': `# The compiler behind tsup and vitest sets itself up when it is installed.
allowBuilds:
  esbuild: true
onlyBuiltDependencies:
  - esbuild
`,
  },
  // Programs are started by node, which finds packages in a folder.
  yarn: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
  bun: {},
};
