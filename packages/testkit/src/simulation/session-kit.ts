import {
  ConnectorError,
  type Millis,
  type Op,
  type Outcome,
  type Page,
  type RecordRef,
  type Row,
} from '@heed/contract';
import type { Position, Stream } from '@heed/toolkit';
import type { History, MemberSnap, RecordSnap } from './history.ts';
import type { Fault } from './schedule.ts';
import type { Life, World } from './world.ts';

export type Side = 'crm' | 'marketing';

/** A row of a changed-since read, with the place that the vendor orders it by. */
export interface Placed {
  readonly row: Row;
  readonly at: Millis;
  readonly id: string;
}

/** A stream of `windowedRead` over what `placed` finds at the moment of each page: rows move while a read goes on. */
export const streamOf = (
  name: string,
  pageRows: number,
  totals: boolean,
  placed: (signal: AbortSignal) => Promise<readonly Placed[]>,
): Stream => ({
  name,
  async fetch(from, signal) {
    const all = (await placed(signal)).filter((one) => isFrom(one, from)).sort(inOrder);
    const page = all.slice(0, pageRows);
    const last = page.at(-1);
    const next = all.length <= pageRows || last === undefined ? null : { at: last.at, id: last.id };
    return { rows: page.map(({ row }) => row), next, total: totals ? all.length : null };
  },
});

const isFrom = ({ at, id }: Placed, from: Position | null): boolean =>
  from === null || from.at === null || at > from.at || (at === from.at && (from.id === null || id >= from.id));

const inOrder = (a: Placed, b: Placed): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** What became of one write at the vendor. */
export interface Done {
  readonly told: 'applied' | 'unchanged' | 'rejected';
  readonly refusal: ConnectorError['kind'] | null;
  readonly record: RecordRef | null;
  /** What the answer shows of it, if anything. */
  readonly row: Row | null;
}

/** What a vendor can be made to do by somebody with an API key. */
export interface Hand {
  now(): Millis;
  /** The record the write is meant for, as it is now. */
  target(op: Op): RecordSnap | MemberSnap | null;
  apply(op: Op): Done;
}

export interface Writing extends Hand {
  readonly side: Side;
  readonly world: World;
  readonly life: Life;
  readonly history: History;
}

/** One request with some writes, one outcome each; faults strike single writes. */
export const writeAll = async (writing: Writing, ops: readonly Op[]): Promise<readonly Outcome[]> => {
  const { world } = writing;
  await world.call(writing.life, writing.side, `write ${ops.map(({ kind }) => kind).join(',')}`);
  const outcomes: Outcome[] = [];
  for (const op of ops) {
    const fault = world.opFault() ?? (world.isMessy(20) ? 'untold' : null);
    const outcome = writeOne(writing, op, fault);
    if (fault !== 'untold') outcomes.push(outcome);
  }
  return world.isMessy(3) ? outcomes.reverse() : outcomes;
};

const writeOne = (writing: Writing, op: Op, fault: Fault['what'] | 'untold' | null): Outcome => {
  const { world, life, side, history } = writing;
  if (fault === 'crash-before') world.kill(life, `before ${op.kind} took effect`);
  const target = writing.target(op);
  const intent = world.intentOf(op.id);
  const log = (took: boolean, told: 'applied' | 'unchanged' | 'rejected' | 'unknown'): void =>
    history.add(world.now(), { kind: 'write', run: life.run, side, op, target, took, told, intent });
  if (fault === 'busy') {
    log(false, 'rejected');
    return { op: op.id, result: 'rejected', refusal: refusalOf('rate-limited') };
  }
  if (fault === 'lost, not applied') {
    log(false, 'unknown');
    return { op: op.id, result: 'unknown', refusal: refusalOf('unavailable') };
  }
  if (fault === 'swallowed') {
    log(false, 'applied');
    return { op: op.id, result: 'applied', record: 'record' in op ? op.record : null, row: null, at: writing.now() };
  }
  const mark = world.history.events.length;
  const done = writing.apply(op);
  const took = world.history.events.length > mark;
  const isLost = fault === 'lost, applied' || fault === 'untold';
  log(took, isLost ? 'unknown' : done.told);
  if (fault === 'crash-after') world.kill(life, `after ${op.kind} took effect`);
  if (isLost) return { op: op.id, result: 'unknown', refusal: refusalOf('unavailable') };
  return outcomeOf(op, done, writing.now());
};

export const outcomeOf = (op: Op, { told, refusal, record, row }: Done, at: Millis): Outcome =>
  told === 'rejected'
    ? { op: op.id, result: 'rejected', refusal: refusalOf(refusal ?? 'invalid') }
    : { op: op.id, result: told, record, row, at };

const refusalOf = (kind: ConnectorError['kind']) => ({
  kind,
  code: `SIM_${kind}`,
  message: `the simulated vendor answered ${kind}`,
  field: null,
  forever: false,
});

/** Passes pages on, some twice, and tells the history what the engine was really shown. */
export async function* showing(
  world: World,
  pages: AsyncIterable<Page>,
  show: (row: Row) => void,
): AsyncGenerator<Page> {
  for await (const page of pages) {
    if (world.isMessy(25)) throw new ConnectorError('stale', 'the cursor has expired');
    for (let times = world.isMessy(6) ? 2 : 1; times > 0; times -= 1) {
      for (const row of page.rows) show(row);
      yield page;
    }
  }
}
