import { styleText } from 'node:util';
import { about } from './about.js';
import { clientSnippets } from './clients.js';
import type { Config } from './config.js';
import type { LocalConfig } from './identity/local-config.js';
import { vendorRows } from './identity/vendor-rows.js';

/** Bold where the terminal wants it: not in a pipe, not with NO_COLOR. */
const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);

/**
 * What `start` prints: where to connect, who signs people in, what to copy. Secrets are shown only if they were made for this run,
 * since nobody else knows them then.
 */
export function banner(
  config: Config,
  { mcpUrl, issuer }: { readonly mcpUrl: string; readonly issuer: string },
): string {
  const { identity, alphaVantage, dataDir, publicUrl, adminPassword } = config;
  const rows = [
    ['MCP server', bold(mcpUrl)],
    ['Front page', `${publicUrl}/ ${dim('(how to connect each client)')}`],
    ...(identity.name === 'local'
      ? localRows(identity, issuer)
      : vendorRows(identity, issuer, mcpUrl)),
    ['News', alphaVantage ? 'live from Alpha Vantage' : 'embedded, invented companies'],
    ['Data', dataDir],
    [
      'Audit',
      adminPassword
        ? `${publicUrl}/admin/audit ${dim('(opens with ADMIN_PASSWORD)')}`
        : dim('set ADMIN_PASSWORD to see who did what'),
    ],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  const table = rows.map(([name = '', value]) => `  ${name.padEnd(width)}${value}`);
  const snippets = clientSnippets(mcpUrl).map(({ client, where, snippet, note }) =>
    [
      `  ${bold(client)}  ${dim(where)}`,
      ...snippet.split('\n').map((line) => `    ${line}`),
      ...(note ? [`    ${dim(note)}`] : []),
    ].join('\n'),
  );
  return [
    bold(`${about.title} is up.`),
    ...table,
    '',
    bold('Connect a client'),
    snippets.join('\n\n'),
    '',
    dim('Ctrl+C stops the server.'),
  ].join('\n');
}

function localRows(config: LocalConfig, issuer: string): string[][] {
  const { demoUser, demoPassword, machineSecret, made, adminPassword } = config;
  const person = made.demoPassword ? demoPassword : dim('the password in DEMO_PASSWORD');
  const machine = made.machineSecret ? machineSecret : dim('the secret in MACHINE_CLIENT_SECRET');
  return [
    ['Issuer', `${issuer} ${dim('(sign-in and consent, on the same origin)')}`],
    ['Demo user', `${demoUser}   ${person}`],
    ...(adminPassword
      ? [['Administrator', `admin   ${dim('the password in ADMIN_PASSWORD')}`]]
      : []),
    ['Connected apps', `${issuer}/connected-apps ${dim('(people see and remove them there)')}`],
    ['Machine client', `nightly-report   ${machine}`],
  ];
}
