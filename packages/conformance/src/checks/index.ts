import type { Check } from '../suite/check.js';
import { batches } from './batches.js';
import { bearer } from './bearer.js';
import { browsers } from './browsers.js';
import { challenges } from './challenges.js';
import { claims } from './claims.js';
import { defaultDeny } from './default-deny.js';
import { headers } from './headers.js';
import { lists } from './lists.js';
import { metadata } from './metadata.js';
import { order } from './order.js';
import { scopes } from './scopes.js';
import { sessions } from './sessions.js';
import { signatures } from './signatures.js';
import { streams } from './streams.js';

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [
  ...metadata,
  ...challenges,
  ...bearer,
  ...claims,
  ...signatures,
  ...scopes,
  ...defaultDeny,
  ...headers,
  ...batches,
  ...lists,
  ...browsers,
  ...order,
  ...sessions,
  ...streams,
];
