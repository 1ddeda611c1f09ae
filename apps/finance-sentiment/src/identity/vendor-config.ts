import type { EnvironmentReader } from '../environment.js';

/** What every provider but the embedded one may be told. Whether it is right, and all there, is for the vendor's package to say. */
export interface VendorConfig {
  /** The claim that holds roles or groups, or the names that lead to it; what they stand for is in `roles.ts`. Default: none. */
  readonly roleClaim?: readonly [string, ...string[]];
}

/** A nested claim is written as the names that lead to it, with spaces between them. */
export function readRoleClaim(reader: EnvironmentReader): VendorConfig {
  const [first, ...rest] = reader.text('ROLE_CLAIM')?.split(/\s+/) ?? [];
  return first === undefined ? {} : { roleClaim: [first, ...rest] };
}
