import type { AuditSink, AuthProvider, Principal, ProofChecker } from '@portcullis/core';
import type { LocalProviderOptions, PagesOptions } from '@portcullis/provider-local';
import type { Routes } from '../host/site.js';

/** Who signs people in, as far as the app has to know. */
export interface Identity {
  /** Says whose a token is. */
  readonly provider: AuthProvider;
  /** Checks the proofs of tokens that are bound to a key, where the issuer binds them. */
  readonly proofs?: ProofChecker;
  /** Whether a caller may read what is the administrator's. */
  readonly isAdministrator: (principal: Principal) => boolean;
  /** Sign-in, consent and token endpoints, where the issuer is part of this server. */
  readonly routes?: Routes;
  /** Where people see and remove what they have connected, if that is here too. */
  readonly connectedApps?: string;
  /**
   * Asks the issuer once, at start-up.
   *
   * @throws {ConfigurationError} when it contradicts our configuration.
   * @throws {ProviderUnavailableError} when it cannot be asked.
   */
  readonly ready?: () => Promise<void>;
  /** Closes the files. */
  readonly close?: () => Promise<void>;
}

/** What an identity is set up with, beside its configuration. */
export interface IdentitySetting {
  readonly publicUrl: string;
  readonly dataDir: string;
  /** The public URI of the MCP server. */
  readonly resource: string;
  readonly audit: readonly AuditSink[];
  /** Told what the operator should look at in the vendor's dashboard. */
  readonly report: (message: string) => void;
  /** How pages look, the embedded issuer's too. Default: its own look. */
  readonly pages?: PagesOptions;
  /** Further options of the embedded issuer. */
  readonly local?: Partial<
    Pick<LocalProviderOptions, 'clients' | 'resources' | 'dangerouslyMapClientDocuments'>
  >;
}
