/** Remembers the last `max` keys. What it has forgotten counts as new. */
export interface Recent {
  /** True the first time. */
  isNew(key: string): boolean;
}

export const recent = (max: number): Recent => {
  const keys = new Set<string>();
  // One iterator for all: a new one walks over every key that was deleted since the set was last packed, each time.
  const oldestFirst = keys.values();
  return {
    isNew(key) {
      if (keys.has(key)) return false;
      keys.add(key);
      if (keys.size > max) keys.delete(oldestFirst.next().value ?? '');
      return true;
    },
  };
};
