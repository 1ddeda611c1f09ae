import { auth0Evidence } from './auth0-evidence.js';
import { auth0Facts } from './auth0-facts.js';
import type { Fact, Verdict } from './fact.js';
import { scalekitEvidence } from './scalekit-evidence.js';
import { scalekitFacts } from './scalekit-facts.js';
import { type SeenToken, summary } from './token.js';
import { missing, originOf, type Variable, type Variables } from './variables.js';

/** Where the variables come from, and where the table goes. */
export interface SmokeIo {
  readonly env: Variables;
  out(text: string): void;
  err(text: string): void;
}

const needed: Readonly<Record<'auth0' | 'scalekit', readonly Variable[]>> = {
  auth0: [
    { name: 'AUTH0_DOMAIN', is: 'host of the tenant, such as acme.eu.auth0.com' },
    { name: 'AUTH0_RESOURCE', is: 'identifier of the API: the URL of the MCP server' },
    { name: 'AUTH0_MACHINE_CLIENT_ID', is: 'a machine-to-machine application with a grant for it' },
    { name: 'AUTH0_MACHINE_CLIENT_SECRET', is: 'its secret' },
  ],
  scalekit: [
    { name: 'SCALEKIT_ENVIRONMENT_URL', is: 'such as https://acme.scalekit.dev' },
    { name: 'SCALEKIT_RESOURCE_ID', is: 'res_... of the MCP server' },
    { name: 'SCALEKIT_RESOURCE', is: 'its Server URL, byte for byte' },
    { name: 'SCALEKIT_MACHINE_CLIENT_ID', is: 'a client of the MCP server (m2m_...)' },
    { name: 'SCALEKIT_MACHINE_CLIENT_SECRET', is: 'its secret' },
  ],
};

const optional: typeof needed = {
  auth0: [
    {
      name: 'AUTH0_USER_TOKEN',
      is: 'an access token of a person, for what only such a token shows',
    },
    { name: 'AUTH0_SMOKE_REGISTER', is: 'yes: also registers a client, which stays behind' },
  ],
  scalekit: [
    { name: 'SCALEKIT_SCOPE', is: 'scopes that the client asks for, with spaces between them' },
    { name: 'SCALEKIT_CLIENT_ID', is: 'API credentials of the environment (skc_...)' },
    { name: 'SCALEKIT_CLIENT_SECRET', is: 'their secret' },
    { name: 'SCALEKIT_USER_TOKEN', is: 'an access token of a person' },
    { name: 'SCALEKIT_SMOKE_REGISTER', is: 'yes: also registers a client, which stays behind' },
  ],
};

/**
 * Asks a real account whether what we assume holds, and prints a table. Prints no token, no secret
 * and no claim's value.
 *
 * @returns 0: nothing failed. 1: something did. 2: a variable is missing.
 */
export async function smoke(vendor: string | undefined, io: SmokeIo): Promise<0 | 1 | 2> {
  if (vendor !== 'auth0' && vendor !== 'scalekit') {
    io.err('Ask whom? Write auth0 or scalekit.\n');
    return 2;
  }
  const absent = missing(io.env, needed[vendor]);
  if (absent.length > 0) {
    io.err(
      `These variables are missing:\n${lines(absent)}These may be set too:\n${lines(optional[vendor])}`,
    );
    return 2;
  }
  const [{ name = '' } = {}] = needed[vendor];
  const origin = originOf(io.env[name] ?? '');
  if (origin === undefined) {
    io.err(`${name} has to be a host or an https URL: a secret is sent there.\n`);
    return 2;
  }
  if (vendor === 'auth0') {
    const evidence = await auth0Evidence(io.env, origin);
    return report(judged(auth0Facts, evidence), evidence, io);
  }
  const evidence = await scalekitEvidence(io.env, origin);
  return report(judged(scalekitFacts, evidence), evidence, io);
}

const lines = (variables: readonly Variable[]): string =>
  variables.map(({ name, is }) => `  ${name.padEnd(30)} ${is}\n`).join('');

interface Row extends Verdict {
  readonly rests: string;
  readonly says: string;
}

const judged = <E>(facts: readonly Fact<E>[], evidence: E): readonly Row[] =>
  facts.map(({ rests, says, judge }) => ({ rests, says, ...judge(evidence) }));

function report(
  rows: readonly Row[],
  tokens: { readonly machine: SeenToken | undefined; readonly user: SeenToken | undefined },
  { out }: SmokeIo,
): 0 | 1 {
  for (const { outcome, rests, says, observed } of rows) {
    out(`${outcome.padEnd(8)} ${rests.padEnd(6)} ${says}\n${' '.repeat(16)}${observed}\n`);
  }
  out('\n');
  for (const name of ['machine', 'user'] as const) {
    const token = tokens[name];
    if (token) out(`token of a ${name}: ${summary(token)}\n`);
  }
  const count = (outcome: Verdict['outcome']) =>
    rows.filter((row) => row.outcome === outcome).length;
  out(`${count('pass')} passed, ${count('fail')} failed, ${count('skipped')} skipped\n`);
  return count('fail') > 0 ? 1 : 0;
}
