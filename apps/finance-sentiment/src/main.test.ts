import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { listen, stop } from './listening.js';
import { freePort, stageProgram } from './main.harness.js';

const stage = stageProgram();

describe.concurrent('pnpm start', () => {
  it('prints what is needed to connect, serves it, and stops when told to', async () => {
    const port = await freePort();
    const running = stage.start({ PORT: String(port) });
    await running.prints('Ctrl+C stops the server.');
    const text = running.output();
    const url = `http://127.0.0.1:${port}/mcp`;
    expect(text).toContain(`MCP server      ${url}`);
    expect(text).toContain(
      `Front page      http://127.0.0.1:${port}/ (how to connect each client)\n`,
    );
    expect(text).toContain('Audit           set ADMIN_PASSWORD to see who did what\n');
    expect(text).toMatch(/Demo user {7}ada {3}[\w-]{12}\n/);
    expect(text).toMatch(/Connected apps {2}http:\/\/127\.0\.0\.1:\d+\/connected-apps /);
    expect(text).toMatch(/Machine client {2}nightly-report {3}[\w-]{32}\n/);
    expect(text).toContain(`claude mcp add --transport http finance ${url}`);
    expect(text).toContain('.vscode/mcp.json');
    // Not a terminal: no colours.
    expect(text).toBe(stripVTControlCharacters(text));

    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain(`<code>${url}</code>`);
    expect((await fetch(url, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);

    const before = Date.now();
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(Date.now() - before).toBeLessThan(3000);
  }, 20_000);

  it('gives the machine client a token for its one wildcard', async () => {
    const port = await freePort();
    const secret = 'a-secret-of-32-characters-or-more';
    const admin = 'admin-signs-in';
    const env = { PORT: String(port), MACHINE_CLIENT_SECRET: secret, ADMIN_PASSWORD: admin };
    const running = stage.start(env);
    await running.prints('Ctrl+C stops the server.');
    expect(running.output()).not.toContain(secret);
    expect(running.output()).not.toContain(admin);
    const audit = `http://127.0.0.1:${port}/admin/audit`;
    expect(running.output()).toContain(`Audit           ${audit} (opens with ADMIN_PASSWORD)\n`);
    expect((await fetch(audit)).status).toBe(401);
    const origin = `http://127.0.0.1:${port}`;
    const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    const { token_endpoint } = await metadata.json();
    const response = await fetch(token_endpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`nightly-report:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: `${origin}/mcp`,
        scope: 'mcp:exec:workflows:*',
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'mcp:exec:workflows:*',
    });
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
  }, 20_000);

  it('says in one sentence that the port is in use', async () => {
    const other = createServer();
    const port = await listen(other, 0, '127.0.0.1');
    const failed = stage.start({ PORT: String(port) });
    expect(await failed.ended).toBe(1);
    await stop(other, 0);
    expect(failed.output()).toBe(
      `Cannot start: port ${port} on 127.0.0.1 is in use. Stop the program that has it, or set PORT to a free port.\n`,
    );
  }, 20_000);

  it('reports every problem of the configuration at once', async () => {
    const failed = stage.start({
      PORT: 'three',
      DEMO_PASSWORD: 'short',
      PUBLIC_URL: 'example.com',
    });
    expect(await failed.ended).toBe(1);
    expect(failed.output()).toBe(
      [
        'The configuration is wrong; nothing was started.',
        '  PORT must be a whole number from 1 to 65535; got "three". Leave it out for 3000.',
        '  PUBLIC_URL must be an absolute URL; got "example.com". Write the origin alone, such as "https://finance.example.com".',
        '  DEMO_PASSWORD is too short. Use at least 8 characters.\n',
      ].join('\n'),
    );
  }, 20_000);

  it.each(['issuer.sqlite', 'finance.sqlite'])(
    'names %s when another program has locked it, and leaves it alone',
    async (name) => {
      const dataDir = mkdtempSync(join(stage.folder, 'locked-'));
      const database = new DatabaseSync(join(dataDir, name));
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE theirs (x);');
      const failed = stage.start({ PORT: String(await freePort()), DATA_DIR: dataDir });
      expect(await failed.ended).toBe(1);
      database.close();
      expect(failed.output()).toContain(name);
      expect(failed.output()).toMatch(/locked/);
      expect(failed.output()).not.toMatch(/sqliteStore|busyTimeoutMs/);
      expect(failed.output()).not.toMatch(/\n\s+at /);
    },
    20_000,
  );

  it.each(['issuer.sqlite', 'finance.sqlite'])(
    'names %s when it is no database',
    async (name) => {
      const dataDir = mkdtempSync(join(stage.folder, 'broken-'));
      writeFileSync(
        join(dataDir, name),
        'These are not the bytes you are looking for. '.repeat(50),
      );
      const failed = stage.start({ PORT: String(await freePort()), DATA_DIR: dataDir });
      expect(await failed.ended).toBe(1);
      expect(failed.output()).toContain(name);
      expect(failed.output()).not.toMatch(/\n\s+at /);
    },
    20_000,
  );

  it('names the folder when a file is in its place', async () => {
    const dataDir = join(stage.folder, 'a-file');
    writeFileSync(dataDir, '');
    const failed = stage.start({ PORT: String(await freePort()), DATA_DIR: dataDir });
    expect(await failed.ended).toBe(1);
    expect(failed.output()).toBe(
      `Cannot start: ${dataDir} is in the way: it is a file, not a folder. Set DATA_DIR to another place.\n`,
    );
  }, 20_000);

  it('names AUDIT_LOG when its file cannot be opened', async () => {
    const path = join(stage.folder, 'no-such-folder', 'audit.jsonl');
    const failed = stage.start({ PORT: String(await freePort()), AUDIT_LOG: path });
    expect(await failed.ended).toBe(1);
    expect(failed.output()).toBe(
      `The configuration is wrong; nothing was started.\n  AUDIT_LOG "${path}" cannot be opened. Make its folder, and let us write there.\n`,
    );
  }, 20_000);
});
