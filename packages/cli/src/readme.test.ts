import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { METADATA, members } from './doctor/broken/damage.harness.js';
import { checks } from './doctor/checks/index.js';
import { startWard } from './doctor/doctor.harness.js';
import { auditHelp, doctorHelp, setupHelp } from './help.js';
import { portcullis } from './session.harness.js';
import { auth0Bench } from './setup/auth0/auth0.harness.js';
import { managementScopes } from './setup/auth0/auth0-failure.js';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
const optionsIn = (text: string) => [...new Set(text.match(/(?<=[\s`])--[a-z-]+/g))].sort();

it('has the same options in the README as in the help', () => {
  const ofNpm = ['--save-dev'];
  const ofRun = ['--help'];
  const named = optionsIn(readme).filter((each) => ![...ofNpm, ...ofRun].includes(each));
  expect(named).toEqual(optionsIn([auditHelp, doctorHelp, setupHelp].join('\n')));
});

it('lists the scopes of the Management API that an error names too', () => {
  const [, block = ''] = /```text\n(read:resource_servers[^`]*)```/.exec(readme) ?? [];
  expect(block.split(/\s+/).filter((scope) => scope !== '')).toEqual(managementScopes.split(' '));
});

it('shows what a run really prints', async () => {
  const { fake, setup } = await auth0Bench();
  await setup('--apply');
  const { tenant } = fake;
  tenant.settings = { ...tenant.settings, resource_parameter_profile: 'audience' };
  for (const api of tenant.apis.values()) {
    const scopes = api.scopes.filter(({ value }) => value !== 'mcp:tools:pay');
    tenant.apis.set(api.id, { ...api, scopes, allow_offline_access: false });
  }
  const { out } = await setup();
  await fake.close();
  const shown = out.replace(new URL(fake.issuer).host, 'acme.eu.auth0.com');
  expect(readme).toContain(`\`\`\`text\n${shown}\`\`\``);
});

it('shows what doctor really prints', async () => {
  const ward = await startWard();
  ward.damage(members(METADATA, (origin) => ({ resource: `${origin}/mcp/` })));
  const { out } = await portcullis(['doctor', ward.url]);
  await ward.close();
  const { host } = new URL(ward.origin);
  const shown = out.replaceAll(host, '127.0.0.1:3000').replace(/after \d+ ms/, 'after 12 ms');
  expect(readme).toContain(`\`\`\`text\n${shown}\`\`\``);
});

it('lists every check of doctor', () => {
  const rows = checks.map(({ id, phase, title }) => `| \`${id}\` | ${phase} | ${title} |\n`);
  expect(readme).toContain(`|---|---|---|\n${rows.join('')}\n`);
});
