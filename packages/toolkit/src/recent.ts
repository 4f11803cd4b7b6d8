/** Remembers the last `max` keys. What it has forgotten counts as new. */
export interface Recent {
  /** True the first time. */
  isNew(key: string): boolean;
}

export const recent = (max: number): Recent => {
  const keys = new Set<string>();
  return {
    isNew(key) {
      if (keys.has(key)) return false;
      keys.add(key);
      if (keys.size > max) for (const oldest of keys) if (keys.delete(oldest)) break;
      return true;
    },
  };
};
