import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';

/** Milliseconds between two signs of life of a lock's holder. */
const HEARTBEAT_MS = 5_000;
/** Milliseconds without a sign of life after which a lock is left over from a crash. */
const STALE_MS = 60_000;
/** Milliseconds by which two readings of one process's start may differ. */
const START_MS = 2_000;

/** A lock that is held. */
export interface FileLock {
  /** False once somebody else took the lock because no sign of life came for a minute. Looks, after a stall, before it says so. */
  readonly held: boolean;
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since the epoch at which the process started. */
  readonly started: number;
  readonly id: string;
}

/**
 * Takes the lock of a file: one holder among all processes that see the folder. A lock left by a crash is taken over when
 * its process is gone, or after a minute without a sign of life from another machine.
 *
 * @param path - The lock file itself; its content names the holder.
 * @returns `undefined`, and who holds it, when it is taken.
 */
export function takeLock(path: string): FileLock | { readonly holder: string } {
  const started = Math.round(Date.now() - process.uptime() * 1000);
  const me: Holder = { pid: process.pid, host: hostname(), started, id: randomUUID() };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (create(path, me)) return hold(path, me);
    const holder = readHolder(path);
    if (!isStale(path, holder, me)) {
      return { holder: holder ? `process ${holder.pid} on ${holder.host}` : 'another process' };
    }
    removeStale(path, holder);
  }
  return { holder: 'another process' };
}

function create(path: string, me: Holder): boolean {
  // Written beside it and linked into place, so that nobody ever reads half a holder.
  const draft = `${path}.${me.id}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, JSON.stringify(me));
    closeSync(handle);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return typeof holder.id === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** A lock that cannot be read may still be held, by another user's process: then only its signs of life count. */
function isStale(path: string, holder: Holder | undefined, me: Holder): boolean {
  if (holder?.host === me.host) {
    // The same number, but an earlier process: containers start with the same few numbers again and again.
    if (holder.pid === me.pid && Math.abs(holder.started - me.started) > START_MS) return true;
    if (!isAlive(holder.pid)) return true;
  }
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_MS;
  } catch {
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Moved aside first: if another process was quicker and this is its lock, it goes back where it was. */
function removeStale(path: string, judged: Holder | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolder(aside)?.id !== judged?.id) {
    try {
      linkSync(aside, path);
    } catch {
      // Somebody holds it by now, which the holder that we moved finds out at its next sign of life.
    }
  }
  rmSync(aside, { force: true });
}

function hold(path: string, me: Holder): FileLock {
  let held = true;
  let seenAt = Date.now();
  const isMine = () => readHolder(path)?.id === me.id;

  function giveSign(): void {
    held &&= isMine();
    try {
      if (held) utimesSync(path, new Date(), new Date());
    } catch {
      held = false;
    }
    seenAt = Date.now();
    if (!held) clearInterval(heartbeat);
  }

  const heartbeat = setInterval(giveSign, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    get held() {
      // A machine that wakes up may come to a write before the heartbeat, and find the lock gone by then.
      if (held && Math.abs(Date.now() - seenAt) > 2 * HEARTBEAT_MS) giveSign();
      return held;
    },
    release() {
      clearInterval(heartbeat);
      if (held && isMine()) rmSync(path, { force: true });
      held = false;
    },
  };
}
