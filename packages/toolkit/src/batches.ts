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

/**
 * Runs `work` for every item: those of one key one after the other, in their order, so that the second finds what the first
 * did; at most `max` keys at the same time. Answers key by key.
 */
export const inTurns = async <T, R>(
  items: readonly T[],
  keyOf: (item: T) => string,
  max: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const perKey = await inParallel([...Map.groupBy(items, keyOf).values()], max, async (ofOne) => {
    const results: R[] = [];
    for (const item of ofOne) results.push(await work(item));
    return results;
  });
  return perKey.flat();
};

/** The first item of each key, and the others. An item of several keys is the first only if it is so for each. */
export const firstOfEach = <T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): { readonly first: readonly T[]; readonly others: readonly T[] } => {
  const taken = new Set<string>();
  const first = items.filter((item) => {
    const keys = keysOf(item);
    if (keys.some((key) => taken.has(key))) return false;
    for (const key of keys) taken.add(key);
    return true;
  });
  const isFirst = new Set(first);
  return { first, others: items.filter((item) => !isFirst.has(item)) };
};

/** Pieces of at most `size` in which no key stands twice, in as few as that takes. An item without a key may stand anywhere. */
export const distinctChunks = <T>(
  items: readonly T[],
  size: number,
  keyOf: (item: T) => string | undefined,
): readonly (readonly T[])[] => {
  const pieces: { readonly keys: Set<string>; readonly items: T[] }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    let piece = pieces.find((one) => one.items.length < size && (key === undefined || !one.keys.has(key)));
    if (piece === undefined) {
      piece = { keys: new Set(), items: [] };
      pieces.push(piece);
    }
    if (key !== undefined) piece.keys.add(key);
    piece.items.push(item);
  }
  return pieces.map((piece) => piece.items);
};

/**
 * Sends items in one call. A call that was refused as a whole for something that a single item may have wrong is cut in halves,
 * until it is known whose it is (I12); for any other error each item gets what `otherwise` makes of it.
 */
export const byHalves = async <T, R>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly R[]>,
  isAboutOne: (error: unknown) => boolean,
  otherwise: (item: T, error: unknown) => R,
): Promise<readonly R[]> => {
  try {
    return await send(items);
  } catch (error) {
    if (!isAboutOne(error) || items.length <= 1) return items.map((item) => otherwise(item, error));
  }
  const half = Math.ceil(items.length / 2);
  const first = await byHalves(items.slice(0, half), send, isAboutOne, otherwise);
  return [...first, ...(await byHalves(items.slice(half), send, isAboutOne, otherwise))];
};
