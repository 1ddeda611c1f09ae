import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as root from './index.js';
import * as jwt from './jwt/index.js';
import * as node from './node/index.js';
import * as testing from './testing/index.js';

const readme = () => readFile(new URL('../README.md', import.meta.url), 'utf8');

describe('the public names', () => {
  it('are these and no others', () => {
    expect(Object.keys(root).sort()).toEqual([
      'AuditUnavailableError',
      'AuthError',
      'ConfigurationError',
      'DownstreamRefusedError',
      'InsufficientScopeError',
      'MAX_SCOPE_LENGTH',
      'MAX_SCOPE_SEGMENTS',
      'MAX_TOKEN_LENGTH',
      'ProviderUnavailableError',
      'auditLine',
      'byIssuer',
      'challengeHeader',
      'challengeResponse',
      'consoleSink',
      'createAuditLog',
      'createGate',
      'decideScopes',
      'defineScopes',
      'endpointProblems',
      'identifierProblems',
      'isEndpointUrl',
      'isLoopback',
      'isScopeToken',
      'memoryReplayStore',
      'memorySink',
      'openTelemetrySink',
      'parseScope',
      'parseScopeList',
      'pinoSink',
      'postgresSink',
      'rejection',
      'resourceMetadataUrl',
      'sha256',
      'toAuditActor',
      'unavailableResponse',
    ]);
    expect(Object.keys(jwt).sort()).toEqual([
      'claimAt',
      'createGrantReader',
      'createJwtVerifier',
      'createLocalKeys',
      'createRemoteKeys',
      'discoverIssuer',
      'dpopProofs',
      'exchangeToken',
      'grantMappingProblems',
      'issuerMetadataUrls',
      'judgeClaims',
      'memoryReplayStore',
      'onceAMinute',
      'postForm',
      'principalFromJwt',
      'toleratingOutage',
      'untilAborted',
    ]);
    expect(Object.keys(node).sort()).toEqual(['jsonlSink', 'keyFile', 'verifyAuditFile']);
    expect(Object.keys(testing).sort()).toEqual([
      'badTokenKinds',
      'badTokens',
      'createFakeAuthorization',
      'createFakeIssuer',
      'createFakeProver',
      'createFakeSigner',
      'faultPairs',
      'oauthFault',
      'opaqueToken',
      'providerContract',
      'startFakeServer',
    ]);
  });

  it('include every error code, and the README has all of them', async () => {
    const codes: Record<root.AuthErrorCode, true> = {
      CONFIGURATION_INVALID: true,
      PROVIDER_UNAVAILABLE: true,
      INSUFFICIENT_SCOPE: true,
      AUDIT_UNAVAILABLE: true,
      DOWNSTREAM_REFUSED: true,
    };
    const rejections: Record<root.RejectionCode, true> = {
      token_malformed: true,
      token_expired: true,
      token_not_yet_valid: true,
      token_revoked: true,
      signature_invalid: true,
      issuer_unknown: true,
      audience_mismatch: true,
      claims_invalid: true,
      proof_invalid: true,
      nonce_required: true,
    };
    const text = await readme();
    for (const code of [...Object.keys(codes), ...Object.keys(rejections)])
      expect(text).toContain(`\`${code}\``);
  });
});

describe('the root entry', () => {
  it('imports nothing: it runs wherever Request and Response do', async () => {
    const files = (await import('node:fs')).globSync(
      '{audit,http,proof,provider,scope,token}/*.ts',
      {
        cwd: import.meta.dirname,
      },
    );
    const sources = [
      'index.ts',
      'gate.ts',
      'gate-options.ts',
      'equals-safely.ts',
      'errors.ts',
      'own-copy.ts',
      'sha256.ts',
      ...files,
    ].filter((file) => !/\.test(-d)?\.ts$/.test(file));
    expect(sources.length).toBeGreaterThan(20);
    for (const source of sources) {
      const text = await readFile(new URL(source, import.meta.url), 'utf8');
      expect(text.match(/from '[^.][^']*'/g) ?? [], source).toEqual([]);
    }
  });
});
