import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toolPolicy } from '../policy.js';
import { scopes } from '../scopes.js';
import type { Services } from '../services.js';
import { answer, answering } from './answer.js';
import { scopesOf } from './scopes-of.js';

const outputSchema = z.object({
  subject: z.string(),
  actor: z.enum(['user', 'client']),
  clientId: z.string(),
  issuer: z.string(),
  scopes: z.array(z.string()),
  mapped: z
    .array(
      z.object({
        by: z.enum(['prefix', 'role']),
        claim: z.string(),
        value: z.string(),
        scopes: z.array(z.string()),
      }),
    )
    .describe('Scopes that stand for a role, a group or a prefixed scope of the issuer.'),
  expiresAt: z.string(),
  tools: z.array(
    z.object({
      name: z.string(),
      callable: z.enum(['yes', 'in part', 'no']).describe('In part: with some arguments only.'),
      missing: z.array(z.string()).describe('Scopes that would make it callable in full.'),
    }),
  ),
});

type Standing = z.infer<typeof outputSchema>['tools'][number];

/** How a tool stands with these grants. A tool whose scope depends on an argument can be callable in part. */
function standing(name: keyof typeof toolPolicy, granted: readonly string[]): Standing {
  const all = scopesOf(name);
  const missing = [...scopes.missing(granted, all)];
  const dependsOnArguments = 'possible' in toolPolicy[name];
  if (missing.length === 0) return { name, callable: 'yes', missing };
  const some = dependsOnArguments && missing.length < all.length;
  return { name, callable: some ? 'in part' : 'no', missing };
}

/** Tells a caller who it is here, what it can call, and what to ask for where it cannot. Any valid token will do. */
export function registerWhoami(server: McpServer, services: Services): void {
  server.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description:
        'Says who you are to this server, what you were granted, which tools you can call and which scope each of the others lacks.',
      inputSchema: z.object({}),
      outputSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    (_input, context) =>
      answering('whoami', () => {
        const { subject, actor, clientId, issuer, expiresAt, ...rest } = services.caller(context);
        const mapped = (rest.mapped ?? []).map((grant) => ({
          ...grant,
          scopes: [...grant.scopes],
        }));
        const names = Object.keys(toolPolicy) as (keyof typeof toolPolicy)[];
        const tools = names.map((name) => standing(name, rest.scopes));
        const who = actor === 'user' ? `${subject}, through ${clientId}` : `${clientId}, a service`;
        const lines = tools.map(({ name, callable, missing }) =>
          missing.length === 0
            ? `${name}: yes`
            : `${name}: ${callable}, ask for ${missing.join(' ')}`,
        );
        const text = [
          `You are ${who}.`,
          `Granted: ${rest.scopes.join(' ') || 'nothing'}`,
          ...mapped.map(
            ({ claim, value, scopes: given }) => `Through ${claim} "${value}": ${given.join(' ')}`,
          ),
          ...lines,
        ];
        return answer(text.join('\n'), {
          subject,
          actor,
          clientId,
          issuer,
          scopes: [...rest.scopes],
          mapped,
          expiresAt: new Date(expiresAt * 1000).toISOString(),
          tools,
        });
      }),
  );
}
