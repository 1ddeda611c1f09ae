import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that takes longer hangs. */
const PATIENCE_MS = 60_000;

/** What a program of Node prints, to both of its outputs. @throws {Error} with it when the program fails. */
export async function outputOf(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const child = spawn(process.execPath, command, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`It ended with ${code}:\n${output}`);
  return output;
}
