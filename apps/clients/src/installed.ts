import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is installed for the walks, and nowhere else: together they are 120 MB. */
const programs = ['@modelcontextprotocol/inspector@2.12.0', 'mcp-remote@0.15.1'] as const;

/** Clients as their users install them. */
export interface Installed {
  /** The path of a program of theirs. */
  program(name: string): string;
  /** The environment of somebody who has never used them: no stored sign-in, and our browser for every way to open one. */
  newcomer(): Promise<NodeJS.ProcessEnv>;
  /** Forgets every newcomer. The clients stay installed. */
  close(): void;
}

/** Installs the clients with npm, into a folder of this app's that is kept. @throws {Error} when npm fails. */
export async function installClients(): Promise<Installed> {
  const folder = fileURLToPath(new URL('../node_modules/.cache/clients', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const npm = spawn(
    'npm',
    ['install', '--no-audit', '--no-fund', '--silent', '--prefix', folder, ...programs],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = await once(npm, 'close');
  if (code !== 0) throw new Error(`npm could not install ${programs.join(' and ')}.`);
  const homes = await mkdtemp(join(tmpdir(), 'newcomers-'));
  const forget = () => rmSync(homes, { recursive: true, force: true });
  process.once('exit', forget);
  return {
    program: (name) => join(folder, 'node_modules/.bin', name),
    async newcomer() {
      const home = await mkdtemp(join(homes, 'home-'));
      const browser = fileURLToPath(new URL('browser.js', import.meta.url));
      for (const name of ['xdg-open', 'open']) {
        const path = join(home, name);
        await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${browser}" "$@"\n`);
        await chmod(path, 0o755);
      }
      return {
        HOME: home,
        PATH: `${home}:${process.env.PATH}`,
        BROWSER: join(home, 'xdg-open'),
        MCP_AUTO_OPEN_ENABLED: 'true',
        MCP_INSPECTOR_SECRET_STORE: 'memory',
      };
    },
    close: forget,
  };
}
