import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonlSink } from '@portcullis/core/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { portcullis } from '../session.harness.js';

let folder: string;
let file: string;
let lines: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  file = join(folder, 'audit.jsonl');
  await rm(file, { force: true });
  const sink = jsonlSink({ path: file, onFailure: 'block' });
  for (let at = 1; at <= 5; at += 1) await sink.write({ at } as never);
  await sink.close();
  lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
});

const verify = (...words: readonly string[]) =>
  portcullis(['audit', 'verify', ...words], {}, { directory: folder });
const rewrite = (changed: readonly string[]) => writeFile(file, `${changed.join('\n')}\n`);
const headOf = (out: string) => /head ([0-9a-f]{64})$/m.exec(out)?.[1] ?? '';

describe('audit verify', () => {
  it('prints the head of a file that is intact, and says what that does not show', async () => {
    const { code, out, err } = await verify('audit.jsonl');
    expect([code, err]).toEqual([0, '']);
    expect(out.replace(headOf(out), 'HEAD')).toBe(
      'audit.jsonl is intact: 5 lines, head HEAD\nLines cut from the end show only against a head that was noted elsewhere: --head <sha256>.\n',
    );
    expect((await verify(file, '--head', headOf(out))).out).toBe(
      `${file} is intact: 5 lines, head ${headOf(out)}\n`,
    );
    expect((await verify(file, '--head', headOf(out).toUpperCase())).code).toBe(0);
  });

  it('counts one line, and none', async () => {
    await rewrite(lines.slice(0, 1));
    expect((await verify(file)).out).toContain('audit.jsonl is intact: 1 line, head ');
    await truncate(file);
    expect((await verify(file)).out).toContain(
      `audit.jsonl is intact: 0 lines, head ${'0'.repeat(64)}\n`,
    );
  });

  it('mentions a line that is being written', async () => {
    await writeFile(file, '{"seq', { flag: 'a' });
    const { code, out } = await verify(file);
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toBe(
      'After the last line stand 5 bytes of one that is being written, or that a crash cut off.',
    );
  });

  it.each<[string, (all: readonly string[]) => readonly string[], string]>([
    [
      'altered',
      ([a = '', b = '', ...rest]) => [a, b.replace('"at":2', '"at":9'), ...rest],
      'line 3 does not follow from line 2: one of the two was changed.',
    ],
    [
      'dropped',
      ([a = '', , ...rest]) => [a, ...rest],
      'line 2 does not have the number 2: a line was left out, inserted or moved.',
    ],
    [
      'inserted',
      ([a = '', b = '', ...rest]) => [a, b, b, ...rest],
      'line 3 does not have the number 3: a line was left out, inserted or moved.',
    ],
    [
      'cut from the start',
      ([, ...rest]) => rest,
      'line 1 does not have the number 1: a line was left out, inserted or moved.',
    ],
    [
      'made the first',
      ([a = '', ...rest]) => [a.replace(/"0{64}"/, `"${'1'.repeat(64)}"`), ...rest],
      'line 1 does not begin a chain: it was changed.',
    ],
    ['no JSON', ([a = '', ...rest]) => [a, '{', ...rest], 'line 2 is no audit line.'],
    ['empty', ([a = '', ...rest]) => [a, '', ...rest], 'line 2 is no audit line.'],
    [
      'absurd',
      ([a = '', ...rest]) => [a, '['.repeat(100_000), ...rest],
      'line 2 is no audit line.',
    ],
    ['null', ([a = '', ...rest]) => [a, 'null', ...rest], 'line 2 is no audit line.'],
  ])('names the first line that does not fit: %s', async (_, change, sentence) => {
    await rewrite(change(lines));
    expect(await verify('audit.jsonl')).toEqual({
      ...{ code: 1, out: `audit.jsonl is BROKEN: ${sentence}\n`, err: '' },
    });
  });

  it('refuses a line of any length, without reading it to its end', async () => {
    const handle = await open(file, 'w');
    // A hole: it takes no room, and has no line end.
    await handle.truncate(8 * 1024 ** 3);
    await handle.close();
    const started = performance.now();
    expect((await verify('audit.jsonl')).out).toBe(
      'audit.jsonl is BROKEN: line 1 is no audit line.\n',
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('finds lines cut from the end against a head that was noted', async () => {
    const { out } = await verify(file);
    await rewrite(lines.slice(0, 3));
    expect((await verify(file)).code).toBe(0);
    expect(await verify('audit.jsonl', '--head', headOf(out))).toEqual({
      code: 1,
      out: 'audit.jsonl is BROKEN: its 3 lines follow from each other, but none has the head that was noted: lines were cut from the end, or the file was written anew.\n',
      err: '',
    });
  });

  it('is no verdict where the file cannot be read', async () => {
    expect(await verify('nothing.jsonl')).toEqual({
      ...{ code: 2, out: '', err: 'Cannot verify nothing.jsonl: it is not there.\n' },
    });
    expect(await verify('.')).toEqual({
      ...{ code: 2, out: '', err: 'Cannot verify .: EISDIR.\n' },
    });
    expect((await verify('\u001b[2J.jsonl')).err).toBe(
      'Cannot verify \\u001b[2J.jsonl: it is not there.\n',
    );
  });

  it.each([
    [[], 'The file is missing. Pass the path of one audit file.'],
    [[''], 'The file is missing. Pass the path of one audit file.'],
    [['a', 'b'], 'The file came more than once. Pass the path of one audit file.'],
    [
      ['a', '--head', 'abc'],
      '--head is no SHA-256 in hexadecimal. Pass the 64 characters that an earlier run printed after "head".',
    ],
    [['a', '--verbose'], '--verbose is no option of audit verify. See portcullis audit --help.'],
  ])('refuses %j', async (words, sentence) => {
    expect(await verify(...words)).toEqual({
      ...{ code: 2, out: '', err: `Cannot verify:\n  ${sentence}\n` },
    });
  });
});
