import { type Provider, providers, type Variant } from '../choice.js';
import { edited } from './edit.js';
import { readText } from './workspace.js';

const app = 'apps/finance-sentiment';
const starter = 'packages/create-portcullis/starter';

/** Documents of a project: written for it, with the parts of the app's documents that say the same. */
export function documents(variant: Variant): ReadonlyMap<string, string> {
  const readme = readText(`${app}/README.md`);
  const fill = (text: string) =>
    text.replace(/^\{\{(.+?)\}\}$/gm, (_slot, heading: string) =>
      withoutRows(section(readme, heading), variant),
    );
  return new Map([
    ['README.md', chosen(fill(readText(`${starter}/README.md`)), variant)],
    ['AGENTS.md', chosen(readText(`${starter}/AGENTS.md`), variant)],
    ['.env.example', environment(readText(`${app}/.env.example`), variant)],
    ['.gitignore', readText(`${starter}/gitignore`)],
    ['.dockerignore', readText(`${starter}/dockerignore`)],
    ['Dockerfile', dockerfile()],
  ]);
}

/**
 * The body of a section, up to the next heading. For one that begins with a bar, its table alone.
 *
 * @throws {Error} when there is no such section or table.
 */
function section(text: string, heading: string): string {
  const [, tableOf, title = heading] = /^(table: )?(.*)$/.exec(heading) ?? [];
  const start = text.indexOf(`\n## ${title}\n`);
  const [body = ''] = start < 0 ? [] : text.slice(start + title.length + 5).split(/\n(?=## )/);
  const found = tableOf ? (/^\|.*(?:\n\|.*)*$/m.exec(body)?.[0] ?? '') : body.trim();
  if (found === '') {
    throw new Error(`The app's README has nothing under "${heading}". Adapt starter/README.md.`);
  }
  return found;
}

const isOther = (name: string, { provider }: Variant) =>
  providers.some((each) => each === name) && name !== 'local' && name !== provider;

/** Rows about providers that the project has not: from the one with a name in bold to the next. */
function withoutRows(text: string, variant: Variant): string {
  let keep = true;
  const kept = text.split('\n').filter((line) => {
    if (!line.startsWith('|')) keep = true;
    const [, name, all] = /^\| \*\*(?:`(\w+)`|(all but `local`))\*\*/.exec(line) ?? [];
    if (name) keep = !isOther(name, variant);
    if (all) keep = variant.provider !== 'local';
    if (variant.provider === 'local' && line.startsWith('| `AUTH_PROVIDER`')) return false;
    return keep;
  });
  return kept.join('\n');
}

/** The example of the app, without the paragraphs about providers that the project has not. */
function environment(text: string, variant: Variant): string {
  const { provider } = variant;
  // With one provider there is nothing to choose.
  const edits =
    provider === 'local'
      ? [{ file: '.env.example', find: /# Who signs people in: .*\n# AUTH_PROVIDER=local\n\n/ }]
      : [
          {
            file: '.env.example',
            find: 'local (embedded), scalekit, auth0 or oidc.',
            replace: `local (embedded) or ${provider}.`,
          },
          {
            file: '.env.example',
            find: '# AUTH_PROVIDER=local',
            replace: `# AUTH_PROVIDER=${provider}`,
          },
        ];
  const paragraphs = edited('.env.example', text, edits)
    .split('\n\n')
    .filter((paragraph) => {
      const [, name = ''] = /^# --- ([a-z0-9 ]+?)(?::|\n)/.exec(paragraph) ?? [];
      return provider === 'local' && name === 'all but local' ? false : !isOther(name, variant);
    });
  return paragraphs.join('\n\n');
}

/** The image of the app, built outside of the repository. npm works in it: that comes with the image. */
function dockerfile(): string {
  const stage = readText(`${app}/Dockerfile`)
    .split(/\n(?=FROM )/)
    .slice(2);
  if (stage.length !== 1) throw new Error('The Dockerfile of the app has not two stages any more.');
  return `FROM node:24-slim AS build
WORKDIR /app
# Another package manager than npm: copy its lockfile and install with it, or the image has other versions than you tested.
COPY package.json package-lock.json* ./
RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi
COPY . .
RUN npm run build && npm prune --omit=dev

${stage.join('\n')}`;
}

const titles: Readonly<Record<Provider, string>> = {
  local: 'Local',
  scalekit: 'Scalekit',
  auth0: 'Auth0',
  oidc: 'your OpenID Connect issuer',
};

/** Keeps what stands between `<!-- express -->` and `<!-- end -->` where that is what was chosen. */
function chosen(text: string, { provider, host }: Variant): string {
  const isVendor = provider !== 'local';
  const holds = (condition: string) =>
    condition === host || condition === provider || (condition === 'vendor' && isVendor);
  return text
    .replace(
      /<!-- (\w+) -->\n([\s\S]*?)<!-- end -->\n/g,
      (_all, condition: string, part: string) => (holds(condition) ? part : ''),
    )
    .replaceAll('__PROVIDER__', provider)
    .replaceAll('__VENDOR__', titles[provider])
    .replaceAll('__HOST__', host);
}
