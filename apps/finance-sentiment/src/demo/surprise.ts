import { styleText } from 'node:util';
import { Surprise } from './tour.js';

/** Something on this computer is in the way, such as a missing browser. The message says what to do about it. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle';
}

/** What is printed when the tour ends early: what was announced and what came, what is in the way, or how it broke. */
export function describeSurprise(error: unknown): string {
  const cross = styleText('red', '✗');
  if (error instanceof Surprise) {
    const { message, expected, seen } = error;
    return `     ${cross} ${message}\n       expected: ${shown(expected)}\n       seen:     ${shown(seen)}`;
  }
  if (error instanceof Obstacle) return `     ${cross} ${error.message}`;
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `     ${cross} the step did not come to its end\n       ${told}`;
}

function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
