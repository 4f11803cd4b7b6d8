import { createHash } from 'node:crypto';
import {
  type BulkJobs,
  type BulkLane,
  ConnectorError,
  type FieldValue,
  type JobTicket,
  type Millis,
  type Op,
  type Outcome,
  type Row,
} from '@heed/contract';
import { askAgainMs, chunk, done, firstOfEach, isPatch, patchesOnly, readJson, refusal, rejected } from '@heed/toolkit';
import { z } from 'zod';
import { type Batch, batchJob, type JobId, jobIsDone, submitBatch } from './batch.ts';
import type { Reader } from './reader.ts';
import { isRecordType, RECORD_TYPES, readableShape } from './record-shape.ts';
import type { PatchOp } from './save.ts';
import { toWire } from './values.ts';
import { refusalOf } from './write.ts';

/** Records of one type in one batch (Batch Operations, article_0127092747). */
const MOST_ITEMS = 100;

/** Longer than this a job is not believed to end: what it did is looked up. */
const LONGEST_JOB_MS = 3_600_000;

export const lane: BulkLane = {
  kinds: ['patch'],
  fromOps: 30,
  mostOps: 1_000,
  source: 'asynchronous batches of at most 100 records of one type (Batch Operations, article_0127092747)',
};

/** One batch of the vendor, found again by its key. */
const part = z.strictObject({
  key: z.string().regex(/^[0-9a-f-]{36}$/),
  type: z.enum(RECORD_TYPES),
  /** Null until its answer was seen. */
  job: z
    .string()
    .regex(/^\w{1,60}$/)
    .nullable(),
});
type Part = z.infer<typeof part>;
const ticketForm = z.strictObject({ v: z.literal(1), startedAt: z.number(), parts: z.array(part) });
type Ticket = z.infer<typeof ticketForm>;

/**
 * Changes of fields by asynchronous batches. The vendor keeps one result per record and each costs a call, as many as single changes
 * would: so an ended batch is not asked for its results, its records are looked at, 500 a query. What shows the wanted values is applied,
 * anything else is planned anew and told by a single change. A batch is found again by its idempotency key.
 */
export const batchJobs = (reader: Reader): BulkJobs => ({
  // No request: keys are made of the ops, so nothing is sent twice even if the ticket is lost.
  async open(ops) {
    const parts = batchesOf(patchesOnly(ops, 'netsuite')).map(({ type, ops: some }) => ({
      key: keyOf(some),
      type,
      job: null,
    }));
    return ticketOf({ v: 1, startedAt: reader.api.now(), parts });
  },

  async start(ticket, ops, signal) {
    const known = ticketIn(ticket);
    if (known === null) throw new ConnectorError('stale', 'netsuite: the ticket of the job is unreadable');
    const batches = new Map(batchesOf(patchesOnly(ops, 'netsuite')).map((batch) => [keyOf(batch.ops), batch]));
    const parts: Part[] = [];
    for (const one of known.parts) {
      const batch = batches.get(one.key);
      if (batch === undefined) throw new ConnectorError('stale', 'netsuite: the job was opened for other changes');
      parts.push({ ...one, job: await submitBatch(reader.api, one.key, await wireOf(reader, batch, signal), signal) });
    }
    return ticketOf({ ...known, parts });
  },

  async report(ticket, ops, signal) {
    const known = ticketIn(ticket);
    const patches = ops.filter(isPatch);
    if (known === null) return { state: 'ended', outcomes: ops.map((op) => unknown(op, 'UNREADABLE_TICKET')) };
    let everyPartRan = true;
    for (const { key, type, job } of known.parts) {
      const found = job ?? (await batchJob(reader.api, key, type, signal));
      if (found === null) continue;
      const ran = await isOver(reader, known, found, signal);
      if (ran === 'running') return { state: 'running', askAgainMs: askAgainMs(ageOf(reader, known)) };
      if (ran === 'lost') everyPartRan = false;
    }
    const carried = new Set(batchesOf(patches).flatMap((batch) => batch.ops));
    const shown = await looked(reader, [...carried], signal);
    return {
      state: 'ended',
      outcomes: ops.map((op) => {
        if (!isPatch(op)) return stale(op, 'NOT_BY_JOB');
        const wrong = refusalOf(op);
        if (wrong !== null) return rejected(op.id, wrong);
        if (!carried.has(op)) return stale(op, 'NOT_IN_JOB');
        return outcomeOf(op, shown.get(keyOfRecord(op)), everyPartRan, reader.api.now());
      }),
    };
  },
});

interface OpsOfType {
  readonly type: (typeof RECORD_TYPES)[number];
  readonly ops: readonly PatchOp[];
}

/** By type, at most 100 in each, in an order that does not depend on that of the ops; a record's second change is left out. */
const batchesOf = (ops: readonly PatchOp[]): readonly OpsOfType[] =>
  RECORD_TYPES.flatMap((type) => {
    const good = ops.filter((op) => op.record.type === type && refusalOf(op) === null);
    const sorted = good.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const carried = firstOfEach(sorted, ({ record }) => [record.id]).first;
    return chunk(carried, MOST_ITEMS).map((some) => ({ type, ops: some }));
  });

/** A UUID of the ops' own ids, which are unique: the same ops are the same batch, in any process. */
const keyOf = (ops: readonly PatchOp[]): string => {
  const hex = createHash('sha256')
    .update(JSON.stringify(ops.map(({ id }) => id)))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

const wireOf = async (reader: Reader, { type, ops }: OpsOfType, signal: AbortSignal): Promise<Batch> => {
  const shape = await readableShape(reader.shapes, type, signal);
  return { type, items: ops.map(({ record, fields }) => ({ id: record.id, ...toWire(shape, fields) })) };
};

const ticketOf = (ticket: Ticket): JobTicket => JSON.stringify(ticket);

const ticketIn = (ticket: JobTicket): Ticket | null => ticketForm.safeParse(readJson(ticket)).data ?? null;

const ageOf = (reader: Reader, { startedAt }: Ticket): Millis => Math.max(0, reader.api.now() - startedAt);

/** `lost`: no longer kept, or stuck; what it did is then only seen at the records. */
const isOver = async (
  reader: Reader,
  ticket: Ticket,
  job: JobId,
  signal: AbortSignal,
): Promise<'ended' | 'running' | 'lost'> => {
  const done = await jobIsDone(reader.api, job, signal);
  if (done === null) return 'lost';
  if (done) return 'ended';
  return ageOf(reader, ticket) > LONGEST_JOB_MS ? 'lost' : 'running';
};

const keyOfRecord = ({ record }: Pick<Op & { record: Row['record'] }, 'record'>): string =>
  `${record.type} ${record.id}`;

const looked = async (
  reader: Reader,
  ops: readonly PatchOp[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> => {
  const rows = new Map<string, Row>();
  for (const type of RECORD_TYPES.filter(isRecordType)) {
    const some = ops.filter(({ record }) => record.type === type);
    if (some.length === 0) continue;
    const fields = [...new Set(some.flatMap((op) => Object.keys(op.fields)))];
    const columns = { types: [type], fields, consent: [], reference: null };
    for (const row of await reader.byId(
      type,
      columns,
      some.map(({ record }) => record.id),
      signal,
    ))
      rows.set(keyOfRecord(row), row);
  }
  return rows;
};

const outcomeOf = (op: PatchOp, row: Row | undefined, ran: boolean, at: Millis): Outcome => {
  if (row === undefined)
    return rejected(
      op.id,
      refusal('missing', 'NONEXISTENT_ID', 'the record does not exist, or the role may not see it'),
    );
  const isSet = Object.entries(op.fields).every(([field, wanted]) => isSame(row.values[field], wanted));
  if (isSet) return done(op.id, 'applied', op.record, at);
  return ran ? stale(op, 'NOT_SHOWN') : unknown(op, 'JOB_LOST');
};

const isSame = (found: FieldValue | undefined, wanted: FieldValue): boolean =>
  found !== undefined && JSON.stringify(found) === JSON.stringify(wanted === '' ? null : wanted);

/** Surely not applied; planned anew. */
const stale = (op: Op, code: string): Outcome =>
  rejected(op.id, refusal('stale', code, 'the job ended without this change; it is planned anew'));

const unknown = (op: Op, code: string): Outcome => ({
  op: op.id,
  result: 'unknown',
  refusal: refusal('unavailable', code, 'NetSuite no longer tells what the job did with this record'),
});
