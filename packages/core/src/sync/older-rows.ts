import type { Columns, Millis, Row } from '@heed/contract';
import type { Observer } from '../consent/observe.ts';
import { tellsOtherwise } from '../consent/overtaken.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import { type Run, sideOf } from './run-state.ts';

interface Read {
  readonly side: 'crm' | 'marketing';
  readonly columns: Columns;
  readonly rows: readonly Row[];
}

interface AsOfNow {
  readonly rows: readonly Row[];
  /** Rows that a look-up took the place of: what they tell of opt-outs was said all the same (C1). */
  readonly overtaken: readonly Row[];
}

/**
 * The rows of a read as the vendor shows them by id, where they tell something else than we know with an earlier stamp. Then the
 * search lags behind what a look-up or an answer has shown, or was stamped early: the row alone cannot say which. An equal stamp
 * is the same change, of which another read shows other columns. `known`: by record key. Whom a row shows live and the look-up
 * not at all is left out. Costs no call where such rows tell what is known.
 */
export const upToDate = async (
  run: Run,
  { side, columns, rows }: Read,
  known: ReadonlyMap<string, Shadow>,
  by: Observer,
): Promise<AsOfNow> => {
  const doubtful = new Set(rows.filter((row) => isDoubtful(row, knownAs(row, known), by)));
  const now = new Map(doubtful.size === 0 ? [] : await lookedUp(run, { side, columns, rows: [...doubtful] }));
  const asOfNow = rows.flatMap((row) => {
    if (!doubtful.has(row)) return [withNewerStamp(row, knownAs(row, known))];
    const fresh = now.get(recordKey(row.record));
    // Not every vendor's look-up shows the deleted; that it is gone it says all the same.
    if (fresh === undefined) return row.life.kind === 'live' ? [] : [row];
    // Which lists it is in only the read of a list tells.
    const modifiedAt = latest(fresh.modifiedAt, knownAs(row, known)?.modifiedAt ?? null);
    return [{ ...fresh, modifiedAt, lists: row.lists }];
  });
  return { rows: asOfNow, overtaken: [...doubtful] };
};

const isDoubtful = (row: Row, before: Shadow | null, by: Observer): boolean =>
  before !== null &&
  row.modifiedAt !== null &&
  before.modifiedAt !== null &&
  row.modifiedAt < before.modifiedAt &&
  tellsOtherwise(row, before, by);

/** Our own write was answered later than its stamp says, which is cut to a whole second. */
const latest = (stamp: Millis | null, known: Millis | null): Millis | null =>
  stamp === null || known === null ? stamp : Math.max(stamp, known);

/** What an older row tells no differently it does not make older. */
const withNewerStamp = (row: Row, before: Shadow | null): Row =>
  (before?.modifiedAt ?? 0) > (row.modifiedAt ?? Number.POSITIVE_INFINITY)
    ? { ...row, modifiedAt: before?.modifiedAt ?? null, modifiedBy: before?.modifiedBy ?? 'unknown' }
    : row;

const lookedUp = async (run: Run, { side, columns, rows }: Read): Promise<readonly (readonly [string, Row])[]> => {
  const { session } = sideOf(run, side).open;
  const asked = { ...columns, by: { records: rows.map(({ record }) => record) } };
  const shown = await session.lookup({ ...asked, evidenceSince: null, changedSince: null }, run.signal);
  return shown.map((row) => [recordKey(row.record), row] as const);
};

const knownAs = (row: Row, known: ReadonlyMap<string, Shadow>): Shadow | null =>
  known.get(recordKey(row.record)) ?? null;
