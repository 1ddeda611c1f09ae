import type { Variant } from '../choice.js';
import type { Edit } from './edit.js';

const vendors = ['scalekit', 'auth0', 'oidc'] as const;
type Vendor = (typeof vendors)[number];

/** What a project's files say otherwise than the app's. All that is not named here is taken as it stands. */
export function editsFor({ provider, host }: Variant): readonly Edit[] {
  const others = vendors.filter((each) => each !== provider);
  return [
    ...others.flatMap(withoutVendor),
    ...(provider === 'local' ? withoutVendors : others.map(withoutRow)),
    ...(host === 'hono' ? onHono : []),
    ...ownName,
    ...tools,
  ];
}

const configNames = { scalekit: 'ScalekitConfig', auth0: 'Auth0Config', oidc: 'OidcConfig' };

/** The vendor is no longer among those that can be configured, and nothing leads to its files. */
function withoutVendor(vendor: Vendor): readonly Edit[] {
  const branch = new RegExp(` {4}case '${vendor}':\\n {6}return .*;\\n`);
  const kinds = 'src/identity/identity-config.ts';
  return [
    { file: kinds, find: `, '${vendor}'` },
    { file: kinds, find: new RegExp(`import .* from './${vendor}-config.js';\\n`) },
    { file: kinds, find: ` | ${configNames[vendor]}` },
    { file: kinds, find: branch },
    { file: 'src/identity/open-identity.ts', find: branch },
    { file: 'src/demo/start-vendor.ts', find: branch },
  ];
}

const withoutRow = (vendor: Vendor): Edit => ({
  file: 'src/identity/vendor-rows.ts',
  find: new RegExp(` {2}${vendor}: '.*',\\n`),
});

/** With the embedded issuer alone, the terminal has nothing to tell of anybody else. */
const withoutVendors: readonly Edit[] = [
  { file: 'src/banner.ts', find: /import .* from '.\/identity\/vendor-rows.js';\n/ },
  {
    file: 'src/banner.ts',
    find: /\.\.\.\(identity\.name === 'local'\s+\? (localRows\(identity, issuer\))\s+: vendorRows\(.*\)\),/,
    replace: '...localRows(identity, issuer),',
  },
];

const onHono: readonly Edit[] = [
  { file: 'src/app.ts', find: './host/express.js', replace: './host/hono.js' },
];

/** A project is called by its own name from the beginning, on the consent page too. */
const ownName: readonly Edit[] = [
  { file: 'src/about.ts', find: "'finance-sentiment'", replace: "'__NAME__'" },
  { file: 'src/about.ts', find: "'Finance Sentiment'", replace: "'__TITLE__'" },
  { file: 'src/about.ts', find: "nickname: 'finance'", replace: "nickname: '__NICKNAME__'" },
  {
    file: 'src/app.test.ts',
    find: "resource_name: 'Finance Sentiment'",
    replace: "resource_name: '__TITLE__'",
  },
];

/** Programs of the monorepo alone, and its name for the tests. */
const tools: readonly Edit[] = [
  {
    file: 'tsup.config.ts',
    find: /entry: \{[\s\S]*?\n {2}\},/,
    replace: "entry: { main: 'src/main.ts', demo: 'src/demo.ts' },",
  },
  { file: 'vitest.config.ts', find: "    name: 'finance-sentiment',\n" },
];
