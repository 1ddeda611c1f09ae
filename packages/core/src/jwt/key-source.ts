/** Which key a token asks for, read from its header and not yet trusted. */
export interface KeyQuery {
  readonly alg: string;
  /** Compared with the published ids, never used as a path, a query or a file name. */
  readonly kid?: string;
}

/** What a {@link KeySource} found. */
export type KeyAnswer =
  | {
      readonly kind: 'key';
      readonly key: CryptoKey;
      /** Seconds for which the answer may be relied on before the source should be asked again. Default: for ever. */
      readonly freshFor?: number;
    }
  /** No published key fits, or more than one does. The issuer could be asked, so this is a verdict. */
  | { readonly kind: 'no_key'; readonly detail: string };

/** Where the public keys of one issuer come from. */
export interface KeySource {
  /**
   * The one key that a header names.
   *
   * @param signal - Ends the wait of this caller, not a fetch that others wait for.
   * @throws {ProviderUnavailableError} when the keys cannot be had: an outage is no verdict.
   */
  find(query: KeyQuery, signal: AbortSignal): Promise<KeyAnswer>;
  /**
   * Told when a key that was there is gone, so that what it verified is open again.
   *
   * @returns A function that ends the listening.
   */
  onRetired(listen: () => void): () => void;
}
