import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { type ChainHead, emptyHead, lineHash, MAX_LINE_BYTES, readLink } from './chain-line.js';

/** Where a file that was opened again goes on. */
export interface ChainTail {
  readonly head: ChainHead;
  /** Bytes of the file, all of them whole lines. */
  readonly size: number;
  /** Bytes of a last line that was cut off, as a crash in the middle of a write leaves it; 0 when there was none. */
  readonly tornBytes: number;
}

const CHUNK = 65_536;
const LINE_END = 0x0a;

/**
 * Reads the last line of a file and makes the file end with it. A torn piece after it is moved to `PATH.torn`, so that it is
 * neither lost nor in the way; one that lacks nothing but its line end is completed.
 *
 * @returns A sentence when the file is not an audit file.
 */
export function readTail(path: string): ChainTail | string {
  const handle = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(handle);
    if (size === 0) return { head: emptyHead, size, tornBytes: 0 };
    const end = lastLineEnd(handle, size);
    if (end === undefined) return 'has a line that is too long for an audit file.';
    const rest = read(handle, end, size);
    const complete = rest.length > 0 && readLink(rest.toString()) !== undefined;
    if (complete) {
      writeSync(handle, '\n');
      const head = headOf(rest);
      return head ? { head, size: size + 1, tornBytes: 0 } : 'does not end with an audit line.';
    }
    let head: ChainHead | undefined = emptyHead;
    if (end > 0) {
      const start = lastLineEnd(handle, end - 1);
      if (start === undefined) return 'has a line that is too long for an audit file.';
      head = headOf(read(handle, start, end - 1));
    }
    // Before anything is moved: a file that is not ours stays as it is.
    if (!head || (end === 0 && !looksLikeOurs(rest))) return 'does not end with an audit line.';
    if (rest.length > 0) {
      appendFileSync(`${path}.torn`, Buffer.concat([rest, Buffer.from('\n')]), { mode: 0o600 });
      ftruncateSync(handle, end);
    }
    return { head, size: end, tornBytes: rest.length };
  } finally {
    closeSync(handle);
  }
}

/** A first line that was cut off is still the beginning of one of our lines. */
function looksLikeOurs(piece: Buffer): boolean {
  const start = '{"sequence":1,"previous":"';
  const text = piece.toString('latin1');
  return text.startsWith(start) || start.startsWith(text);
}

function headOf(line: Buffer): ChainHead | undefined {
  const link = readLink(line.toString());
  return link && { sequence: link.sequence, sha256: lineHash(line) };
}

function read(handle: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  const length = readSync(handle, bytes, 0, bytes.length, start);
  return bytes.subarray(0, length);
}

/** The offset after the last line end before `end`, 0 when there is none, `undefined` when the line is too long. */
function lastLineEnd(handle: number, end: number): number | undefined {
  for (let stop = end; stop > 0 && end - stop <= MAX_LINE_BYTES; stop -= CHUNK) {
    const start = Math.max(0, stop - CHUNK);
    const index = read(handle, start, stop).lastIndexOf(LINE_END);
    if (index >= 0) return start + index + 1;
    if (start === 0) return 0;
  }
  return end === 0 ? 0 : undefined;
}
