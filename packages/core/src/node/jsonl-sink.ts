import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AuditEvent } from '../audit/audit-event.js';
import { auditLine } from '../audit/audit-line.js';
import type { AuditSink } from '../audit/audit-sink.js';
import { ConfigurationError } from '../errors.js';
import { type ChainHead, chainLine, lineHash, MAX_LINE_BYTES } from './chain-line.js';
import { type ChainTail, readTail } from './chain-tail.js';
import { type FileLock, takeLock } from './file-lock.js';

/** Where a {@link jsonlSink} writes, and how. */
export interface JsonlSinkOptions {
  /** The file; made with mode 0600 if it is not there. Its folder must exist. */
  readonly path: string;
  /** What an event that cannot be written means: see {@link AuditSink.onFailure}. */
  readonly onFailure: AuditSink['onFailure'];
  /** Whether each write waits until the disk has it. Without it a crash of the process loses nothing, one of the machine may. Default false. */
  readonly fsync?: boolean;
  /** Events that may wait for the disk; beyond them a write fails. Default 10,000. */
  readonly maxWaiting?: number;
  /** Told when a line cut off by a crash was moved to `PATH.torn`. Default: a process warning. */
  readonly report?: (message: string) => void;
}

/** A sink that owns a file. */
export interface JsonlSink extends AuditSink {
  /** After the last line that was written. Note it elsewhere: against it even lines cut from the end show. */
  readonly head: ChainHead;
  write(event: AuditEvent): Promise<void>;
  /** Writes what waits, then gives the file free. Events that come later are refused. */
  close(): Promise<void>;
}

/** A line is its event and at most two hundred bytes that tie it to the line before. */
const MAX_EVENT_BYTES = MAX_LINE_BYTES - 200;

interface Waiting {
  readonly text: string;
  settle(error?: unknown): void;
}

/**
 * Writes one event a line, each line with its number and the SHA-256 of the line before, so that {@link verifyAuditFile} finds any
 * line altered, inserted, reordered or dropped before the last one. A restart goes on with the chain. One writer a file.
 *
 * Does NOT prevent a file rewritten whole: that shows only against a {@link JsonlSink.head} noted elsewhere. Does NOT rotate files.
 *
 * @throws {ConfigurationError} when the file cannot be opened, is no audit file, or has a writer already.
 */
export function jsonlSink(options: JsonlSinkOptions): JsonlSink {
  const { onFailure, fsync = false, maxWaiting = 10_000 } = options;
  const { report = (message) => process.emitWarning(message) } = options;
  const path = resolve(options.path);
  const { lock, tail } = openChain(path);
  if (tail.tornBytes > 0) {
    report(`The last audit line was cut off (${tail.tornBytes} bytes); it is in ${path}.torn now.`);
  }

  let { head, size } = tail;
  let waiting: Waiting[] = [];
  let handle: FileHandle | undefined;
  let damaged = false;
  let closed = false;
  let busy = false;
  let running: Promise<void> = Promise.resolve();

  /** Everything that waits goes out in one write, in order. */
  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      let error: unknown;
      try {
        await append(batch);
      } catch (cause) {
        error = cause ?? new Error('The audit file could not be written.');
      }
      for (const { settle } of batch) settle(error);
    }
    // In the same turn as the last look at what waits, or an event that comes in between would wait for ever.
    busy = false;
  }

  function run(): Promise<void> {
    if (!busy) {
      busy = true;
      running = flush();
    }
    return running;
  }

  async function append(batch: readonly Waiting[]): Promise<void> {
    if (!lock.held) throw new Error('Another process has taken over the audit file.');
    handle ??= await open(path, 'a', 0o600);
    // What a failed write left behind would break the chain for ever, so it goes before the next line.
    if (damaged) await handle.truncate(size);
    damaged = true;
    let next = head;
    let lines = '';
    for (const entry of batch) {
      const line = chainLine(next, entry.text);
      next = { sequence: next.sequence + 1, sha256: lineHash(line) };
      lines += `${line}\n`;
    }
    const bytes = Buffer.from(lines);
    await handle.appendFile(bytes);
    if (fsync) await handle.datasync();
    damaged = false;
    head = next;
    size += bytes.length;
  }

  return {
    onFailure,
    get head() {
      return head;
    },
    write(event) {
      if (closed) return Promise.reject(new Error('The audit file is closed.'));
      if (waiting.length >= maxWaiting) {
        return Promise.reject(new Error('Too many audit events wait for the disk.'));
      }
      return new Promise((resolved, rejected) => {
        // Here, so that an event which is no JSON, or no line, fails alone and not with all that wait beside it.
        const text = auditLine(event);
        if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
          throw new Error('The audit event is too long for a line that can be read back.');
        }
        const settle = (error?: unknown) => (error === undefined ? resolved() : rejected(error));
        waiting.push({ text, settle });
        void run();
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      await run();
      if (damaged) await handle?.truncate(size);
      await handle?.close();
      lock.release();
    },
  };
}

function openChain(path: string): { readonly lock: FileLock; readonly tail: ChainTail } {
  const refuse = (problem: string, remedy: string, cause?: unknown): never => {
    throw new ConfigurationError([{ option: 'path', problem, remedy }], { cause });
  };
  let taken: ReturnType<typeof takeLock>;
  try {
    taken = takeLock(`${path}.lock`);
  } catch (error) {
    return refuse(`"${path}" cannot be opened.`, 'Make its folder, and let us write there.', error);
  }
  if ('holder' in taken) {
    return refuse(`"${path}" is being written by ${taken.holder}.`, 'Give each process its own.');
  }
  const lock = taken;
  let tail: ReturnType<typeof readTail>;
  try {
    tail = readTail(path);
  } catch (error) {
    lock.release();
    return refuse(`"${path}" cannot be opened.`, 'Pass a file that we may read and write.', error);
  }
  if (typeof tail === 'string') {
    lock.release();
    return refuse(`"${path}" ${tail}`, 'Pass a new file, or one that this sink has written.');
  }
  return { lock, tail };
}
