/** A bounded map that drops what was not used for long. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
  readonly size: number;
  entries(): Iterable<readonly [string, Value]>;
}

/**
 * Two generations instead of a list in order of use: a hit costs one look-up, and nothing is moved until the young
 * generation is full. Holds at most `capacity` entries, and at least the newest half of that many.
 */
export function recent<Value>(capacity: number): Recent<Value> {
  const half = Math.max(1, Math.floor(capacity / 2));
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    old.delete(key);
    if (young.size >= half && !young.has(key)) {
      old = capacity > 1 ? young : new Map();
      young = new Map();
    }
    young.set(key, value);
  }

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
    set,
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
    clear() {
      young.clear();
      old.clear();
    },
    get size() {
      return young.size + old.size;
    },
    entries: () => [...old, ...young],
  };
}
