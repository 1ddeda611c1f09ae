import type { Target } from '../target.js';
import { authorization } from './authorization.js';
import { jsonRpc } from './json-rpc.js';
import { jwt } from './jwt.js';
import { resources } from './resources.js';
import { scopes } from './scopes.js';
import { sealed } from './sealed.js';
import { streams } from './streams.js';

/** Every parser that strangers reach. */
export const targets: readonly Target[] = [
  scopes,
  authorization,
  jsonRpc,
  jwt,
  resources,
  streams,
  sealed,
];
