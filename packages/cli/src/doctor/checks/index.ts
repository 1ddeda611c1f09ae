import { type Check, phases } from '../verdict.js';
import { access } from './access.js';
import { browsers } from './browsers.js';
import { challenge } from './challenge.js';
import { document } from './document.js';
import { endpoint } from './endpoint.js';
import { issuer } from './issuer.js';
import { keys } from './keys.js';
import { registration } from './registration.js';

/** All checks, in the order of the report. */
export const checks: readonly Check[] = phases.flatMap((phase) =>
  [
    ...[...endpoint, ...challenge, ...document, ...issuer, ...keys, ...registration],
    ...[...browsers, ...access],
  ].filter((check) => check.phase === phase),
);
