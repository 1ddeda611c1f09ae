import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checks } from '../checks/index.js';
import {
  type ConformanceIssuer,
  externalIssuer,
  startIssuer,
} from '../issuer/conformance-issuer.js';
import { createKey, keyFromFile } from '../issuer/key-file.js';
import { emptyPlan, type Plan, PlanError, readPlan } from '../plan/plan.js';
import { toJunit } from '../report/junit.js';
import { toSarif } from '../report/sarif.js';
import { toText } from '../report/text.js';
import { UnusableServerError } from '../suite/meet.js';
import { conforms } from '../suite/report.js';
import { runConformance } from '../suite/run-conformance.js';
import { parseJson } from '../wire/messages.js';
import { sendOverHttp } from '../wire/send-over-http.js';
import { type Arguments, readArguments } from './arguments.js';
import { help } from './help.js';
import type { ExitCode, Io } from './io.js';

/** Something that the caller can put right, in a sentence. */
class Misuse extends Error {}

/**
 * Runs the command line `portcullis-conformance …`.
 *
 * @param words - What follows the program's name.
 */
export async function commandLine(words: readonly string[], io: Io): Promise<ExitCode> {
  const given = readArguments(words);
  if (!('command' in given)) {
    io.err(`${given.join('\n')}\nSee portcullis-conformance --help.\n`);
    return 2;
  }
  try {
    switch (given.command) {
      case 'help':
        io.out(help);
        return words.length === 0 ? 2 : 0;
      case 'checks':
        io.out(listOfChecks());
        return 0;
      case 'issuer':
        return await serveIssuer(given, io);
      case 'run':
        return await runChecks(given, io);
    }
  } catch (error) {
    if (!(error instanceof Misuse || error instanceof UnusableServerError)) throw error;
    io.err(`${error.message}\n`);
    return 2;
  }
}

async function runChecks(given: Arguments, io: Io): Promise<ExitCode> {
  const { url, strict, json, junit, sarif, timeoutMs } = given;
  const plan = await planFrom(given, io);
  const issuer = await issuerFor(given, io);
  try {
    const send = sendOverHttp({ timeoutMs });
    const report = await runConformance({ url, issuer, plan, send });
    io.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : toText(report, { strict }));
    if (junit !== undefined) await save(io, junit, toJunit(report, { strict }));
    if (sarif !== undefined) await save(io, sarif, toSarif(report));
    return conforms(report, { strict }) ? 0 : 1;
  } finally {
    await issuer.close();
  }
}

async function serveIssuer(given: Arguments, io: Io): Promise<ExitCode> {
  const issuer = await issuerFor(given, io);
  io.out(
    `${issuer.issuer} serves its metadata and keys. It signs for everybody: Ctrl-C ends it.\n`,
  );
  await io.interrupted();
  await issuer.close();
  return 0;
}

async function issuerFor(given: Arguments, io: Io): Promise<ConformanceIssuer> {
  const { issuer, key, algorithm, port } = given;
  const privateKey =
    key === undefined
      ? await createKey(algorithm)
      : await keyFromFile(resolve(io.directory, key), algorithm).catch(misuse);
  if (issuer !== undefined) return externalIssuer(issuer, { privateKey, algorithm }).catch(misuse);
  return startIssuer({ port, algorithm, privateKey }).catch(misuse);
}

async function planFrom({ plan }: Arguments, io: Io): Promise<Plan> {
  if (plan === undefined) return emptyPlan;
  const text = await readFile(resolve(io.directory, plan), 'utf8').catch(() => {
    throw new Misuse(`The plan ${plan} cannot be read.`);
  });
  const value = parseJson(text);
  if (value === undefined) throw new Misuse(`The plan ${plan} is no JSON.`);
  try {
    return readPlan(value);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw new Misuse(`The plan ${plan} is wrong:\n${error.message}`);
  }
}

async function save(io: Io, file: string, text: string): Promise<void> {
  await writeFile(resolve(io.directory, file), text).catch(() => {
    throw new Misuse(`${file} cannot be written.`);
  });
}

function misuse(error: unknown): never {
  throw new Misuse(error instanceof Error ? error.message : String(error));
}

function listOfChecks(): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.map(
    ({ id, level, title }) => `${id.padEnd(width)}  ${level.padEnd(6)}  ${title}`,
  );
  return `${lines.join('\n')}\n`;
}
