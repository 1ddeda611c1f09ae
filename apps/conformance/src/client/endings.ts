import type { SuiteRun } from '../suite/run-suite.js';
import type { Verdict } from '../suite/verdict.js';

/**
 * Where the client has to stop, and over what. The suite sees only that no code or token was sent; a client that broke down for a reason of
 * its own would pass.
 */
const stops: Readonly<Record<string, RegExp>> = {
  // The server never has enough (CL-11).
  'auth/scope-retry-limit': /^stopped: UnauthorizedError: /,
  // The document of the resource is about another one (CL-02), that of the issuer about another issuer (CL-04).
  'auth/resource-mismatch': /^stopped: Error: Protected resource \S+ does not match expected /,
  'auth/metadata-issuer-mismatch':
    /^stopped: IssuerMismatchError: Issuer mismatch in authorization server metadata /,
  // The answer comes from another issuer, or does not say from which (CL-17).
  'auth/iss-supported-missing': /^stopped: IssuerMismatchError: .* received undefined$/,
  'auth/iss-wrong-issuer':
    /^stopped: IssuerMismatchError: .* received "https:\/\/evil\.example\.com"$/,
  'auth/iss-unexpected':
    /^stopped: IssuerMismatchError: .* received "https:\/\/evil\.example\.com"$/,
  'auth/iss-normalized': /^stopped: IssuerMismatchError: .* received "http:\/\/localhost:\d+\/"$/,
  // Not about authorization: these servers have no call, or answer the last one with a result of no type.
  'json-schema-ref-no-deref': /^stopped: ProtocolError: Method not found$/,
  'sep-2322-client-request-state': /^stopped: SdkError: .* missing required resultType /,
};

/** Adds a complaint for each scenario in which the client did not end as it should, such as one that ran out of time. */
export function withEndings(verdict: Verdict, { said }: Pick<SuiteRun, 'said'>): Verdict {
  const unscored = new Set(verdict.unscored.map(({ name }) => name));
  const wrong = [...said].flatMap(([scenario, text]) => {
    const ending = text.trimEnd().split('\n').at(-1) ?? '';
    const fits = stops[scenario]?.test(ending) ?? ending === 'done';
    if (fits || unscored.has(scenario)) return [];
    return [`${scenario}: the client ended with "${ending || 'nothing'}"`];
  });
  return {
    ...verdict,
    holds: verdict.holds && wrong.length === 0,
    complaints: [...verdict.complaints, ...wrong],
  };
}
