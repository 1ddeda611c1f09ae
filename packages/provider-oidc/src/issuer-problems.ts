import { type ConfigurationProblem, identifierProblems } from '@portcullis/core';
import { issuerList, TENANT } from './issuer-list.js';
import type { OidcProviderOptions } from './oidc-options.js';

/** What is wrong with the issuer, its tenants and where its keys and metadata are. */
export function issuerProblems(options: OidcProviderOptions): readonly ConfigurationProblem[] {
  const { issuer, tenants, jwksUri, authorizationServers, metadataUrl } = options;
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });

  const given: readonly unknown[] = [issuer ?? []].flat();
  if (given.length === 0 || !given.every((each) => typeof each === 'string' && each !== '')) {
    report('issuer', 'is missing.', 'Pass the issuer identifier as it stands in "iss".');
    return problems;
  }
  const isTemplate = typeof issuer === 'string' && issuer.includes(TENANT);
  if (!isTemplate && given.some((each) => String(each).includes('{'))) {
    const remedy = `Pass one template that holds "${TENANT}", or the issuers written out.`;
    report('issuer', 'lists a template.', remedy);
    return problems;
  }
  if (isTemplate && issuer.split(TENANT).length > 2) {
    report('issuer', `holds "${TENANT}" more than once.`, 'Write it once.');
  }
  if (isTemplate && !tenants?.length) {
    report('tenants', 'is missing.', 'List the tenants whose people and clients may call.');
    return problems;
  }
  if (!isTemplate && tenants) {
    report('tenants', 'is given for an issuer that is no template.', `Write "${TENANT}" into it.`);
  }
  if (tenants?.some((tenant) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tenant))) {
    report('tenants', 'names what is no tenant.', 'Use the ids that stand in "iss" and "tid".');
    return problems;
  }
  if (isTemplate && tenants && tenants.length > 1 && (metadataUrl ?? jwksUri) === undefined) {
    const remedy = 'Pass the metadata that all tenants share, or "jwksUri".';
    report('metadataUrl', 'is missing: several tenants have no one place for it.', remedy);
  }
  const { issuers } = issuerList(options);
  const webless = issuers.some((each) => !/^https?:\/\//.test(each));
  if (webless && (jwksUri === undefined || authorizationServers === undefined)) {
    const remedy = 'Pass "jwksUri" and "authorizationServers" as well.';
    report('issuer', 'is no URL, so nobody can find its keys or its metadata by it.', remedy);
  }
  const remedy = 'Write it as it stands in "iss", such as "https://login.example.com/realms/acme".';
  for (const each of issuers) {
    if (/^https?:\/\//.test(each)) problems.push(...identifierProblems('issuer', each, remedy));
  }
  return problems;
}
