export { registerTools, type SdkV1, toolsFor } from './register-tools.js';
