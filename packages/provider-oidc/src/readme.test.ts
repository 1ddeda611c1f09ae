import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AuthError } from '@portcullis/core';
import { expect, it, onTestFinished } from 'vitest';
import * as root from './index.js';
import * as presets from './presets/index.js';
import * as testing from './testing/index.js';

const here = (path: string) => join(import.meta.dirname, path);
const readme = await readFile(here('../README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
const name = '@portcullis/provider-oidc';
const { resolve } = createRequire(import.meta.url);

it('has code in its README that compiles', { timeout: 60_000 }, async () => {
  expect(blocks.length).toBeGreaterThan(3);
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-readme-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = blocks.map((code, index) => writeFile(join(folder, `block-${index}.ts`), code));
  const config = {
    extends: here('../../../tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      // People's own code needs no annotations for a declaration file.
      ...{ isolatedDeclarations: false, declaration: false },
      typeRoots: [dirname(dirname(resolve('@types/node/package.json')))],
      paths: {
        [name]: [here('index.ts')],
        [`${name}/presets`]: [here('presets/index.ts')],
        [`${name}/testing`]: [here('testing/index.ts')],
      },
    },
    include: ['*.ts'],
  };
  await Promise.all([
    ...files,
    writeFile(join(folder, 'package.json'), '{ "type": "module" }'),
    writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config)),
  ]);
  const compiler = join(dirname(resolve('typescript/package.json')), 'bin/tsc');
  const run = promisify(execFile)(process.execPath, [compiler, '-p', folder]);
  const said = await run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
  expect(said).toBe('');
});

it.each(blocks.map((code, index) => [index + 1, code] as const))(
  'has code in its README that runs: block %i',
  async (_, code) => {
    const modules: Readonly<Record<string, unknown>> = {
      [name]: { oidcProvider: withoutNetwork },
      [`${name}/presets`]: presets,
      [`${name}/testing`]: testing,
    };
    const script = stripTypeScriptTypes(code)
      .replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = modules[$2];')
      .replace(/^export /gm, '');
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
    const process = { env: { INTROSPECTION_SECRET: 'secret', EXCHANGE_SECRET: 'secret' } };
    const failure = await AsyncFunction(
      'modules',
      'process',
      script,
    )(modules, process).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Nobody is at the addresses of examples; all else would be a mistake of the README's.
    if (AuthError.isInstance(failure)) expect(failure.code).toBe('PROVIDER_UNAVAILABLE');
    else expect(failure).toBeUndefined();
  },
);

function withoutNetwork(options: root.OidcProviderOptions): root.OidcProvider {
  const fetch = async () => Promise.reject(new Error('There is no network in this test.'));
  return root.oidcProvider({ fetch, ...options });
}
