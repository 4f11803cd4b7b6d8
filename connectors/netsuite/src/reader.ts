import type { Columns, Millis, Row, Tools } from '@heed/contract';
import { chunk } from '@heed/toolkit';
import type { Api } from './api.ts';
import {
  isRecordType,
  RECORD_TYPES,
  type RecordShape,
  readableShape,
  type Shapes,
  withKnownColumns,
} from './record-shape.ts';
import { selectionOf } from './rows.ts';
import { type Condition, isId, isIn, select } from './suiteql.ts';
import { withTopics } from './topics.ts';
import { type Calibration, calibrate, type Zone, zoneOf } from './zone.ts';

/** Values in one `IN (...)`; the database takes 1,000. */
const MOST_VALUES = 500;
/** A look-up believes an offset for so long; a read finds it out anew. */
const ZONE_GOOD_MS = 10 * 60_000;

export interface RowPage {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  readonly total: number | null;
}

/** Conditions of a query, given which fields are columns. Null: no record can fit. */
export type ConditionsOf = (shape: RecordShape, known: readonly string[]) => readonly Condition[] | null;

/** Reads records of one session. */
export interface Reader {
  readonly api: Api;
  readonly shapes: Shapes;
  /** At most 1,000 records that fit, by id. `also`: fields that only the conditions need. */
  page(
    type: string,
    columns: Columns,
    conditions: ConditionsOf,
    zone: Zone,
    signal: AbortSignal,
    also?: readonly string[],
  ): Promise<RowPage>;
  /** Every record whose `expression` has one of the values. */
  having(
    type: string,
    columns: Columns,
    expression: string,
    values: readonly (string | number)[],
    signal: AbortSignal,
  ): Promise<readonly Row[]>;
  /** Records by id; what does not exist is not in the answer. */
  byId(type: string, columns: Columns, ids: readonly string[], signal: AbortSignal): Promise<readonly Row[]>;
  /** The offset of the session, found out now. */
  calibration(types: readonly string[], known: Calibration | null, signal: AbortSignal): Promise<Calibration | null>;
}

const NO_PAGE: RowPage = { rows: [], hasMore: false, total: 0 };

export const readerOf = (api: Api, shapes: Shapes, tools: Pick<Tools, 'clock'>): Reader => {
  let latest: { readonly calibration: Calibration | null; readonly at: Millis } | null = null;

  const calibration: Reader['calibration'] = async (types, known, signal) => {
    const asked = types.filter(isRecordType);
    const found = await calibrate(
      api,
      asked.length === 0 ? RECORD_TYPES : asked,
      // The other read of the session may have found the same record a moment ago.
      [known, latest?.calibration ?? null].filter((one) => one !== null),
      signal,
    );
    latest = { calibration: found, at: tools.clock.now() };
    return found;
  };

  const recentZone = async (type: string, signal: AbortSignal): Promise<Zone> => {
    if (latest === null || tools.clock.now() - latest.at > ZONE_GOOD_MS) await calibration([type], null, signal);
    return zoneOf(latest?.calibration ?? null, []);
  };

  const reader: Reader = {
    api,
    shapes,
    calibration,
    async page(type, columns, conditions, zone, signal, also = []) {
      const shape = await readableShape(shapes, type, signal);
      const selection = selectionOf(shape, columns);
      const fields = [...new Set([...selection.fields, ...also])];
      return withKnownColumns(
        api,
        shape,
        fields,
        async (known) => {
          const all = conditions(shape, known);
          if (all === null) return NO_PAGE;
          const selected = selection.fields.filter((name) => known.includes(name));
          const found = await api.query(select(selection.columns(selected), type, all, 'id'), signal);
          const rows = found.rows.map((wire) => selection.row(wire, selected, zone));
          return { ...found, rows: await withTopics(api, columns, rows, signal) };
        },
        signal,
      );
    },
    async having(type, columns, expression, values, signal) {
      const zone = await recentZone(type, signal);
      const found: Row[] = [];
      for (const some of chunk([...new Set(values)], MOST_VALUES)) {
        for (let after = 0, more = true; more; ) {
          const fits = [isIn(expression, some), ...(after === 0 ? [] : [{ q: 'id > ?', params: [after] }])];
          const page = await reader.page(type, columns, () => fits, zone, signal);
          found.push(...page.rows);
          after = Number(page.rows.at(-1)?.record.id ?? 0);
          more = page.hasMore && after > 0;
        }
      }
      return found;
    },
    byId: (type, columns, ids, signal) => reader.having(type, columns, 'id', ids.filter(isId).map(Number), signal),
  };
  return reader;
};
