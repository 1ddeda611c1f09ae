import { type ConfigurationProblem, isLoopback } from '@portcullis/core';
import type { Settings } from '../settings.js';

/** Where documents may lie, by the option `clientDocuments`. */
export function documentHosts(
  option: boolean | { readonly hosts: readonly string[] },
): Settings['documentHosts'] {
  if (typeof option === 'object') return new Set(option.hosts);
  return option ? 'any' : new Set();
}

/** What is wrong with the options about client id documents. */
export function documentProblems(
  clientDocuments: unknown,
  mapping: unknown,
): readonly ConfigurationProblem[] {
  return [...hostProblems(clientDocuments), ...mappingProblems(mapping)];
}

function hostProblems(clientDocuments: unknown): readonly ConfigurationProblem[] {
  if (typeof clientDocuments === 'boolean') return [];
  const { hosts } = (clientDocuments ?? {}) as { readonly hosts?: unknown };
  if (!Array.isArray(hosts) || hosts.length === 0) {
    return [
      {
        option: 'clientDocuments',
        problem: 'must be true, false or a list of hosts.',
        remedy: 'Write it as { hosts: ["claude.ai", "vscode.dev"] }.',
      },
    ];
  }
  return hosts
    .filter(
      (host) => !/^[a-z0-9.-]+(:\d+)?$/.test(host) || URL.parse(`https://${host}/`)?.host !== host,
    )
    .map((host) => ({
      option: 'clientDocuments.hosts',
      problem: `has ${JSON.stringify(host)}, which is no host as it stands in a URL.`,
      remedy: 'Write it in lower case without "https://", as "app.example".',
    }));
}

function mappingProblems(mapping: unknown): readonly ConfigurationProblem[] {
  if (typeof mapping !== 'object' || mapping === null) {
    return [
      {
        option: 'dangerouslyMapClientDocuments',
        problem: 'must be an object.',
        remedy: 'Write it as { "https://app.example": "http://127.0.0.1:4000" }.',
      },
    ];
  }
  const isOrigin = (text: unknown): text is string =>
    typeof text === 'string' && URL.canParse(text) && new URL(text).origin === text;
  return Object.entries(mapping)
    .filter(
      ([from, to]) =>
        !isOrigin(from) || !from.startsWith('https:') || !isOrigin(to) || !isLoopback(new URL(to)),
    )
    .map(([from]) => ({
      option: `dangerouslyMapClientDocuments["${from}"]`,
      problem: 'must map an https: origin to an origin on loopback.',
      remedy: 'Write it as { "https://app.example": "http://127.0.0.1:4000" }.',
    }));
}
