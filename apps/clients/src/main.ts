import { installClients } from './installed.js';
import { startApp } from './running-app.js';
import { walks } from './walks.js';

// Left alone, a signal ends the process at once, without the `exit` that stops the sample and forgets the newcomers.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const installed = await installClients();
const app = await startApp();
console.log(`The sample is at ${app.url}. Each client comes there for the first time: it finds the
issuer, registers itself, and a person signs in and allows what it asks for.
`);
let failed = 0;
try {
  for (const { name, run } of walks) {
    const started = performance.now();
    try {
      const did = await run(app.url, installed);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`ok    ${name}: ${did} (${seconds} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  await app.close();
  installed.close();
}
console.log(`\n${walks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
