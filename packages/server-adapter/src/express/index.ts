export { toExpress } from './to-express.js';
