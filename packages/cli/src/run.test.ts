import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { basics, portcullis } from './session.harness.js';

describe('the command line', () => {
  it('explains itself, and exits with 2 when it was asked nothing', async () => {
    const { code, out } = await portcullis(['--help']);
    expect(code).toBe(0);
    expect(out).toBe(`portcullis: OAuth 2.1 in front of MCP servers

  portcullis doctor <url>     find out which clients cannot use your MCP server
  portcullis audit verify     check that nobody has changed an audit file
  portcullis setup auth0      set up an Auth0 tenant for your MCP server
  portcullis setup scalekit   set up a Scalekit environment for your MCP server

portcullis doctor --help, audit --help and setup --help have the options;
portcullis --version says which version this is.
`);
    const nothing = await portcullis([]);
    expect([nothing.code, nothing.out]).toEqual([2, out]);
    expect((await portcullis(['-h'])).out).toBe(out);
    expect(await portcullis(['conquer', '--help'])).toEqual({ code: 0, out, err: '' });
  });

  it('explains each command, in 80 columns', async () => {
    for (const [command, start] of [
      ['doctor', 'Asks a deployed MCP server what clients ask, and says which of them break.\n'],
      ['audit', 'Checks the chain of an audit file, line by line.\n'],
      ['setup', 'Sets up what the vendor needs, from the vocabulary of your app.\n'],
    ] as const) {
      const { code, out, err } = await portcullis([command, '--help']);
      expect([code, err]).toEqual([0, '']);
      expect(out.startsWith(start)).toBe(true);
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('says which version it is', async () => {
    const manifest = new URL('../package.json', import.meta.url);
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
    expect(await portcullis(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('names what is wrong with the arguments of doctor and audit', async () => {
    expect(await portcullis(['audit'])).toEqual({
      ...{ code: 2, out: '', err: 'Audit what? Write portcullis audit verify <file>.\n' },
    });
    expect((await portcullis(['doctor'])).err).toBe(
      'Cannot examine:\n  The URL is missing. Pass the one that clients are given, such as https://finance.example.com/mcp.\n',
    );
  });

  it('names every option in the help of setup', async () => {
    const { code, out } = await portcullis(['setup', 'auth0', '--help']);
    expect(code).toBe(0);
    const named = [...new Set(out.match(/--[a-z-]+/g))].sort();
    expect(named).toEqual([
      ...['--apply', '--check', '--connection', '--domain', '--export', '--instructions'],
      ...['--machine', '--machine-scopes', '--name', '--registration', '--resource', '--scopes'],
      ...['--terraform', '--token-lifetime'],
    ]);
  });

  it('says which commands and vendors there are', async () => {
    expect(await portcullis(['conquer'])).toEqual({
      ...{ code: 2, out: '', err: 'There is no such command. See portcullis --help.\n' },
    });
    expect((await portcullis(['setup', 'okta'])).err).toBe(
      'Set up what? Write portcullis setup auth0 or portcullis setup scalekit.\n',
    );
  });

  it('names everything that is wrong with the arguments at once', async () => {
    const words = ['setup', 'auth0', '--resource', 'http://finance.example.com/mcp?x=1'];
    const wrong = ['--apply', '--check', '--registration', 'magic', '--machine', 'Robot'];
    const { code, err } = await portcullis([...words, ...wrong, '--verbose']);
    expect(code).toBe(2);
    expect(err).toBe(`Cannot set up:
  --verbose is no option of setup auth0. See portcullis setup --help.
  --apply and --check exclude each other. Choose one.
  --registration is none of dcr, cimd, both and none. dcr lets clients register themselves, cimd takes the URL of their own document.
  --resource must use HTTPS unless it is on loopback; got "http:". Pass the public URL, such as "https://mcp.example.com/mcp".
  --resource must have neither a query nor a fragment. Pass the public URL, such as "https://mcp.example.com/mcp".
  --scopes is missing. Pass the module of your app that exports the vocabulary, such as ./dist/scopes.js.
  --machine and --machine-scopes belong together. Pass the name of the client and what it may do: scopes with commas between them.
`);
  });

  it.each([
    ['--client-secret', 's3cret-value'],
    ['--client-secret=s3cret-value'],
    ['--token', 's3cret-value'],
  ])('takes no secret as an option, and repeats none: %s', async (...words) => {
    const { code, out, err } = await portcullis(['setup', 'auth0', ...basics, ...words]);
    expect(code).toBe(2);
    expect(err).toContain('Credentials come from environment variables alone');
    expect(out + err).not.toContain('s3cret-value');
  });

  it('takes the next option for no value of one whose value was forgotten', async () => {
    const { err } = await portcullis(['setup', 'auth0', '--resource', '--scopes', './scopes.ts']);
    expect(err).toBe(`Cannot set up:
  --resource has no value. Write it after the option.
  --scopes is missing. Pass the module of your app that exports the vocabulary, such as ./dist/scopes.js.
`);
  });

  it('knows which options belong to which vendor', async () => {
    const { err } = await portcullis(['setup', 'scalekit', ...basics, '--domain', 'a.example']);
    expect(err).toBe(
      'Cannot set up:\n  --domain is no option of setup scalekit. See portcullis setup --help.\n',
    );
    const lifetime = await portcullis([
      'setup',
      'scalekit',
      ...basics,
      '--token-lifetime',
      '86400',
    ]);
    expect(lifetime.err).toBe(
      'Cannot set up:\n  --token-lifetime is not a number of seconds from 300 to 3600. A token that outlives an hour cannot be taken back.\n',
    );
  });

  it.each([
    [['--apply=yes'], '--apply takes no value. Leave out what follows the "=".'],
    [['--name', ''], '--name has no value. Write it after the option.'],
    [['--name', 'a', '--name', 'b'], '--name came more than once. Pass it once.'],
    [['--name', '--check'], '--name has no value. Write it after the option.'],
    [
      ['stray'],
      'The command line has a word that belongs to no option. Every value follows its option; only --terraform and --instructions take a file.',
    ],
    [
      ['--machine', 'R', '--machine-scopes', 'mcp:exec:workflows:*,mcp:tools:fly'],
      '--machine-scopes names what is no concrete scope of the vocabulary: mcp:exec:workflows:*, mcp:tools:fly. Choose of mcp:tools:weather, mcp:tools:pay.',
    ],
  ])('refuses %j', async (words, sentence) => {
    const { code, err } = await portcullis(['setup', 'auth0', ...basics, ...words]);
    expect({ code, err }).toEqual({ code: 2, err: `Cannot set up:\n  ${sentence}\n` });
  });
});
