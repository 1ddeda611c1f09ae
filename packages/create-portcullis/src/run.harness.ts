import { cpSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Io, run } from './run.js';
import { writeTemplate } from './template/write-template.js';

/** A folder of a test's own. Remove it when the test is over. */
export const newFolder = (): string =>
  realpathSync(mkdtempSync(join(tmpdir(), 'create-portcullis-')));

/** Makes the template below a folder, as the build does. @returns Where it is. */
export async function makeTemplate(folder: string): Promise<string> {
  const template = join(folder, 'dist/template');
  await writeTemplate(template);
  return template;
}

/** The same without the folders of `src`, which is enough for most tests and quicker. @returns Where it is. */
export function makeSmall(template: string): string {
  const small = join(template, '../small');
  cpSync(template, small, {
    recursive: true,
    filter: (path) => !/\/src\/[^/]+\//.test(path.slice(template.length)),
  });
  return small;
}

/** What a run printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Who git says that the commits are from, and no configuration of this computer. */
const author = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  EMAIL: 'ada@example.com',
};

/** Runs the command in these hands. */
export async function runIn(
  setting: Pick<Io, 'directory' | 'template'> & Partial<Io>,
  ...words: readonly string[]
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(words, {
    env: { PATH: process.env.PATH, HOME: setting.directory, ...author },
    nodeVersion: '24.21.0',
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...setting,
  });
  return { code, out, err };
}

/** A terminal. Each key sequence is pressed when the program shows the text that it answers. */
export function typing(...answers: readonly (readonly [shown: string, keys: string])[]) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let screen = '';
  let seen = 0;
  const open = [...answers];
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const [next] = open;
    if (!next || !screen.slice(seen).includes(next[0])) return;
    seen = screen.length;
    open.shift();
    input.write(next[1]);
  });
  return { keyboard: { input, output }, screen: () => screen, left: open };
}
