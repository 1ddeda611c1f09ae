import { ProviderUnavailableError } from './errors.js';
import { createGate, type Gate } from './gate.js';
import type { GateOptions } from './gate-options.js';
import type { AuthProvider } from './provider/auth-provider.js';
import { defineScopes, type ScopeVocabulary } from './scope/scope-vocabulary.js';
import type { Principal } from './token/principal.js';
import { rejection } from './token/rejection.js';

/** What these tests protect. */
export type Scope =
  | 'mcp:tools:weather'
  | 'mcp:tools:pay'
  | 'mcp:resources:bills:read'
  | 'mcp:tools:*';

const scopes: ScopeVocabulary<Scope> = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:pay': { description: 'Pay a bill.' },
  'mcp:resources:bills:read': { description: 'Read bills.' },
  'mcp:tools:*': { description: 'Use every tool.' },
});

export const ada: Principal = {
  kind: 'principal',
  actor: 'user',
  issuer: 'https://as.example',
  subject: 'ada',
  clientId: 'client-1',
  tokenId: 'token-1',
  scopes: ['mcp:tools:weather'],
  expiresAt: 2_000_000_000,
  claims: {},
};

/** Answers by the token's text: what a gate makes of an answer is what these tests are about. */
export const provider: AuthProvider = {
  specificationVersion: 'v1',
  id: 'table',
  authorizationServers: ['https://as.example'],
  async verify({ value }) {
    if (value === 'good') return ada;
    if (value === 'bound') return { ...ada, confirmation: { jkt: 'thumbprint' } };
    if (value === 'outage') throw new ProviderUnavailableError('The key set did not answer.');
    return rejection('token_expired', 'The token expired 3 s ago.');
  },
};

/** A gate that differs from the usual one. */
export const gateWith = (options: Partial<GateOptions<Scope>> = {}): Gate<Scope> =>
  createGate<Scope>({
    resource: 'https://mcp.example.com/public/mcp',
    provider,
    scopes,
    baseline: ['mcp:tools:weather'],
    ...options,
  });
export const gate: Gate<Scope> = gateWith();

/** A request for the resource. */
export const post = (headers: Record<string, string> | Headers = {}): Request =>
  new Request('https://mcp.example.com/public/mcp', { method: 'POST', headers });
