import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import type { AppExtras } from '../app.js';
import type { ConnectedApps } from './connected-apps.js';
import type { Offer } from './offer.js';
import type { Account, Person } from './person.js';

/** One who signs people in, on loopback until the tour ends: what it is called, where it is, what it offers. */
export interface Vendor {
  /** Stands before its paths, such as `Auth0`; empty where it has the origin of the MCP server. */
  readonly name: string;
  /** As a sentence calls it: `Auth0`, `the issuer`. */
  readonly called: string;
  /** Who it is, for the list of those who take part. */
  readonly introduction: string;
  readonly origin: string;
  /** As tokens and metadata name it. */
  readonly issuer: string;
  /** The environment variables that the app is started with, beside its port and folder. */
  readonly variables: Readonly<Record<string, string>>;
  /** What only the embedded issuer can be told. */
  readonly local?: AppExtras['local'];
  /** Never printed. */
  readonly secrets: readonly string[];
  /** The `sub` of Ada's tokens. */
  readonly subject: string;
  /** With what Ada signs in, where there are pages to do it on. */
  readonly account?: Account;
  /** Sits Ada down at the keyboard. */
  person(fetch: typeof globalThis.fetch): Person;
  /** What happens when the browser opens: at the first sign-in, and when the app asks for more. */
  readonly browser: { readonly first: string; readonly again: string };
  readonly app: AppRegistration;
  readonly machine: Machine;
  /** A second server that trusts the same issuer. It never runs: only its name matters. */
  readonly elsewhere: { readonly resource: string; readonly issuer: string };
  readonly offers: Offers;
  close(): Promise<void>;
}

/** How the app came to its client id. */
interface AppRegistration {
  /** A sentence or two. */
  readonly introduction: string;
  readonly clientId: string;
}

/** A program without a person. */
interface Machine {
  /** How it proves itself, in a sentence. */
  readonly introduction: string;
  /** Its side of it, as the MCP SDK wants it. */
  readonly provider: OAuthClientProvider;
}

/** What not everybody offers. */
interface Offers {
  /** No other kind of PKCE than S256. */
  readonly strictPkce: Offer<true>;
  /** `iss` in the answers to the browser (RFC 9207). */
  readonly issuerInAnswers: Offer<true>;
  /** Clients that are known by a document of their own (CIMD). */
  readonly clientDocuments: Offer<true>;
  /** Pages on which Ada allows scope by scope, or refuses. */
  readonly consentPages: Offer<true>;
  /** Clients that register themselves (RFC 7591); what their new names look like. */
  readonly registration: Offer<{ readonly clientId: RegExp }>;
  /** A refresh token that comes twice ends all that came of it; on what that depends, if it does. */
  readonly reuseDetection: Offer<{ readonly where?: string }>;
  /** Access tokens that die with their grant. */
  readonly revocation: Offer<true>;
  /** A page on which people see and remove the apps that may act for them. */
  readonly connectedApps: Offer<ConnectedApps>;
  /** To be away while the MCP server is there. */
  readonly outage: Offer<Outage>;
}

/** How a provider goes away, and comes back. */
interface Outage {
  /** @returns An access token that was made at the last moment, with a key that nobody has seen yet. */
  begin(): Promise<string>;
  end(): void;
}
