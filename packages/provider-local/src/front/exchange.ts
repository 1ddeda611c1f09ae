import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RemoveRegistration } from '../clients/remove-registration.js';
import type { Engine } from '../engine/engine.js';
import type { IssuerAudit } from '../issuer-audit.js';
import type { IssuerKeys } from '../keys/issuer-keys.js';
import { clientAddress } from '../limits/client-address.js';
import type { AccessOf } from '../revocation/live-access.js';
import type { Settings } from '../settings.js';
import { setPageHeaders } from './answers.js';
import { type EngineRequest, engineRequest } from './engine-request.js';
import type { Pages } from './pages.js';

/** What all endpoints share. */
export interface Front {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  readonly pages: Pages;
  readonly keys: IssuerKeys;
  readonly engine: Engine;
  readonly removeRegistration: RemoveRegistration;
  /** Ends access, and tells every gate. */
  revoke(of: AccessOf, by: 'operator' | 'person' | 'upstream provider'): Promise<void>;
}

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly requestId: string;
}

/** What a request for the engine is made from beside the exchange. */
export type EngineTarget = Pick<
  EngineRequest,
  'method' | 'target' | 'body' | 'authorization' | 'dpop'
>;

/** The exchange's request in the form that the engine sees. */
export function forEngine(front: Front, exchange: Exchange, target: EngineTarget): IncomingMessage {
  const { headers } = exchange.request;
  return engineRequest(front.settings, {
    ...target,
    requestId: exchange.requestId,
    address: clientAddress(exchange.request, front.settings.trustedProxies),
    ...(headers.cookie === undefined ? {} : { cookie: headers.cookie }),
  });
}

/** Lets the engine answer a browser. */
export function askEngineForPage(front: Front, exchange: Exchange, target: string): void {
  setPageHeaders(exchange.response);
  front.engine.handle(forEngine(front, exchange, { method: 'GET', target }), exchange.response);
}
