import { z } from 'zod';

/** What a scenario gives the client. */
export interface Given {
  readonly scenario: string;
  readonly mcpUrl: string;
  readonly revision: '2025-11-25' | '2026-07-28';
  /** Client ids, secrets, keys and calls, as the scenario has them. */
  readonly context: unknown;
}

/** A client that the issuer knows. */
export const registered = z.object({ client_id: z.string(), client_secret: z.string().optional() });

/** One that has a secret. */
export const secretive = registered.required();

/** One that has a key. */
export const keyed = z.object({
  client_id: z.string(),
  private_key_pem: z.string(),
  signing_algorithm: z.string(),
});

/** One whose person has signed in at an identity provider of the enterprise. */
export const identityProvider = secretive.extend({
  idp_client_id: z.string(),
  idp_id_token: z.string(),
  idp_token_endpoint: z.string(),
});

/** One that its platform vouches for. */
export const workload = z.object({ client_id: z.string(), valid_jwt: z.string() });

const arguments_ = z.record(z.string(), z.unknown());
const wanted = z.object({
  toolCalls: z.array(z.object({ name: z.string(), arguments: arguments_ })),
});

/** Numbers for a tool that adds, a region for one that is routed by it. Others take no notice. */
const ANYTHING = { a: 5, b: 3, region: 'us-west1' };

/** The calls that the scenario names, else one of each tool that there is. */
export function toolCalls(
  { context }: Given,
  tools: readonly { readonly name: string; readonly inputSchema: unknown }[],
): readonly { readonly name: string; readonly arguments: Record<string, unknown> }[] {
  const named = wanted.safeParse(context).data;
  if (named) return named.toolCalls;
  const echoed = tools.find(({ name }) => name === 'json_schema_2020_12_tool');
  // Says what it saw of the other tool, so that the suite can tell what got lost on the way.
  if (echoed) return [{ name: 'json_schema_echo', arguments: { schema: echoed.inputSchema } }];
  return tools.map(({ name }) => ({ name, arguments: ANYTHING }));
}
