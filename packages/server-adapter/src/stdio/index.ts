export type { IdentityOptions } from './identity.js';
export type { MessageTransport } from './message-transport.js';
export {
  type ProtectedTransport,
  type ProtectTransportOptions,
  protectTransport,
} from './protect-transport.js';
export type { Connectable } from './serving.js';
export { type StdioPrincipalOptions, stdioPrincipal } from './stdio-principal.js';
