import type { Era } from '../wire/calls.js';
import type { Stage } from './stage.js';

/** How binding a requirement is. `REC`: the specifications are silent, and this is what is good for everybody. */
export type Level = 'MUST' | 'SHOULD' | 'REC';

/** What a check found. */
export type Verdict =
  | { readonly kind: 'pass' }
  /** What was seen in place of what is right. */
  | { readonly kind: 'fail'; readonly seen: string }
  /** Why there was nothing to check. */
  | { readonly kind: 'skip'; readonly why: string };

/** One requirement, observed from outside. */
export interface Check {
  /** The id of the requirement or of the attack, such as `RS-53` or `ATK-44`. No two checks share one. */
  readonly id: string;
  /** Requirements that it would catch as well. */
  readonly also?: readonly string[];
  /** What the checks around it are about. */
  readonly group: string;
  /** What holds on a sound server, as a sentence. */
  readonly title: string;
  /** What to do when it does not. */
  readonly remedy: string;
  readonly level: Level;
  /** Where the requirement comes from. */
  readonly source: string;
  /** The eras that it is run in, one by one; `any`: it has nothing to do with eras. */
  readonly eras: readonly Era[] | 'any';
  /** Mostly waits, so that others run beside it. */
  readonly waits?: true;
  run(stage: Stage): Promise<Verdict>;
}

export const both: readonly Era[] = ['2026-07-28', '2025-11-25'];
export const modern: readonly Era[] = ['2026-07-28'];
export const legacy: readonly Era[] = ['2025-11-25'];

/** Nothing to check, and why. */
export function skip(why: string): Verdict {
  return { kind: 'skip', why };
}

/** Collects what is not as it should be. */
export interface Findings {
  /** Keeps the sentence unless the condition holds. */
  expect(condition: boolean, seen: () => string): void;
  readonly verdict: Verdict;
}

const MAX_FINDINGS = 4;

/** Makes {@link Findings}. The verdict names the first four. */
export function findings(): Findings {
  const faults: string[] = [];
  return {
    expect(condition, seen) {
      if (!condition) faults.push(seen());
    },
    get verdict(): Verdict {
      if (faults.length === 0) return { kind: 'pass' };
      const more = faults.length - MAX_FINDINGS;
      const named = faults.slice(0, MAX_FINDINGS).join('; ');
      return { kind: 'fail', seen: more > 0 ? `${named}; and ${more} more` : named };
    },
  };
}

/** Adds the group to each check. */
export function group(name: string, checks: readonly Omit<Check, 'group'>[]): readonly Check[] {
  return checks.map((check) => ({ ...check, group: name }));
}

/** Where requirements come from. */
export const source = {
  authorization: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
  discovery:
    'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery',
  security:
    'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/security-considerations',
  http: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http',
  http2025: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports',
  caching: 'https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching',
  tools: 'https://modelcontextprotocol.io/specification/2026-07-28/server/tools',
  subscriptions:
    'https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions',
  base: 'https://modelcontextprotocol.io/specification/2026-07-28/basic',
  practices:
    'https://modelcontextprotocol.io/docs/2026-07-28/tutorials/security/security_best_practices',
  practices2025:
    'https://modelcontextprotocol.io/docs/2025-11-25/tutorials/security/security_best_practices',
  rfc: (number: number, section?: string) =>
    `https://www.rfc-editor.org/rfc/rfc${number}${section ? `#section-${section}` : ''}`,
} as const;
