import { formBrowser } from '@portcullis/provider-local/testing';
import { runSuite, type SuiteRun } from '../suite/run-suite.js';
import type { Target } from './target.js';

/** Settings of {@link runAuthorization}. */
export interface AuthorizationOptions extends Pick<Target, 'issuer'> {
  /** Without one, the suite skips the code grant. */
  readonly clientId?: string;
  readonly resource?: string;
  /** Where the suite waits for the code: `http://127.0.0.1:<port>/callback`. */
  readonly port: number;
  readonly person: Target['person'];
}

/** The suite itself waits five minutes for a browser. */
const PATIENCE_MS = 30_000;

/** Runs the authorization mode, and signs a person in where the suite asks for a browser. */
export function runAuthorization(options: AuthorizationOptions): Promise<SuiteRun> {
  const { issuer, clientId, resource, port, person } = options;
  return runSuite({
    command: [
      'authorization',
      ...['--url', issuer, '--port', String(port)],
      ...(clientId === undefined ? [] : ['--client-id', clientId]),
      ...(resource === undefined ? [] : ['--resource', resource]),
    ],
    patienceMs: PATIENCE_MS,
    async onLine(line) {
      if (!line.startsWith(`${issuer}/authorize?`)) return;
      await fetch(await formBrowser().authorize(line, person));
    },
  });
}
