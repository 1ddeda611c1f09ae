export { registerTools, type SdkV2, toolsFor } from './register-tools.js';
