import type { Columns, Row } from '@heed/contract';
import { type Observer, observe } from '../consent/observe.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import { type Run, sideOf } from './run-state.ts';

interface Read {
  readonly side: 'crm' | 'marketing';
  readonly columns: Columns;
  readonly rows: readonly Row[];
}

/**
 * The rows of a read as the vendor shows them by id, where they tell something else than we know with an earlier stamp. Then
 * the search lags behind what a look-up or an answer has shown, or the vendor's clock was set back: neither row alone can say
 * which. `known`: by record key. Whom the look-up does not show is left out.
 */
export const upToDate = async (
  run: Run,
  { side, columns, rows }: Read,
  known: ReadonlyMap<string, Shadow>,
  by: Observer,
): Promise<readonly Row[]> => {
  const older = new Set(rows.filter((row) => isOlder(row, knownAs(row, known))));
  if (older.size === 0) return rows;
  const doubtful = [...older].filter((row) => observe(row, knownAs(row, known), [], by).changed);
  const now = new Map(doubtful.length === 0 ? [] : await lookedUp(run, { side, columns, rows: doubtful }));
  return rows.flatMap((row) => {
    if (!older.has(row)) return [row];
    if (!doubtful.includes(row)) return [{ ...row, ...stampOf(knownAs(row, known)) }];
    const fresh = now.get(recordKey(row.record));
    // Which lists it is in only the read of a list tells.
    return fresh === undefined ? [] : [{ ...fresh, lists: row.lists }];
  });
};

/** What an older row tells no differently it does not make older. */
const stampOf = (before: Shadow | null): Partial<Row> =>
  before === null ? {} : { modifiedAt: before.modifiedAt, modifiedBy: before.modifiedBy };

const lookedUp = async (run: Run, { side, columns, rows }: Read): Promise<readonly (readonly [string, Row])[]> => {
  const { session } = sideOf(run, side).open;
  const asked = { ...columns, by: { records: rows.map(({ record }) => record) } };
  const shown = await session.lookup({ ...asked, evidenceSince: null, changedSince: null }, run.signal);
  return shown.map((row) => [recordKey(row.record), row] as const);
};

const knownAs = (row: Row, known: ReadonlyMap<string, Shadow>): Shadow | null =>
  known.get(recordKey(row.record)) ?? null;

const isOlder = (row: Row, before: Shadow | null): boolean =>
  before !== null && row.modifiedAt !== null && before.modifiedAt !== null && row.modifiedAt < before.modifiedAt;
