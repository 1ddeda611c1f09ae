import { freePort } from '../loopback.js';
import { reportLines } from '../suite/report.js';
import { type Verdict, verdictOf } from '../suite/verdict.js';
import { runAuthorization } from './run-authorization.js';
import { type Configuration, type Introduction, startTarget } from './target.js';

const introductions: readonly Introduction[] = [
  'registered by itself',
  'known by its document',
  'set up by the operator',
];

/** Each way of a client to its id, on a bare origin and under a path, with and without a named resource. */
export const configurations: readonly Configuration[] = introductions.flatMap((introduction) => [
  { introduction, path: '', namesResource: false },
  { introduction, path: '/tenant', namesResource: true },
]);

/** Holds one configuration to the suite. */
export async function holdToSuite(configuration: Configuration): Promise<Verdict> {
  const port = await freePort();
  const target = await startTarget(configuration, `http://127.0.0.1:${port}/callback`);
  const { resource, ...asked } = target;
  try {
    return verdictOf(
      await runAuthorization({
        ...asked,
        port,
        ...(configuration.namesResource ? { resource } : {}),
      }),
    );
  } finally {
    await target.close();
  }
}

/** Holds every configuration to the suite and prints what came of it. Returns whether all hold. */
export async function runAll(print: (line: string) => void): Promise<boolean> {
  const verdicts: Verdict[] = [];
  for (const configuration of configurations) {
    const { introduction, path, namesResource } = configuration;
    const verdict = await holdToSuite(configuration);
    verdicts.push(verdict);
    const title = [
      `client ${introduction}`,
      path === '' ? 'issuer without path' : `issuer under ${path}`,
      namesResource ? 'resource named' : 'no resource named',
    ].join(', ');
    for (const line of reportLines(title, verdict)) print(line);
  }
  const sum = (of: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const complaints = sum((verdict) => verdict.complaints.length);
  const skipped = sum((verdict) => verdict.skipped.length);
  print(
    `${sum(({ passed }) => passed)} passed, ${complaints} failed or warned, ${skipped} skipped`,
  );
  return verdicts.every(({ holds }) => holds);
}
