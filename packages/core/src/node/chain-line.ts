import { createHash } from 'node:crypto';

/** Where a chain stands: after which line. */
export interface ChainHead {
  /** The number of the last line; 0 before the first. */
  readonly sequence: number;
  /** SHA-256 of the last line without its line end, in hexadecimal; 64 zeros before the first. */
  readonly sha256: string;
}

/** The head of a file without lines. */
export const emptyHead: ChainHead = { sequence: 0, sha256: '0'.repeat(64) };

/** The longest line that is read back, in bytes. Events are far shorter; a longer line is not ours. */
export const MAX_LINE_BYTES = 4_194_304;

/** SHA-256 of a line without its line end, in hexadecimal. */
export function lineHash(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/** A line of JSON as the line that follows a head: its number and the hash of the line before come first. No line end. */
export function chainLine(head: ChainHead, line: string): string {
  const link = JSON.stringify({ sequence: head.sequence + 1, previous: head.sha256 });
  return `${link.slice(0, -1)},${line.slice(1)}`;
}

/** What a line says of its place in the chain, or `undefined` when it is not a line of a chain. */
export function readLink(
  line: string,
): { readonly sequence: number; readonly previous: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const { sequence, previous } = value as { sequence?: unknown; previous?: unknown };
    return typeof sequence === 'number' && typeof previous === 'string'
      ? { sequence, previous }
      : undefined;
  } catch {
    return undefined;
  }
}
