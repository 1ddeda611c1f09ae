import type { ConfigurationProblem } from '@portcullis/core';
import type { LocalProviderOptions } from './local-options.js';

/** What is wrong with the extensions that are off unless somebody asks for them. */
export function extensionProblems(
  options: Pick<LocalProviderOptions, 'clients' | 'dpop' | 'pushedAuthorizationRequests'>,
): readonly ConfigurationProblem[] {
  const { clients = [], dpop, pushedAuthorizationRequests } = options;
  return [
    ...switchProblems('dpop', dpop, 'nonce'),
    ...switchProblems('pushedAuthorizationRequests', pushedAuthorizationRequests, 'required'),
    ...(dpop
      ? []
      : clients.flatMap((client, index) =>
          client?.dpopBoundAccessTokens
            ? [
                {
                  option: `clients[${index}].dpopBoundAccessTokens`,
                  problem: 'is set, but no proof is looked at here.',
                  remedy: 'Switch on "dpop".',
                },
              ]
            : [],
        )),
  ];
}

function switchProblems(
  option: string,
  value: unknown,
  word: string,
): readonly ConfigurationProblem[] {
  if (value === undefined || typeof value === 'boolean' || value === word) return [];
  return [
    {
      option,
      problem: `must be true, false or "${word}"; got ${JSON.stringify(value)}.`,
      remedy: 'Leave it out for false.',
    },
  ];
}
