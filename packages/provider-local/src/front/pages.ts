import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestIdOf } from '../engine/engine-context.js';
import { errorPage } from '../pages/error-page.js';
import { handBackPage } from '../pages/hand-back-page.js';
import { createSite, type Site } from '../pages/site.js';
import { texts } from '../pages/texts.js';
import type { HandBackView } from '../pages/views.js';
import type { Settings } from '../settings.js';

/** Why a page says no. */
export type ErrorKind = 'expired' | 'answered' | 'forged' | 'invalid' | 'unavailable' | 'failed';

/** The pages that need no more than the request. */
export interface Pages extends Site {
  error(kind: ErrorKind, requestId: string): { readonly status: number; readonly page: string };
  /** For an error of the protocol that is not sent to the client. */
  protocolError(requestId: string, status: number, error: string): string;
  handBack(ctx: KoaContextWithOIDC, location: string): string;
}

const statuses: Readonly<Record<ErrorKind, number>> = {
  expired: 400,
  answered: 409,
  forged: 403,
  invalid: 400,
  unavailable: 503,
  failed: 500,
};

/** What the errors of the protocol that people meet are called; all others are invalid requests. */
const protocolErrors: Readonly<Record<string, keyof typeof texts.errors>> = {
  invalid_client: 'unknownClient',
  invalid_redirect_uri: 'strangeRedirect',
  invalid_request_uri: 'lostRequest',
  temporarily_unavailable: 'unavailable',
  too_many_requests: 'tooMany',
  server_error: 'failed',
};

/** Makes the pages of one issuer. */
export function createPages(settings: Settings): Pages {
  const site = createSite({
    name: settings.resources[0].name,
    url: settings.issuer,
    files: `${settings.basePath}/portcullis`,
    pages: settings.pages,
  });
  const { frame } = site;
  return {
    ...site,
    error(kind, requestId) {
      const status = statuses[kind];
      return { status, page: errorPage({ ...frame, ...texts.errors[kind], status, requestId }) };
    },
    protocolError(requestId, status, error) {
      const sentences = texts.errors[protocolErrors[error] ?? 'invalid'];
      return errorPage({ ...frame, ...sentences, status, error, requestId });
    },
    handBack(ctx, location) {
      const { client } = ctx.oidc;
      const clientName = client?.clientName ?? client?.clientId ?? '';
      try {
        return handBackPage({
          ...frame,
          clientName,
          location,
          outcome: outcomeOf(new URL(location).searchParams),
        });
      } catch {
        // The page checks the location once more; what it refuses leads nowhere.
        ctx.status = 400;
        return this.protocolError(requestIdOf(ctx), 400, 'invalid_redirect_uri');
      }
    },
  };
}

/** Only a denial is somebody's decision. A code comes first: a client may have registered a redirect with an `error` of its own. */
function outcomeOf(answer: URLSearchParams): HandBackView['outcome'] {
  if (answer.has('code')) return 'allowed';
  return answer.get('error') === 'access_denied' ? 'denied' : 'failed';
}
