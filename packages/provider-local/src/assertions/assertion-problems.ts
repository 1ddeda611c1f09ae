import { type ConfigurationProblem, endpointProblems, identifierProblems } from '@portcullis/core';
import { clientProblems, type RegisteredClient } from '../clients/registered-client.js';
import { resourceServers } from '../clients/resource-servers.js';
import { JWT_BEARER } from '../grants/grant-types.js';
import { isKnown } from '../grants/scope-choice.js';
import type { LocalProviderOptions, LocalResource } from '../local-options.js';
import type { IdentityProvider, Workload, WorkloadIssuer } from './assertion-options.js';
import { workloadClients } from './workload-clients.js';

type Report = (member: string, problem: string, remedy: string) => void;

const reporter =
  (problems: ConfigurationProblem[], option: string): Report =>
  (member, problem, remedy) =>
    problems.push({ option: `${option}${member}`, problem, remedy });

/** What is wrong with those whose assertions are to be trusted. Of callers without TypeScript, also what is missing. */
export function assertionProblems(options: LocalProviderOptions): readonly ConfigurationProblem[] {
  const { identityProviders = [], workloadIssuers = [], resources = [], clients = [] } = options;
  const taken = new Set(
    [...clients, ...resourceServers(resources)].map((client) => client?.clientId),
  );
  return [
    ...identityProviders.flatMap((given, index) =>
      providerProblems(given, `identityProviders[${index}]`),
    ),
    ...repeated('identityProviders', identityProviders),
    ...workloadIssuers.flatMap((given, index) =>
      platformProblems(given, `workloadIssuers[${index}]`, resources, taken),
    ),
    ...repeated('workloadIssuers', workloadIssuers),
    ...clients.flatMap((client, index) =>
      client?.grantTypes?.includes(JWT_BEARER) && identityProviders.length === 0
        ? [
            {
              option: `clients[${index}].grantTypes`,
              problem: `has "${JWT_BEARER}", but nobody is trusted to make assertions.`,
              remedy: 'Set "identityProviders".',
            },
          ]
        : [],
    ),
  ];
}

function providerProblems(
  given: IdentityProvider,
  option: string,
): readonly ConfigurationProblem[] {
  const { issuer, jwksUri, tenants, account }: Partial<IdentityProvider> = given ?? {};
  const problems = [...sourceProblems(option, issuer, jwksUri)];
  const report = reporter(problems, option);
  if (typeof account !== 'function') {
    const remedy = 'Say whose account belongs to a person, by issuer, subject and tenant.';
    report('.account', 'is missing.', remedy);
  }
  if (tenants !== undefined && !isListOfText(tenants)) {
    report('.tenants', 'names no tenant.', 'List them, or leave it out if there is one only.');
  }
  return problems;
}

/** @param taken - Names that others have; those of its workloads are added. */
function platformProblems(
  given: WorkloadIssuer,
  option: string,
  resources: readonly LocalResource[],
  taken: Set<string>,
): readonly ConfigurationProblem[] {
  const { issuer, jwksUri, workloads = [] }: Partial<WorkloadIssuer> = given ?? {};
  const problems = [...sourceProblems(option, issuer, jwksUri)];
  if (workloads.length === 0) {
    const remedy = 'Say which of its programs may come.';
    reporter(problems, option)('.workloads', 'is empty.', remedy);
  }
  for (const [place, workload] of workloads.entries()) {
    const at = `${option}.workloads[${place}]`;
    const report = reporter(problems, at);
    problems.push(...nameProblems(at, workload));
    if (taken.has(workload.clientId)) {
      const remedy = 'Give each client, MCP server and workload its own.';
      report('.clientId', `"${workload.clientId}" is used twice.`, remedy);
    }
    taken.add(workload.clientId);
    reportRule(workload, resources, report);
  }
  return problems;
}

function repeated(
  option: string,
  issuers: readonly { readonly issuer: string }[],
): readonly ConfigurationProblem[] {
  const names = issuers.map((given) => given?.issuer);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            option: `${option}[${index}].issuer`,
            problem: 'is there twice.',
            remedy: 'Say once what it may vouch for.',
          },
        ],
  );
}

function sourceProblems(
  option: string,
  issuer: unknown,
  jwksUri: unknown,
): readonly ConfigurationProblem[] {
  const remedy = 'Write it as it stands in "iss".';
  return [
    ...identifierProblems(`${option}.issuer`, issuer, remedy),
    ...endpointProblems(`${option}.jwksUri`, jwksUri),
  ];
}

/** Its name and its scopes, as those of any client. */
function nameProblems(option: string, workload: Workload): readonly ConfigurationProblem[] {
  const [client] = workloadClients([{ issuer: '', workloads: [workload] }]);
  const known = { ...client, grantTypes: [], name: 'workload' } as unknown as RegisteredClient;
  return clientProblems([known], new Set()).map((found) => ({
    ...found,
    option: found.option.replace('clients[0]', option),
  }));
}

/** EXT-62: without a `sub`, everybody who can have a token of the platform could come. */
function reportRule(
  { subject, claims = {}, resource, scopes }: Workload,
  resources: readonly LocalResource[],
  report: Report,
): void {
  if (!isListOfText([subject].flat())) {
    const remedy = 'Write the whole "sub" of the workload; other claims alone are not enough.';
    report('.subject', 'is missing or empty.', remedy);
  }
  const values: readonly unknown[] = Object.values(claims);
  if (values.some((value) => !['string', 'number', 'boolean'].includes(typeof value))) {
    report('.claims', 'has a value that is no text, number or boolean.', 'Name the exact value.');
  }
  const [first] = resources;
  const target =
    resource === undefined ? first : resources.find((known) => known.resource === resource);
  if (!target) {
    report('.resource', `"${resource}" is none of "resources".`, 'Add it there.');
    return;
  }
  if (!scopes?.length) {
    report('.scopes', 'is empty.', 'List the most that the workload can have.');
  }
  for (const scope of scopes ?? []) {
    if (isKnown(target.scopes, scope)) continue;
    const problem = `has ${JSON.stringify(scope)}, which means nothing to that server.`;
    report('.scopes', problem, 'Declare it there, or correct the spelling.');
  }
}

function isListOfText(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'string' && one !== '')
  );
}
