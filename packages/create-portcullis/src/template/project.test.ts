import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layersOf, type Variant, variants } from '../choice.js';
import { inLayers } from './layers.js';
import { projectFiles } from './project.js';
import { importsOf } from './reachable.js';

interface PackageJson {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const all = variants.map((variant) => ({
  variant,
  title: `${variant.host} ${variant.provider}`,
  files: projectFiles(variant),
}));
const filesOf = ({ host, provider }: Variant) =>
  all.find(({ variant }) => variant.host === host && variant.provider === provider)?.files ??
  new Map<string, string>();
const manifestOf = (files: ReadonlyMap<string, string>) =>
  JSON.parse(files.get('package.json') ?? '') as PackageJson;

describe.each(all)('$title', ({ variant, files }) => {
  const { provider, host } = variant;
  const { dependencies, devDependencies, scripts } = manifestOf(files);
  const code = [...files].filter(([path]) => path.endsWith('.ts'));

  it('asks for versions that a registry has', () => {
    const ranges = Object.values({ ...dependencies, ...devDependencies });
    expect(ranges.length).toBeGreaterThan(12);
    for (const range of ranges) expect(range).toMatch(/^[~^]?\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('has every file that is imported', () => {
    const missing = code.flatMap(([path, text]) =>
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'))
        .filter((target) => !files.has(target)),
    );
    expect(missing).toEqual([]);
  });

  it('declares every package that is imported, and few that are not', () => {
    const imported = new Set(
      code.flatMap(([, text]) =>
        importsOf(text).flatMap(
          (specifier) => /^(@[^/]+\/[^/]+|[a-z][^/:]*)/.exec(specifier)?.[0] ?? [],
        ),
      ),
    );
    imported.delete('node');
    const declared = Object.keys({ ...dependencies, ...devDependencies });
    expect([...imported].filter((name) => !declared.includes(name))).toEqual([]);
    const idle = declared.filter((name) => !imported.has(name));
    expect(idle.sort()).toEqual(
      host === 'express'
        ? ['@types/express', '@types/node', 'typescript']
        : ['@types/node', 'typescript'],
    );
  });

  it('builds programs that are there', () => {
    const entries = [...(files.get('tsup.config.ts') ?? '').matchAll(/'(src\/[^']+\.ts)'/g)];
    expect(entries.map(([, path]) => path)).toEqual(['src/main.ts', 'src/demo.ts']);
    for (const [, path = ''] of entries) expect(files.has(path)).toBe(true);
  });

  it('copies into its image what the build has made there', () => {
    const image = files.get('Dockerfile') ?? '';
    const copied = [...image.matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(([, path]) => path);
    expect(copied).toEqual(['package.json', 'node_modules', 'dist']);
    expect(image.match(/^FROM /gm)).toHaveLength(2);
    expect(image).toContain('\nUSER node\n');
    expect(image).toContain('\nCMD ["node", "dist/main.js"]\n');
  });

  it('has one host, and one vendor at most', () => {
    const other = host === 'express' ? 'hono' : 'express';
    expect(Object.keys({ ...dependencies, ...devDependencies }).join(' ')).not.toContain(other);
    const vendors = ['scalekit', 'auth0', 'oidc'].filter((name) => name !== provider);
    for (const [path, text] of code) {
      for (const vendor of vendors) {
        expect(importsOf(text).join(' '), path).not.toMatch(new RegExp(`[/-]${vendor}\\b`));
      }
    }
    const rows = [...(files.get('src/identity/vendor-rows.ts') ?? '').matchAll(/^ {2}(\w+): '/gm)];
    expect(rows.map(([, vendor]) => vendor)).toEqual(provider === 'local' ? [] : [provider]);
    expect(files.has('src/identity/vendor-rows.ts')).toBe(provider !== 'local');
    expect(Object.keys(dependencies).filter((name) => name.includes('/provider-'))).toEqual(
      [
        '@portcullis/provider-local',
        ...(provider === 'local' ? [] : [`@portcullis/provider-${provider}`]),
      ].sort(),
    );
  });

  it('names the variables of its own providers, and all that it reads', () => {
    const example = files.get('.env.example') ?? '';
    const named = new Set([...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
    const source = code
      .filter(([path]) => !path.endsWith('.test.ts'))
      .map(([, text]) => text)
      .join('\n');
    const read = [
      ...source.matchAll(/reader\.(?:text|flag|secret|choice)\(\s*'([A-Z0-9_]+)'/g),
    ].flatMap(([, name]) => name ?? []);
    expect(read.length).toBeGreaterThan(10);
    const optional = provider === 'local' ? ['AUTH_PROVIDER'] : [];
    for (const name of read) {
      if (!optional.includes(name)) expect([...named], name).toContain(name);
    }
    const prefixes = { scalekit: /^SCALEKIT_/, auth0: /^AUTH0_/, oidc: /^OIDC_/ };
    for (const [vendor, prefix] of Object.entries(prefixes)) {
      const found = [...named].some((name) => prefix.test(name ?? ''));
      expect(found, vendor).toBe(vendor === provider);
      expect(
        prefix.source.slice(1) && (files.get('README.md') ?? '').includes(prefix.source.slice(1)),
        vendor,
      ).toBe(vendor === provider);
    }
  });

  it('knows nothing of the repository that it was made in', () => {
    for (const [path, text] of files) {
      expect(text, path).not.toMatch(/\bpnpm\b|workspace:|catalog:|end-to-end\/|\{\{|<!--/);
      expect(importsOf(text).join(' '), path).not.toMatch(/browser-testing|^(\.\.\/){3}/);
      const open = [...text.matchAll(/__([A-Z]+)__/g)].map(([, name = '']) => name);
      expect(['NAME', 'NICKNAME', 'TITLE', 'RUN', 'INSTALL'], path).toEqual(
        expect.arrayContaining(open),
      );
    }
    expect(files.get('README.md')).not.toContain('\n\n\n');
    expect(files.get('src/app.ts')).toContain('`__RUN__ start`');
  });

  it('has the scripts that its documents speak of', () => {
    const spoken = [
      ...`${files.get('README.md')}${files.get('AGENTS.md')}`.matchAll(/__RUN__ (\w+)/g),
    ];
    expect(spoken.length).toBeGreaterThan(5);
    for (const [, name = ''] of spoken) expect(Object.keys(scripts)).toContain(name);
  });

  it('says of every folder what it is for', () => {
    const folders = [...files.keys()].flatMap((path) => /^src\/[^/]+\//.exec(path)?.[0] ?? []);
    const readme = files.get('README.md') ?? '';
    for (const folder of new Set(folders)) expect(readme, folder).toContain(`\`${folder}`);
  });

  it('has the files that its documents speak of', () => {
    const spoken = `${files.get('README.md')}${files.get('AGENTS.md')}`.matchAll(
      /`(src\/[\w./-]+)`/g,
    );
    const paths = [...files.keys()];
    for (const [, path = ''] of spoken) {
      expect(
        paths.some((each) => each === path || (path.endsWith('/') && each.startsWith(path))),
        path,
      ).toBe(true);
    }
  });
});

it('asks in front of people for what the server imports, and for the rest in development', () => {
  const { dependencies, devDependencies } = manifestOf(
    filesOf({ host: 'hono', provider: 'auth0' }),
  );
  expect(Object.keys(dependencies)).toEqual([
    '@hono/node-server',
    '@modelcontextprotocol/ext-apps',
    '@modelcontextprotocol/server',
    '@portcullis/core',
    '@portcullis/provider-auth0',
    '@portcullis/provider-local',
    '@portcullis/server-adapter',
    'csv-parse',
    'entities',
    'feedsmith',
    'hono',
    'zod',
  ]);
  expect(Object.keys(devDependencies)).toEqual([
    '@modelcontextprotocol/client',
    '@types/node',
    'jose',
    'oauth4webapi',
    'playwright-core',
    'tsup',
    'typescript',
    'vitest',
  ]);
});

it('is called by its own name', () => {
  const files = filesOf({ host: 'hono', provider: 'local' });
  expect(files.get('src/about.ts')).toContain(" name: '__NAME__',");
  expect(files.get('src/about.ts')).toContain(" title: '__TITLE__',");
  expect(files.get('src/about.ts')).toContain(" nickname: '__NICKNAME__',");
  expect(files.get('src/app.test.ts')).toContain("resource_name: '__TITLE__'");
  expect(JSON.parse(files.get('tsconfig.json') ?? '')).toMatchObject({ include: ['src'] });
  expect(files.get('package.json')).toMatch(
    /^\{\n {2}"name": "__NAME__",\n {2}"version": "0\.1\.0",\n {2}"private": true,\n/,
  );
  expect(manifestOf(files)).toMatchObject({
    description: 'An MCP server behind OAuth 2.1.',
    type: 'module',
    scripts: {
      build: 'tsup --silent',
      start: 'tsup --silent && node dist/main.js',
      dev: 'tsup --silent --watch src --onSuccess "node dist/main.js"',
      demo: 'tsup --silent && node dist/demo.js',
      test: 'vitest run',
      typecheck: 'tsc',
    },
  });
});

it('fails where nothing leads to what is edited', () => {
  const edits = [{ file: 'src/nowhere.ts', find: 'a' }];
  expect(() => projectFiles({ host: 'hono', provider: 'oidc' }, edits)).toThrow(
    'Nothing leads to src/nowhere.ts any more. Adapt src/template/edits.ts.',
  );
});

it('tells npm which Node it needs, and which script may run when packages are installed', () => {
  const manifest = manifestOf(filesOf({ host: 'express', provider: 'local' }));
  expect(manifest).toMatchObject({
    engines: { node: '>=22.13' },
    devEngines: { runtime: { name: 'node', version: '>=22.13', onFail: 'error' } },
    allowScripts: { esbuild: true },
  });
});

it('keeps the app’s files as they are, but for a few that say which host and who signs people in', () => {
  const [first, ...others] = all.map(({ files }) => files);
  const changing = [...(first ?? [])]
    .filter(([path, text]) => others.some((files) => files.has(path) && files.get(path) !== text))
    .map(([path]) => path);
  expect(changing.sort()).toEqual([
    '.env.example',
    'AGENTS.md',
    'README.md',
    'package.json',
    'src/app.ts',
    'src/banner.ts',
    'src/demo/start-vendor.ts',
    'src/identity/identity-config.ts',
    'src/identity/open-identity.ts',
  ]);
});

it('keeps every file once, and gives each variant back from its layers', () => {
  const stored = inLayers(filesOf);
  for (const { variant, files } of all) {
    const given = new Map(
      layersOf(variant).flatMap((layer) =>
        [...stored]
          .filter(([path]) => path.startsWith(`${layer}/`))
          .map(([path, text]) => [path.slice(layer.length + 1), text] as const),
      ),
    );
    expect(given).toEqual(files);
  }
});

it('is no larger than somebody can look through', () => {
  const files = filesOf({ host: 'express', provider: 'local' });
  expect(files.size).toBeLessThan(220);
});
