import type { Lookup, Row } from '@heed/contract';
import type { Reader } from './reader.ts';
import { externalIdOf } from './reference.ts';

/** Records by id, address or reference. What was deleted or merged away is not in the answer: no query shows it. */
export const lookUp = async (reader: Reader, lookup: Lookup, signal: AbortSignal): Promise<readonly Row[]> => {
  const { by } = lookup;
  const types = 'records' in by ? [...new Set(by.records.map(({ type }) => type))] : lookup.types;
  const rows: Row[] = [];
  for (const type of types) {
    if ('records' in by) {
      const ids = by.records.filter((record) => record.type === type).map(({ id }) => id);
      rows.push(...(await reader.byId(type, lookup, ids, signal)));
    } else if ('emails' in by) {
      const spellings = by.emails.map((email) => email.toLowerCase());
      rows.push(...(await reader.having(type, lookup, 'LOWER(email)', spellings, signal)));
    } else if (lookup.reference !== null) {
      rows.push(...(await reader.having(type, lookup, 'externalid', by.references.map(externalIdOf), signal)));
    }
  }
  return rows;
};
