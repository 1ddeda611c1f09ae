export { toFastify } from './to-fastify.js';
