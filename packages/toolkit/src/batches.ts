/** Cuts a list into pieces of at most `size`; none for an empty list. */
export const chunk = <T>(items: readonly T[], size: number): readonly (readonly T[])[] => {
  if (!(size >= 1)) throw new RangeError('a piece has at least one item');
  return Array.from({ length: Math.ceil(items.length / size) }, (_, piece) =>
    items.slice(piece * size, (piece + 1) * size),
  );
};

/**
 * Runs `work` for every item, at most `max` at the same time; answers in the items' order. After a failure nothing new
 * begins, what runs is waited for, and the first failure is thrown.
 */
export const inParallel = async <T, R>(
  items: readonly T[],
  max: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as T, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(max, items.length)) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
};
