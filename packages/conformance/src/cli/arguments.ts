import { parseArgs } from 'node:util';
import type { FakeAlgorithm } from '@portcullis/core/testing';

/** The command line, checked. */
export interface Arguments {
  readonly command: 'run' | 'issuer' | 'checks' | 'help';
  readonly url: string;
  readonly plan?: string;
  readonly port: number;
  readonly issuer?: string;
  readonly key?: string;
  readonly algorithm: FakeAlgorithm;
  readonly json: boolean;
  readonly junit?: string;
  readonly sarif?: string;
  readonly strict: boolean;
  readonly timeoutMs: number;
}

const algorithms: readonly string[] = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'];
const options = {
  url: { type: 'string' },
  plan: { type: 'string' },
  port: { type: 'string', default: '4444' },
  issuer: { type: 'string' },
  key: { type: 'string' },
  algorithm: { type: 'string', default: 'ES256' },
  json: { type: 'boolean', default: false },
  junit: { type: 'string' },
  sarif: { type: 'string' },
  strict: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '5' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads the command line.
 *
 * @returns The problems, all at once.
 */
export function readArguments(words: readonly string[]): Arguments | readonly string[] {
  const parsed = parse(words);
  if ('problem' in parsed) return [parsed.problem];
  const { values, positionals } = parsed;
  const [command = 'help', ...rest] = positionals;
  if (values.help || command === 'help') return { ...defaults, command: 'help' };
  if (command === 'checks') return { ...defaults, command };
  const problems = rest.map((word) => `Nothing is called ${JSON.stringify(word)} here.`);
  if (command !== 'run' && command !== 'issuer') {
    return [`There is no command ${JSON.stringify(command)}: write run, issuer or checks.`];
  }

  const { url = '', issuer, key, algorithm } = values;
  const [port, seconds] = [Number(values.port), Number(values.timeout)];
  if (command === 'run') problems.push(...urlProblems('--url', url));
  if (command === 'run' && issuer !== undefined) {
    problems.push(...urlProblems('--issuer', issuer));
    if (key === undefined) problems.push('--issuer needs --key, the private key of that issuer.');
  }
  if (command === 'issuer' && key === undefined) {
    problems.push('issuer needs --key <file>, which run --issuer will sign with.');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push('--port must be a number from 1 to 65535.');
  }
  if (!(seconds >= 0.1 && seconds <= 60)) problems.push('--timeout must be 0.1 to 60 seconds.');
  if (!algorithms.includes(algorithm)) {
    problems.push(`--algorithm must be one of ${algorithms.join(', ')}.`);
  }
  if (problems.length > 0) return problems;
  const { plan, junit, sarif, json, strict } = values;
  return {
    ...{ command, url, port, json, strict, timeoutMs: seconds * 1000 },
    algorithm: algorithm as FakeAlgorithm,
    ...(plan === undefined ? {} : { plan }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(key === undefined ? {} : { key }),
    ...(junit === undefined ? {} : { junit }),
    ...(sarif === undefined ? {} : { sarif }),
  };
}

const defaults: Arguments = {
  ...{ command: 'help', url: '', port: 4444, algorithm: 'ES256' },
  ...{ json: false, strict: false, timeoutMs: 5000 },
};

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const [problem = ''] = String((error as Error).message).split('. ');
    return { problem: `${problem}.` };
  }
}

function urlProblems(option: string, value: string): readonly string[] {
  if (value === '') return [`${option} is missing.`];
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return [`${option} must be an http or https URL.`];
  }
  const { hash, username, password } = new URL(value);
  if (hash !== '' || username !== '' || password !== '') {
    return [`${option} must have no fragment and no credentials.`];
  }
  return [];
}
