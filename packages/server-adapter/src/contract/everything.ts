import { inspect } from 'node:util';

/**
 * Everything that can be reached from an object, as text: own members, hidden ones, and what the getters of its classes give. What is not
 * in it can be neither logged nor forwarded by whoever was handed the object.
 */
export function everything(given: object): string {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.push(value);
    const holder = typeof value === 'object' || typeof value === 'function';
    if (!holder || value === null || seen.has(value)) return;
    seen.add(value);
    if (isIterable(value)) for (const member of value) walk(member);
    for (let level: object | null = value; level; level = Object.getPrototypeOf(level)) {
      for (const key of Reflect.ownKeys(level)) {
        found.push(String(key));
        try {
          walk(Reflect.get(level, key, value));
        } catch {
          // A getter of another object's.
        }
      }
    }
  };
  walk(given);
  return [...found, ...printed(given)].join('\n');
}

/** As it ends up in logs. */
function printed(given: object): string[] {
  const ancestors: unknown[] = [];
  const json = JSON.stringify(given, function (_key, value: unknown) {
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(value)) return undefined;
    if (typeof value === 'object') ancestors.push(value);
    return value;
  });
  return [json, inspect(given), inspect(given, { depth: 12, showHidden: true, getters: true })];
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}
