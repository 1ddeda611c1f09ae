export { openConnection } from './connection.js';
export { type ConsentingApp, consentingApp } from './consenting-app.js';
export { type MemoryClient, memoryClient } from './memory-client.js';
export { createPerson, type Person } from './person.js';
export { REDIRECT } from './vendor-setting.js';
export { yesBrowser } from './yes-browser.js';
