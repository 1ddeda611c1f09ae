/** Counts the answers that are under way: running calls and open streams. */
export interface OpenAnswers {
  /**
   * Begins one.
   *
   * @param owner - Whose it is.
   * @returns What to call when it is over, be it twice; `undefined` where the owner has too many.
   */
  begin(owner: string): (() => void) | undefined;
  /** How many there are, of all owners. */
  readonly size: number;
}

/**
 * Bounds what one principal can hold open at a time. Holds a number for each owner that has anything open.
 *
 * @param most - For one owner.
 */
export function openAnswers(most: number): OpenAnswers {
  const byOwner = new Map<string, number>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    begin(owner) {
      const before = byOwner.get(owner) ?? 0;
      if (before >= most) return undefined;
      byOwner.set(owner, before + 1);
      size += 1;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        size -= 1;
        const left = (byOwner.get(owner) ?? 1) - 1;
        if (left > 0) byOwner.set(owner, left);
        else byOwner.delete(owner);
      };
    },
  };
}
