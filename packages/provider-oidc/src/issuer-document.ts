import {
  type DiscoveredIssuer,
  discoverIssuer,
  type FetchBounds,
  untilAborted,
} from '@portcullis/core/jwt';
import type { IssuerList } from './issuer-list.js';

/** The issuer's metadata, read when it is first needed. */
export interface IssuerDocument {
  /**
   * Remembered once it was found. Callers at one time share one request; after a failure none is
   * sent for `retryAfter` seconds.
   *
   * @param signal - Ends the wait of this caller alone.
   */
  read(signal: AbortSignal | undefined): Promise<DiscoveredIssuer>;
  /** What it says may be out of date. */
  forget(): void;
}

/** Reads the metadata of one issuer. Never asks two at once. */
export function issuerDocument(
  list: IssuerList,
  metadataUrl: string | undefined,
  bounds: FetchBounds & { readonly retryAfter: number },
): IssuerDocument {
  const [issuer = ''] = list.issuers;
  const places = {
    issuer: list.metadataIssuer,
    ...(metadataUrl === undefined ? {} : { urls: [metadataUrl] }),
  };
  let found: DiscoveredIssuer | undefined;
  let pending: Promise<DiscoveredIssuer> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function discover(): Promise<DiscoveredIssuer> {
    found = await discoverIssuer(issuer, bounds, places);
    pending = undefined;
    if (found.kind === 'failed') failedAt = Date.now();
    return found;
  }

  return {
    async read(signal) {
      const age = Date.now() - failedAt;
      // A clock that was set back must not keep anybody waiting for hours.
      const recent = age >= 0 && age < bounds.retryAfter * 1000;
      if (found?.kind === 'found' || (found && recent)) return found;
      pending ??= discover();
      return signal ? untilAborted(pending, signal) : pending;
    },
    forget() {
      if (found?.kind === 'found') found = undefined;
    },
  };
}
