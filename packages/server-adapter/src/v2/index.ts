export { registerTools, type SdkV2, toolsFor } from './register-tools.js';
export {
  type StatefulEndpoint,
  type StatefulOptions,
  statefulEndpoint,
} from './stateful-endpoint.js';
