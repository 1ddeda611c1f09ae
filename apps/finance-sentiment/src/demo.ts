import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { identityNames } from './identity/identity-config.js';

const usage = `Usage: demo [--provider ${identityNames.join('|')}] [--browser | --chromium [--pictures DIR]] [--verbose]

Walks the whole of MCP authorization against real servers on this computer, and checks every step.

  --provider  who signs people in: the embedded issuer (local, the default), or the fake of a vendor; no account is needed
  --browser   you sit at the browser: the tour prints addresses and waits; only with the embedded issuer
  --chromium  a real browser does it, and pictures of its pages are kept in DIR (screenshots); only with the embedded issuer
  --verbose   also show the bodies of requests and answers
  --help      show this text`;

const interruption = new AbortController();

async function main(interrupted: AbortSignal): Promise<number> {
  // Some package managers hand the dashes of "demo -- --verbose" on.
  const args = process.argv.slice(2).filter((argument, index) => index > 0 || argument !== '--');
  try {
    const { values } = parseArgs({
      args,
      options: {
        provider: { type: 'string' },
        browser: { type: 'boolean' },
        chromium: { type: 'boolean' },
        pictures: { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const { provider: wanted = 'local', verbose, browser, chromium, pictures } = values;
    const provider = identityNames.find((name) => name === wanted);
    if (provider === undefined) {
      console.error(`There is no provider "${wanted}".\n\n${usage}`);
      return 2;
    }
    const wrong = browserFault(values, provider);
    if (wrong !== undefined) {
      console.error(`${wrong}\n\n${usage}`);
      return 2;
    }
    const { columns } = process.stdout;
    const at = browser ? 'own' : chromium ? 'chromium' : 'forms';
    // Loaded only now: who asks for help, or asks wrongly, need not wait for all the servers.
    const { run } = await import('./demo/run.js');
    return await run({ provider, verbose, columns, browser: at, pictures, interrupted });
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error;
    console.error(isUsage ? `${error.message}\n\n${usage}` : error);
    return isUsage ? 2 : 1;
  }
}

/** What is wrong with the choice of a browser. */
function browserFault(
  { browser, chromium, pictures }: { browser?: boolean; chromium?: boolean; pictures?: string },
  provider: string,
): string | undefined {
  if (browser && chromium) return 'Choose one of --browser and --chromium.';
  if (pictures !== undefined && !chromium) return '--pictures is for --chromium.';
  if (pictures === '') return '--pictures wants the name of a folder.';
  if ((browser || chromium) && provider !== 'local') {
    return `There is nothing to see: the fake of ${provider} approves without a page.`;
  }
  return undefined;
}

// The tour is on loopback by design. Node would print this warning in the middle of a step.
process.removeAllListeners('warning');
process.on('warning', (warning: Error & { readonly code?: string }) => {
  if (warning.code !== 'PORTCULLIS_PLAIN_HTTP') console.error(warning.stack ?? warning);
});

// Whoever reads the beginning only (`| head`) still wants the servers stopped and the files removed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// The world is taken down before the process ends, and a browser with it. Who cannot wait for that sends a second signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const status = 128 + constants.signals[signal];
    if (interruption.signal.aborted) process.exit(status);
    interruption.abort(status);
  });
}

const status = await main(interruption.signal);
if (interruption.signal.aborted) process.exit(interruption.signal.reason);
process.exitCode = status;
