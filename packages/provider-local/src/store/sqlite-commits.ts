import type { DatabaseSync } from 'node:sqlite';

/** Runs steps so that those of one turn of the event loop share one transaction, and with it one wait for the disk. */
export interface SqliteCommits {
  /** Resolves when the step is on the disk. A step that throws rejects alone; a commit that fails rejects all, and nothing happened. */
  run<T>(step: () => T): Promise<T>;
  /** Commits now what waits. */
  flush(): void;
}

interface Waiting {
  step(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Makes the one of a database. Nothing else may begin a transaction on it. */
export function createCommits(database: DatabaseSync): SqliteCommits {
  let waiting: Waiting[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    const outcomes = commit(group);
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[index] as Outcome;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.value);
    }
  }

  function commit(group: readonly Waiting[]): readonly Outcome[] {
    // One statement is a transaction already.
    if (group.length < 2) return group.map(attempt);
    try {
      // At once the one writer: a transaction that reads first could not wait for another process.
      database.exec('BEGIN IMMEDIATE');
      const outcomes = group.map(attempt);
      database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      rollBack(database);
      return group.map(() => ({ error }));
    }
  }

  return {
    flush,
    run: <T>(step: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ step, resolve: resolve as Waiting['resolve'], reject });
        // After what has arrived in this turn was read.
        if (waiting.length === 1) setImmediate(flush);
      }),
  };
}

/** After some errors, such as a full disk, SQLite has done it already. `isTransaction` would tell, from Node 22.16 on. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // What went wrong before says more.
  }
}

function attempt({ step }: Waiting): Outcome {
  try {
    return { value: step() };
  } catch (error) {
    return { error };
  }
}
