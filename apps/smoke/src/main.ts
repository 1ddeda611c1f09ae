import { smoke } from './smoke.js';

process.exitCode = await smoke(process.argv[2], {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
