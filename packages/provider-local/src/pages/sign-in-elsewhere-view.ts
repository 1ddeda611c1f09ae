import type { ClientTrust, ConsentView, PageFrame, RedirectTarget } from './views.js';

/** Who is asked to sign in elsewhere, for whom, and what went wrong the last time. */
export interface SignInElsewhereView extends PageFrame {
  readonly action: string;
  readonly csrf: string;
  /** The client that wants to connect; none where somebody signs in to look after what is connected. */
  readonly client?: {
    /** As the client claims; cleaned and cut by the page. */
    readonly name: string;
    readonly trust: ClientTrust;
    readonly redirect: RedirectTarget;
    readonly resource: string;
    readonly technical: ConsentView['technical'];
  };
  /** What the upstream provider is to ask, after a try that failed. */
  readonly prompt?: string;
  /** What people call the upstream provider. */
  readonly upstreamName: string;
  readonly upstreamHost: string;
  /** What it is asked for. */
  readonly upstreamScopes: readonly string[];
  readonly problem?:
    | { readonly kind: 'throttled'; readonly retryAfter: number }
    /** It could not be asked. */
    | { readonly kind: 'unavailable' }
    /** It signed the person in, who is not welcome here. */
    | { readonly kind: 'refused' }
    /** It signed nobody in. */
    | { readonly kind: 'declined' }
    /** Its answer could not be believed. */
    | { readonly kind: 'invalid' }
    /** The sign-in there is too old for what the client asks. */
    | { readonly kind: 'stale' }
    /** Access was taken away since the person signed in there. */
    | { readonly kind: 'ended' };
}

/** The page that sends a browser on to the upstream provider. */
export interface SignInHandOverView extends PageFrame {
  readonly upstreamName: string;
  /** Where it asks people to sign in; checked again by the page. */
  readonly location: string;
}
