import type { Millis, Op, Outcome, Refusal, Row } from '@heed/contract';
import { firstOfEach } from './batches.ts';
import { done, failed, refusal, rejected, surelyNot } from './outcomes.ts';

type Create = Extract<Op, { kind: 'create' }>;
type Patch = Extract<Op, { kind: 'patch' }>;

/** How records of one type are looked for, made and changed at a vendor. None of these throws but `find`. */
export interface RecordMaker {
  /** As the vendor is called in messages, and its field of the address. */
  readonly title: string;
  readonly emailField: string;
  now(): Millis;
  /** What of two ops must not come to be twice: the reference, or the address of an op without one; as the vendor compares them. */
  keyOf(op: Create): string;
  /** The living records with the reference, or the address where an op has no reference. */
  find(ops: readonly Create[]): Promise<(op: Create) => readonly Row[]>;
  /** By a plain insert: an upsert would carry the consent of a new record onto one that exists (C6, C9). */
  make(ops: readonly Create[]): Promise<readonly Outcome[]>;
  /** Whether an insert was refused, perhaps, because there is such a record by now. */
  isTaken(op: Create, outcome: Outcome): boolean;
  /** The mapped fields of records that exist. */
  patch(ops: readonly Patch[]): Promise<readonly Outcome[]>;
}

/**
 * Finds or makes a record for each op: who is found gets the mapped fields and nothing else (C9). Whom the vendor refuses to make is looked
 * for once more: somebody, perhaps an earlier request of ours whose answer was lost, was faster than the look could show. The second op of a
 * key finds what the first one made.
 */
export const findOrMake = async (maker: RecordMaker, ops: readonly Create[]): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  const { first, others } = firstOfEach(ops, (op) => [maker.keyOf(op)]);
  const outcomes = await oneOfEach(maker, first);
  return [...outcomes, ...(await findOrMake(maker, others))];
};

type Found = (op: Create) => readonly Row[];

const oneOfEach = async (maker: RecordMaker, ops: readonly Create[]): Promise<readonly Outcome[]> => {
  let found: Found;
  try {
    found = await maker.find(ops);
  } catch (error) {
    return ops.map(({ id }) => failed(id, surelyNot(error)));
  }
  const isThere = (op: Create): boolean => found(op).length > 0;
  const outcomes = await onHits(maker, ops.filter(isThere), found);
  const misses = ops.filter((op) => !isThere(op));
  const made = await maker.make(misses);
  const byOp = new Map(misses.map((op) => [op.id, op]));
  const taken = made.flatMap((outcome) => {
    const op = byOp.get(outcome.op);
    return op !== undefined && maker.isTaken(op, outcome) ? [{ op, outcome }] : [];
  });
  const settled = made.filter((outcome) => !taken.some((one) => one.outcome === outcome));
  return [...outcomes, ...settled, ...(await lookAgain(maker, taken))];
};

interface Taken {
  readonly op: Create;
  readonly outcome: Outcome;
}

/** An op that still has no record keeps the vendor's refusal. */
const lookAgain = async (maker: RecordMaker, taken: readonly Taken[]): Promise<readonly Outcome[]> => {
  if (taken.length === 0) return [];
  let found: Found;
  try {
    found = await maker.find(taken.map(({ op }) => op));
  } catch (error) {
    surelyNot(error);
    return taken.map(({ outcome }) => outcome);
  }
  const ops = taken.map(({ op }) => op);
  const refused = taken.filter(({ op }) => found(op).length === 0);
  return [...(await onHits(maker, ops, found)), ...refused.map(({ outcome }) => outcome)];
};

/** Ops without a hit are passed over. */
const onHits = async (maker: RecordMaker, ops: readonly Create[], found: Found): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const patches: Patch[] = [];
  for (const op of ops) {
    const [row, another] = found(op);
    if (row === undefined) continue;
    const { id, email, fields } = op;
    if (another !== undefined) outcomes.push(rejected(id, several(maker, op)));
    else if (Object.keys(fields).length === 0) outcomes.push(done(id, 'unchanged', row.record, maker.now()));
    else patches.push({ kind: 'patch', id, record: row.record, email, fields, ifVersion: null });
  }
  return [...outcomes, ...(await maker.patch(patches))];
};

const several = ({ title, emailField }: RecordMaker, { type, reference }: Create): Refusal =>
  refusal(
    'refused',
    'SEVERAL_RECORDS',
    `several ${type} records have this ${reference === null ? 'address' : 'reference'} already; merge them in ${title}`,
    reference?.field ?? emailField,
  );
