export type { SessionLimits } from '../session/session-pool.js';
export { registerTools, type SdkV1, toolsFor } from './register-tools.js';
export {
  type BuildServer,
  type StatefulEndpoint,
  statefulEndpoint,
} from './stateful-endpoint.js';
export { statelessEndpoint } from './stateless-endpoint.js';
