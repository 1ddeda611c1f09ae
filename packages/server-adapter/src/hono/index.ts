export { toHono } from './to-hono.js';
