import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../choice.js';
import { newFolder } from '../run.harness.js';
import { environment, inShell, install, type Packed, pack } from './packed.harness.js';

let scratch: string;
let packed: Packed;
beforeAll(async () => {
  scratch = newFolder();
  packed = await pack(scratch);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('is one program that needs nothing but Node', () => {
  const program = readFileSync(join(scratch, 'unpacked/package/dist/create-portcullis.js'), 'utf8');
  const imported = [...program.matchAll(/^(?:import|export)\b[^'"]*['"]([^'"]+)['"]/gm)];
  expect(imported.length).toBeGreaterThan(5);
  for (const [, specifier] of imported) expect(specifier).toMatch(/^node:/);
  const manifest = readFileSync(join(scratch, 'unpacked/package/package.json'), 'utf8');
  expect(JSON.parse(manifest)).not.toHaveProperty('dependencies');
});

it('runs as npm runs it, without a network', async () => {
  const folder = join(scratch, 'offline');
  mkdirSync(folder);
  const words = ['exec', '--offline', '--yes', '--package', packed.tarball('create-portcullis')];
  const said = await inShell(folder, 'npm', ...words, '--', 'create-portcullis', 'a', '--no-git');
  expect(said).toContain('\n  cd a\n  npm install\n  npm run demo\n');
  expect(readdirSync(folder)).toEqual(['a']);
});

it('leaves nothing behind when it is stopped at the last moment', async () => {
  const home = join(scratch, 'home');
  const folder = join(scratch, 'stopped');
  mkdirSync(join(home, 'hooks'), { recursive: true });
  mkdirSync(folder);
  const settings = `[user]\nname = Ada\nemail = ada@example.com\n[core]\nhooksPath = ${home}/hooks\n`;
  writeFileSync(join(home, '.gitconfig'), settings);
  const hook = '#!/bin/sh\ntouch "$HOME/committed"\nsleep 1\n';
  writeFileSync(join(home, 'hooks/post-commit'), hook, { mode: 0o755 });
  const program = join(scratch, 'unpacked/package/dist/create-portcullis.js');
  const running = spawn(process.execPath, [program, 'deep/a'], {
    cwd: folder,
    env: { ...environment, HOME: home },
  });
  const ended = once(running, 'exit');
  await expect.poll(() => existsSync(join(home, 'committed')), { timeout: 20_000 }).toBe(true);
  running.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(readdirSync(folder)).toEqual([]);
});

describe.each(hosts)('a project on %s', (host) => {
  let folder: string;
  beforeAll(async () => {
    folder = await packed.create(`${host}-server`, { host, provider: 'local' });
    await install(folder, packed);
  });

  it('type-checks', async () => {
    await inShell(folder, 'npm', 'run', 'typecheck');
  });

  it('passes its own tests', async () => {
    expect(await inShell(folder, 'npm', 'test')).toMatch(/Test Files .*passed/);
  });

  it('passes its own demo', async () => {
    expect(await inShell(folder, 'npm', 'run', 'demo')).toContain('all as announced.');
  });

  it('starts, leads a stranger to its authorization server, and stops when it is told (RS-01, AS-01)', async () => {
    const port = String(await freePort());
    await inShell(folder, 'npm', 'run', 'build');
    // As its image does: what is for development is not there when it runs.
    await inShell(folder, 'npm', 'prune', '--omit=dev');
    const server = spawn(process.execPath, ['dist/main.js'], {
      cwd: folder,
      env: { ...environment, PORT: port },
    });
    const ended = once(server, 'exit');
    try {
      await upOrEnded(server);
      const origin = `http://127.0.0.1:${port}`;
      const refused = await fetch(`${origin}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      });
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        `Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
      ]);
      const resource = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
      expect(await resource.json()).toMatchObject({
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
      });
      const issuer = await fetch(`${origin}/.well-known/oauth-authorization-server`);
      expect(await issuer.json()).toMatchObject({ issuer: origin });
      expect((await fetch(`${origin}/`)).status).toBe(200);
    } finally {
      server.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  });

  it('leaves to git what is worth keeping', async () => {
    const changed = await inShell(folder, 'git', 'status', '--porcelain');
    // What this test installed in place of the published packages.
    expect(changed).toBe(' M package.json\n?? package-lock.json\n');
  });
});

it('installs with pnpm, which runs no script of a package unasked', async () => {
  const folder = await packed.create('pnpm-server', { host: 'hono', provider: 'local' }, 'pnpm');
  await install(folder, packed, { manager: 'pnpm' });
  expect(await inShell(folder, 'pnpm', 'demo')).toContain('all as announced.');
});

describe('a project with', () => {
  const vendors = ['scalekit', 'auth0', 'oidc'] as const;
  let modules: string;
  beforeAll(async () => {
    const folder = await packed.create('all-vendors', { host: 'express', provider: 'scalekit' });
    await install(folder, packed, {
      more: ['@portcullis/provider-auth0', '@portcullis/provider-oidc'],
    });
    modules = join(folder, 'node_modules');
  });

  it.each(vendors)('%s type-checks, and walks its demo with it', async (provider) => {
    const folder = await packed.create(`${provider}-server`, { host: 'express', provider });
    symlinkSync(modules, join(folder, 'node_modules'));
    await inShell(folder, 'npm', 'run', 'typecheck');
    await inShell(folder, 'npm', 'run', 'build');
    const tour = await inShell(folder, process.execPath, 'dist/demo.js', '--provider', provider);
    expect(tour).toContain('all as announced.');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @throws with what it printed, when it ends before it is up. */
async function upOrEnded(server: ReturnType<typeof spawn>): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ctrl+C stops the server.')) resolve();
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('exit', () => reject(new Error(`The server ended:\n${said}`)));
  });
}
