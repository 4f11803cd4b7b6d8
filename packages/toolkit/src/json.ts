/** What a text of JSON says; undefined, which no JSON says, for any other text. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object whose entries are still to be checked; one without entries for anything else. */
export const recordOf = (value: unknown): JsonObject => (isRecord(value) ? value : {});

/** The entry of a table of ours. Keys come from outside: `constructor` is none of them. */
export const entryOf = <T>(
  table: Readonly<Record<string | number, T>>,
  key: string | number | undefined,
): T | undefined => (key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined);
