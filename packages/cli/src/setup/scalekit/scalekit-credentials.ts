import { identifierProblems } from '@portcullis/core';
import type { Io } from '../../io.js';
import type { Problem } from '../../problem.js';
import { type ScalekitApi, scalekitApi } from './scalekit-api.js';

/** An environment and its management API. */
export interface ScalekitAccess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly api: ScalekitApi;
  /** `res_…`, where the operator names the MCP server. */
  readonly resourceId: string | undefined;
}

/** Reads the environment variables. Asks nobody. */
export function scalekitCredentials(io: Io): ScalekitAccess | readonly Problem[] {
  const { env, retries = 3 } = io;
  // A secret that came out of a file often has a line break at its end.
  const read = (name: string): string => env[name]?.trim() ?? '';
  const [clientId, clientSecret] = [read('SCALEKIT_CLIENT_ID'), read('SCALEKIT_CLIENT_SECRET')];
  const url = read('SCALEKIT_ENVIRONMENT_URL').replace(/\/+$/, '');
  const remedy = 'It is in the dashboard under Settings > API Credentials.';
  const missing = (option: string): Problem => ({ option, problem: 'is missing.', remedy });
  const problems = [
    ...(url === '' ? [missing('SCALEKIT_ENVIRONMENT_URL')] : environmentProblems(url)),
    ...(clientId === '' ? [missing('SCALEKIT_CLIENT_ID')] : []),
    ...(clientSecret === '' ? [missing('SCALEKIT_CLIENT_SECRET')] : []),
  ];
  if (problems.length > 0) return problems;
  return {
    url,
    api: scalekitApi({ url, clientId, clientSecret, retries, report: (text) => io.err(text) }),
    resourceId: read('SCALEKIT_RESOURCE_ID') || undefined,
  };
}

function environmentProblems(url: string): readonly Problem[] {
  const option = 'SCALEKIT_ENVIRONMENT_URL';
  const remedy = 'Write the URL of the environment, such as https://acme.scalekit.dev.';
  const problems = identifierProblems(option, url).map((problem) => ({ ...problem, remedy }));
  if (problems.length > 0 || new URL(url).pathname === '/') return problems;
  return [{ option, problem: 'has a path.', remedy }];
}
