import { randomUUID } from 'node:crypto';
import {
  AuthError,
  type AuthProvider,
  DownstreamRefusedError,
  ProviderUnavailableError,
} from '@portcullis/core';
import { errors } from 'oidc-provider';
import type { Engine } from '../engine/engine.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { Settings } from '../settings.js';
import { exchangeToken } from './token-exchange.js';

/** What {@link exchangeInProcess} works with. */
export interface InProcessExchange {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  engine(): Promise<Engine>;
}

/**
 * Exchanges for an MCP server in this process, without a request and without its authentication. Nothing where no server may call
 * another.
 */
export function exchangeInProcess({
  settings,
  audit,
  engine,
}: InProcessExchange): AuthProvider['exchange'] {
  if (!settings.resources.some(({ server }) => server?.exchange)) return undefined;
  return async (token, { audience, scopes }, { resource, now }) => {
    const by = settings.resources.find((known) => known.resource === resource);
    const { clientId = '' } = by?.server ?? {};
    const requestId = randomUUID();
    try {
      const { exchangeTools: tools } = await engine();
      const client = await tools.provider.Client.find(clientId);
      if (!by || !client) throw new errors.UnauthorizedClient('the server has no name here');
      const exchanged = await exchangeToken(tools, {
        by,
        client,
        subjectToken: token.value,
        audiences: [audience],
        scope: scopes.length > 0 ? scopes.join(' ') : undefined,
        jkt: undefined,
        requestId,
      });
      const { value, scheme, expiresIn } = exchanged;
      return { value, scheme, expiresAt: Math.floor(now) + expiresIn };
    } catch (cause) {
      if (AuthError.isInstance(cause)) throw cause;
      if (!(cause instanceof errors.OIDCProviderError)) {
        throw new ProviderUnavailableError('The embedded issuer cannot answer now.', { cause });
      }
      const detail = cause.error_detail ?? cause.error_description ?? cause.message;
      await audit.record(requestId, 'token_refused', {
        ...(clientId ? { clientId } : {}),
        detail,
      });
      throw new DownstreamRefusedError(cause.error, { cause });
    }
  };
}
