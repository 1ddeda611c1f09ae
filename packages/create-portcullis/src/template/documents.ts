import { type Provider, providers, type Variant } from '../choice.js';
import { dockerfile } from './dockerfile.js';
import { edited } from './edit.js';
import { section } from './section.js';
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
    ['Dockerfile', dockerfile(readText(`${app}/Dockerfile`))],
  ]);
}

const isOther = (name: string, { provider }: Variant) =>
  providers.some((each) => each === name) && name !== 'local' && name !== provider;

/** Rows about providers that the project has not: from the one with a name in bold to the next. */
function withoutRows(text: string, variant: Variant): string {
  let keep = true;
  const kept = text.split('\n').filter((line) => {
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

const titles: Readonly<Record<Provider, string>> = {
  local: 'Local',
  scalekit: 'Scalekit',
  auth0: 'Auth0',
  oidc: 'your OpenID Connect issuer',
};

/** Keeps what stands between `<!-- local -->` and `<!-- end -->` where there is no vendor, `<!-- vendor -->` where there is one. */
function chosen(text: string, { provider, host }: Variant): string {
  const kind = provider === 'local' ? 'local' : 'vendor';
  return text
    .replace(
      /<!-- (local|vendor) -->\n([\s\S]*?)<!-- end -->\n/g,
      (_all, condition: string, part: string) => (condition === kind ? part : ''),
    )
    .replaceAll('__PROVIDER__', provider)
    .replaceAll('__VENDOR__', titles[provider])
    .replaceAll('__HOST__', host);
}
