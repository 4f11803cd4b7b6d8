import { ConnectorError, type FieldValue, type Op, type Row, type Values } from '@heed/contract';
import type { Api } from './api.ts';
import { rowsById } from './lookup.ts';
import { readableShape, type Shapes } from './object-shape.ts';
import { idKey } from './soql.ts';

type OptOut = Extract<Op, { kind: 'opt-out' }>;

/**
 * Which of these opt-outs, all of one type, their records show already. An update answers the same whether it changed something or
 * not, and what somebody else did must not count as ours (C8), so the records are looked at just before: one call for up to
 * 2,000. If that fails nothing is known and all are written; an opt-out never waits for a look-up.
 */
export const alreadyOptedOut = async (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly OptOut[],
  signal: AbortSignal,
): Promise<ReadonlySet<OptOut>> => {
  if (ops.length === 0) return new Set();
  const fields = [...new Set(ops.flatMap(({ set }) => Object.keys(set)))];
  const ids = [...new Set(ops.flatMap(({ record }) => record?.id ?? []))];
  try {
    const shape = await readableShape(shapes, type, signal);
    const wanted = { types: [type], fields, consent: [], reference: null };
    const rows = await rowsById(api, shape, wanted, ids, signal);
    const byId = new Map(rows.map((row) => [idKey(row.record.id), row]));
    return new Set(ops.filter(({ record, set }) => shows(byId.get(idKey(record?.id ?? '')), set)));
  } catch (error) {
    if (error instanceof ConnectorError) return new Set();
    throw error;
  }
};

const shows = (row: Row | undefined, set: Values): boolean =>
  row?.life.kind === 'live' && Object.entries(set).every(([field, value]) => isSame(row.values[field], value));

const isSame = (found: FieldValue | undefined, wanted: FieldValue): boolean =>
  Array.isArray(found) && Array.isArray(wanted)
    ? [...found].sort().join(';') === [...wanted].sort().join(';')
    : found === wanted;
