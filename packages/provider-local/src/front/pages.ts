import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestIdOf } from '../engine/engine-context.js';
import { errorPage } from '../pages/error-page.js';
import { handBackPage } from '../pages/hand-back-page.js';
import type { HandBackView, PageFrame } from '../pages/views.js';
import type { Settings } from '../settings.js';

/** Why a page says no. */
export type ErrorKind = 'expired' | 'answered' | 'forged' | 'invalid' | 'unavailable' | 'failed';

/** The pages that need no more than the request. */
export interface Pages {
  readonly frame: PageFrame;
  error(kind: ErrorKind, requestId: string): { readonly status: number; readonly page: string };
  /** For an error of the protocol that is not sent to the client. */
  protocolError(requestId: string, status: number, error: string): string;
  handBack(ctx: KoaContextWithOIDC, location: string): string;
}

const texts: Readonly<
  Record<ErrorKind, { readonly status: number; readonly title: string; readonly advice: string }>
> = {
  expired: {
    status: 400,
    title: 'This sign-in has expired',
    advice: 'Nothing was allowed. Go back to the app that you came from and start again.',
  },
  answered: {
    status: 409,
    title: 'This page was already answered',
    advice: 'Your first answer counts. You can close this page and go back to the app.',
  },
  forged: {
    status: 403,
    title: 'This answer was not accepted',
    advice:
      'It did not come from the page that this browser was shown. Go back to the app and start again.',
  },
  invalid: {
    status: 400,
    title: 'This request is not valid',
    advice: 'The app that sent you here made a mistake. Tell its makers the code below.',
  },
  unavailable: {
    status: 503,
    title: 'Signing in does not work right now',
    advice: 'Nothing was allowed. Try again in a minute.',
  },
  failed: {
    status: 500,
    title: 'Something went wrong here',
    advice:
      'Nothing was allowed. Try again, and tell the operator the code below if it happens again.',
  },
};

/** Advice for the errors that people meet; all others get the general one. */
const protocolTexts: Readonly<Record<string, { readonly title: string; readonly advice: string }>> =
  {
    invalid_client: {
      title: 'This app is not known here',
      advice:
        'Its registration is missing or could not be read. Remove the connection in the app and connect again.',
    },
    invalid_redirect_uri: {
      title: 'This app wants to send you somewhere it never registered',
      advice: 'Nothing was allowed, and you were not sent on. Tell the makers of the app.',
    },
    temporarily_unavailable: texts.unavailable,
    too_many_requests: {
      title: 'Too many apps are asking at once',
      advice: 'Nothing was allowed. Wait a minute, go back to the app and start again.',
    },
    server_error: texts.failed,
  };

/** Where the style sheet lies, below the path of the issuer. */
export const STYLESHEET_PATH = '/portcullis.css';

/** Makes the pages of one issuer. */
export function createPages(settings: Settings): Pages {
  const frame: PageFrame = {
    serverName: settings.resources[0].name,
    issuerHost: new URL(settings.issuer).host,
    stylesheet: `${settings.basePath}${STYLESHEET_PATH}`,
  };
  return {
    frame,
    error(kind, requestId) {
      const { status, title, advice } = texts[kind];
      return { status, page: errorPage({ ...frame, status, title, advice, requestId }) };
    },
    protocolError(requestId, status, error) {
      const { title, advice } = protocolTexts[error] ?? texts.invalid;
      return errorPage({ ...frame, status, title, advice, error, requestId });
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
