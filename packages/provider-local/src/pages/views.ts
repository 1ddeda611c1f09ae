/** Where a client's claim to its name comes from, and so how far it can be trusted. */
export type ClientTrust =
  /** Set up by the operator. */
  | { readonly kind: 'registered' }
  /** A document fetched over HTTPS from this host (CIMD). */
  | { readonly kind: 'document'; readonly host: string }
  /** Registered itself (RFC 7591): nobody has checked anything. */
  | { readonly kind: 'self_registered' };

/** Where the browser goes after the decision. */
export type RedirectTarget =
  /** `loopback`: a program on this computer; host and port as registered or requested. */
  | { readonly kind: 'loopback'; readonly host: string }
  | { readonly kind: 'https'; readonly host: string }
  /** A private-use scheme, without the colon. */
  | { readonly kind: 'scheme'; readonly scheme: string };

/** What a scope lets the client do; the page has one group for each. */
export type ScopeGroup = 'tools' | 'read' | 'change' | 'run' | 'broad' | 'other';

/** One line with a tick box. */
export interface ScopeChoice {
  readonly scope: string;
  /** The sentence of the vocabulary. */
  readonly description: string;
  /** The sentences of the scopes that come with it. */
  readonly includes?: readonly string[];
  readonly group: ScopeGroup;
  /** Ticked when the page is shown. Broad access never is. */
  readonly ticked: boolean;
  /** Not among what was allowed before, where anything was: a step-up marks it. */
  readonly isNew: boolean;
}

/** What every page of one site has. */
export interface PageFrame {
  /** What the operator calls the server. */
  readonly serverName: string;
  /** What the operator calls the whole. Default: the name of the server. */
  readonly productName?: string;
  /** Where people are, beside the name. */
  readonly host: string;
  /** Where the style sheet lies. */
  readonly stylesheet: string;
  /** Where the picture of the tab lies. */
  readonly icon: string;
  /** The operator's privacy notice; `https:`. */
  readonly privacyUrl?: string;
}

export interface SignInView extends PageFrame {
  readonly action: string;
  readonly csrf: string;
  /** The client that wants to connect; none where somebody signs in to look after what is connected. */
  readonly clientName?: string;
  readonly username?: string;
  readonly problem?:
    | { readonly kind: 'refused' }
    | { readonly kind: 'throttled'; readonly retryAfter: number };
}

export interface ConsentView extends PageFrame {
  readonly action: string;
  readonly csrf: string;
  /** Where "Not you?" posts to sign out of this interaction. */
  readonly switchAccount: string;
  readonly displayName: string;
  /** As the client claims; cleaned and cut by the page. */
  readonly clientName: string;
  readonly trust: ClientTrust;
  readonly redirect: RedirectTarget;
  readonly resource: string;
  /** None: the person can allow nothing of what was asked, and the page offers the way back only. */
  readonly choices: readonly ScopeChoice[];
  /** Scopes allowed earlier, with their sentences; shown collapsed. */
  readonly alreadyAllowed: readonly { readonly scope: string; readonly description: string }[];
  /** How long access lasts at most, in days. */
  readonly lastsDays: number;
  /** Where the page of connected apps lies. */
  readonly connectedApps: string;
  readonly technical: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly requestId: string;
  };
  /** Allow was pressed with nothing ticked, or on a page that asked something else. */
  readonly problem?: 'nothing_ticked' | 'changed';
}

/** What a client may do at one server. */
export interface ServerAccess {
  readonly name: string;
  readonly scopes: readonly { readonly scope: string; readonly description: string }[];
}

/** A client that a person has allowed something. */
export interface ConnectedAppView {
  readonly clientId: string;
  /** As the client claimed; cleaned and cut by the page. */
  readonly clientName: string;
  readonly trust: ClientTrust;
  readonly servers: readonly ServerAccess[];
  /** Seconds since the epoch, both. */
  readonly since: number;
  readonly lastUsed?: number;
}

export interface ConnectedAppsView extends PageFrame {
  readonly csrf: string;
  readonly displayName: string;
  /** Where "Remove" posts to. */
  readonly remove: string;
  readonly signOut: string;
  readonly apps: readonly ConnectedAppView[];
  /** There are more than are shown. */
  readonly more: boolean;
  /** `stale`: what was pressed on an older page had no effect. */
  readonly notice?:
    | { readonly kind: 'removed'; readonly clientName: string }
    | { readonly kind: 'stale' };
}

/** The page that hands the browser back: a 200 with a refresh, since `form-action` stops redirects after a form. */
export interface HandBackView extends PageFrame {
  readonly clientName: string;
  /** The full redirect with its answer; checked again by the page. */
  readonly location: string;
  /** `failed`: an error that was nobody's decision. */
  readonly outcome: 'allowed' | 'denied' | 'failed';
}

export interface ErrorView extends PageFrame {
  readonly status: number;
  /** A sentence for a person. */
  readonly title: string;
  /** What to do. */
  readonly advice: string;
  /** How to do it, where that differs: by app. */
  readonly ways?: readonly (readonly [app: string, way: string])[];
  /** The OAuth code, for developers. */
  readonly error?: string;
  readonly requestId: string;
}
