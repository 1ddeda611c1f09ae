import {
  type Caller,
  type Challenge,
  ConfigurationError,
  type Gate,
  type Principal,
} from '@portcullis/core';

/** Whose messages come over a connection: exactly one of the two. */
export interface IdentityOptions {
  /** From `stdioPrincipal`. */
  readonly principal?: Principal | undefined;
  /** An access token for this server, without its scheme, such as `process.env.MCP_TOKEN`. A token that is bound to a key is refused. */
  readonly token?: string | undefined;
}

/** Who is at the other end of a connection, asked anew for each message: a token ends, and can be revoked. */
export interface Identity {
  /** @throws {ProviderUnavailableError} when the issuer cannot be asked. */
  identify(): Promise<Caller | Challenge>;
  /** Whether whoever was identified last may still be told things unasked. */
  current(): boolean;
  /** Stops listening for revocations. */
  end(): void;
}

/**
 * Finds out who is at the other end.
 *
 * @throws {ConfigurationError} when nobody is named, or two are, or the token is refused.
 * @throws {ProviderUnavailableError} when the issuer cannot be asked about the token.
 */
export async function openIdentity(
  gate: Gate,
  { principal, token }: IdentityOptions,
  clock: () => number,
): Promise<Identity> {
  if ((principal === undefined) === (token === undefined)) {
    const problem =
      principal === undefined
        ? 'and "token" are both missing: nobody would be let in.'
        : 'and "token" are both given.';
    const remedy = 'Pass stdioPrincipal(…), or the access token from the environment.';
    throw new ConfigurationError([{ option: 'principal', problem, remedy }]);
  }
  if (principal) {
    const caller: Caller = { kind: 'caller', principal };
    return { identify: async () => caller, current: () => true, end: () => {} };
  }
  const identity = byToken(gate, token ?? '', clock);
  const first = await identity.identify();
  if (first.kind === 'caller') return identity;
  throw refusedToken(first);
}

function byToken(gate: Gate, token: string, clock: () => number): Identity {
  const headers = headersFor(token);
  let known: Principal | undefined;
  let revoked = false;
  let unwatch = () => {};
  return {
    async identify() {
      // As if it came over HTTP, so that nothing is asked of it here that is not asked there.
      const caller = await gate.authenticate(new Request(gate.resource, { headers }));
      if (caller.kind === 'challenge') {
        revoked = true;
        return caller;
      }
      if (caller.principal !== known || revoked) {
        unwatch();
        known = caller.principal;
        revoked = false;
        unwatch =
          caller.onRevoked?.(() => {
            revoked = true;
          }) ?? unwatch;
      }
      return caller;
    },
    current: () => !revoked && known !== undefined && known.expiresAt * 1000 > clock(),
    end: () => unwatch(),
  };
}

function headersFor(token: string): Headers {
  try {
    return new Headers({ authorization: `Bearer ${token.trim()}` });
  } catch {
    const problem = 'holds characters that no token has.';
    throw new ConfigurationError([
      { option: 'token', problem, remedy: 'Pass the token alone, without its scheme.' },
    ]);
  }
}

/** Says why by its code alone: the rest could quote the token. */
function refusedToken({ because, error }: Challenge): ConfigurationError {
  const reason = because && 'kind' in because ? because.code : (error ?? 'token_malformed');
  return new ConfigurationError([
    {
      option: 'token',
      problem: `is refused: ${reason}.`,
      remedy: 'Start the server with a valid access token that was issued for it.',
    },
  ]);
}
