import { z } from 'zod';
import { openCollection } from '../../persistence/collection.js';
import { DAY, dayOf } from '../dates.js';

const usageSchema: z.ZodType<Usage> = z.object({ day: z.string(), used: z.number().int().min(0) });

interface Usage {
  readonly day: string;
  readonly used: number;
}

/** How many requests may still be sent today. A day is a UTC day. */
export interface Quota {
  /** Takes one request; false when there is none left. @throws {StoreError} when the file cannot be written. */
  take(): boolean;
  /** The vendor says that the day's requests are gone. */
  exhaust(): void;
  /** Seconds until the next day. */
  secondsLeft(): number;
  close(): void;
}

/** Counts requests of a day; kept in a file where a path is given, so that a restart forgets none. @throws {StoreError} */
export function createQuota(perDay: number, clock: () => number, path?: string): Quota {
  const usage = openCollection('alpha-vantage-usage', path, usageSchema);
  const today = (): Usage => {
    const day = dayOf(clock());
    const kept = usage.values().get('usage');
    return kept?.day === day ? kept : { day, used: 0 };
  };
  const keep = (next: Usage) => usage.write(new Map([['usage', next]]));
  return {
    take: () => {
      const { day, used } = today();
      if (used >= perDay) return false;
      keep({ day, used: used + 1 });
      return true;
    },
    exhaust: () => keep({ ...today(), used: Math.max(perDay, today().used) }),
    secondsLeft: () => Math.ceil((DAY - (clock() % DAY)) / 1000),
    close: () => usage.close(),
  };
}
