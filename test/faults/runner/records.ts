import { OPTED_OUT } from './people.ts';
import type { CrmSide, MarketingSide } from './sides/side.ts';

/** `Contact ann@x.org` -> the records of that kind and address, without ids and times; more than one is a duplicate. */
export type Records = ReadonlyMap<string, readonly string[]>;

/** Everything that stands in both systems. */
export const readRecords = async (crm: CrmSide, marketing: MarketingSide): Promise<Records> => {
  const records = new Map<string, string[]>();
  for (const { kind, email, optedOut, values } of [...(await crm.shown()), ...(await marketing.shown())]) {
    const key = `${kind} ${email}`;
    records.set(key, [...(records.get(key) ?? []), JSON.stringify({ ...values, optedOut })].sort());
  }
  return records;
};

/** Everything in which two states of the world differ, a line each; empty if they are the same. */
export const differences = (found: Records, expected: Records): readonly string[] => {
  const lines: string[] = [];
  for (const key of new Set([...found.keys(), ...expected.keys()])) {
    const [is, should] = [found, expected].map((records) => (records.get(key) ?? ['absent']).join(' and '));
    if (is !== should) lines.push(`${key} is ${is}, should be ${should}`);
  }
  return lines;
};

const isOptedOut = (record: string): boolean => record.endsWith('"optedOut":true}');

/**
 * What must never be, not even for a moment: somebody opted out who did not opt out, somebody mailable again, a record twice,
 * a record in a state that is neither what it was nor what it is to become.
 */
export const harm = (found: Records, before: Records, ...after: readonly Records[]): readonly string[] => {
  const lines: string[] = [];
  for (const [key, records] of found) {
    const email = key.split(' ')[1] ?? '';
    if (records.length > 1 && records.length > (before.get(key)?.length ?? 0)) lines.push(`${key} is there twice`);
    if (records.some(isOptedOut) && !OPTED_OUT.has(email)) lines.push(`${key} was opted out, and never asked for it`);
    const was = before.get(key);
    if (was?.every(isOptedOut) === true && !records.every(isOptedOut)) lines.push(`${key} is mailable again`);
    const known = [...(was ?? []), ...after.flatMap((records) => records.get(key) ?? [])];
    for (const record of records) if (!known.includes(record)) lines.push(`${key} is half written: ${record}`);
  }
  for (const key of before.keys()) if (!found.has(key)) lines.push(`${key} is gone`);
  return lines;
};
