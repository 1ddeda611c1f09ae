export { type HonoOptions, toHono } from './to-hono.js';
