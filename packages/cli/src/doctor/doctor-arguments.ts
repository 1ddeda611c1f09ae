import { isLoopback, MAX_TOKEN_LENGTH } from '@portcullis/core';
import type { Io } from '../io.js';
import type { Problem } from '../problem.js';
import { readOptions } from '../read-options.js';

/** The command line of `portcullis doctor`, checked. */
export interface DoctorArguments {
  readonly url: string;
  readonly json: boolean;
  readonly register: boolean;
  readonly token?: string;
}

/**
 * Reads what follows `portcullis doctor`.
 *
 * @returns The problems, all at once. None repeats a word that could be a token.
 */
export async function readDoctorArguments(
  given: readonly string[],
  io: Io,
): Promise<DoctorArguments | readonly Problem[]> {
  const {
    values,
    words,
    problems: misread,
  } = readOptions(given, {
    ...{ command: 'doctor', help: 'portcullis doctor --help' },
    options: {
      json: 'boolean',
      register: 'boolean',
      'token-env': 'string',
      'token-stdin': 'boolean',
      'dangerously-allow-http': 'boolean',
    },
    secrets:
      'A command line ends up in the history: name the variable with --token-env, or pipe the token in with --token-stdin.',
  });
  const problems = [...misread];
  const [url = '', ...more] = words;
  if (more.length > 0 && problems.length === 0) {
    problems.push({
      ...{ option: 'The command line', problem: 'has more than one URL.' },
      remedy: 'Every value follows its option; the rest is the URL of one MCP server.',
    });
  }
  if (more.length === 0) problems.push(...urlProblems(url, values.has('dangerously-allow-http')));
  const token = await readToken(values, io);
  if (typeof token === 'object') problems.push(token);
  if (problems.length > 0) return problems;
  return {
    ...{ url, json: values.has('json'), register: values.has('register') },
    ...(typeof token === 'string' ? { token } : {}),
  };
}

function urlProblems(url: string, http: boolean): readonly Problem[] {
  const option = 'The URL';
  const remedy = 'Pass the one that clients are given, such as https://finance.example.com/mcp.';
  if (url === '') return [{ option, problem: 'is missing.', remedy }];
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return [{ option, problem: 'is no http or https URL.', remedy }];
  }
  const target = new URL(url);
  if (target.username !== '' || target.password !== '' || url.includes('#')) {
    return [{ option, problem: 'must have neither credentials nor a fragment.', remedy }];
  }
  if (target.protocol === 'http:' && !isLoopback(target) && !http) {
    const problem = 'is on plain HTTP, which clients use on loopback only.';
    const instead = 'Pass the https URL; --dangerously-allow-http looks at this one all the same.';
    return [{ option, problem, remedy: instead }];
  }
  return [];
}

async function readToken(
  values: ReadonlyMap<string, string>,
  { env, stdin }: Io,
): Promise<string | Problem | undefined> {
  const name = values.get('token-env');
  const piped = values.has('token-stdin');
  if (name !== undefined && piped) {
    const option = '--token-env and --token-stdin';
    return { option, problem: 'exclude each other.', remedy: 'Choose one.' };
  }
  if (name === undefined && !piped) return undefined;
  const option = piped ? '--token-stdin' : '--token-env';
  const text = piped ? await stdin?.() : Object.hasOwn(env, name ?? '') ? env[name ?? ''] : '';
  const token = (text ?? '').trim();
  if (token === '') {
    const problem = piped ? 'got nothing.' : 'names a variable that is not set.';
    const remedy = piped
      ? 'Pipe the access token in.'
      : 'Pass the name of the environment variable that holds the token, not the token.';
    return { option, problem, remedy };
  }
  // RFC 6750 §2.1
  if (/^[A-Za-z0-9\-._~+/]+=*$/.test(token) && token.length <= MAX_TOKEN_LENGTH) return token;
  const problem = 'leads to something that is no access token.';
  return { option, problem, remedy: 'Give the token alone, without "Bearer".' };
}
