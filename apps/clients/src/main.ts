import { installClients } from './installed.js';
import { startApp } from './running-app.js';
import { walks } from './walks.js';

const installed = await installClients();
const app = await startApp();
let failed = 0;
try {
  for (const { name, run } of walks) {
    const started = performance.now();
    try {
      const [said = ''] = (await run(app.url, installed)).split('\n');
      if (!/^(You are user:ada|connected)/.test(said)) throw new Error(said);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`ok    ${name}: ${said} (${seconds} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  await app.close();
  await installed.close();
}
console.log(`${walks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
