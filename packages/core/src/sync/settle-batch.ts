import { REFUSED_FOR_EVER } from '../plan/consent-case.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import type { Bucket, NotSyncedReason } from '../state/report.ts';
import { recordKey } from '../state/shadow.ts';
import type { DirtyMark, Owed, SetAside, Settlement } from '../state/store.ts';
import type { Run } from './run-state.ts';
import type { Written } from './written.ts';

export interface Worked {
  readonly mark: DirtyMark;
  /** What was to be done, and how things stand after it was tried. */
  readonly before: AddressPlan;
  readonly after: AddressPlan;
  readonly written: readonly Written[];
  /** Something of it is held by a guard or a first run. */
  readonly held: boolean;
  /** The second half of the work is still to come in this run. */
  readonly unfinished: boolean;
  /** A system did not show a record of it that it had: the next run asks once more. */
  readonly missing: boolean;
}

/** Turns what was tried into what is remembered: owed, set aside, listed, linked, clean or due again. */
export const settlementOf = (run: Run, worked: Worked): Settlement => {
  const { mark, after, written } = worked;
  const now = run.engine.clock.now();
  const owed = owedAfter(worked);
  const setAside = [
    ...judged(worked).map((one) => ({ ...one, retryAt: one.retryAt ?? null })),
    ...written.flatMap((one) => one.setAside ?? []),
    ...(worked.missing ? [missingRecord(mark.address, now)] : []),
  ];
  return {
    address: mark.address,
    mark: mark.mark,
    next: nextLook(worked, owed, setAside, now),
    owed,
    setAside,
    listed: after.listed,
    links: after.links,
    buckets: bucketsAfter(worked),
  };
};

/**
 * What was set aside as things stand now. A field that a create had to leave out is not in the vendor's answer, so nothing
 * can be said of it until a read shows it: it stays set aside.
 */
const judged = ({ before, after, written }: Worked): AddressPlan['setAside'] => {
  if (!written.some((one) => one.done && one.write.op.kind === 'create')) return after.setAside;
  const known = new Set(after.setAside.map((one) => one.field));
  return [...after.setAside, ...before.setAside.filter((one) => one.field !== null && !known.has(one.field))];
};

const missingRecord = (address: SetAside['address'], now: number): SetAside => ({
  address,
  side: 'crm',
  record: null,
  field: null,
  rule: 'C12a',
  message: 'a record that was there is not shown any more; it is asked for once more before that counts',
  write: null,
  attempts: 0,
  retryAt: now,
});

/** What was owed before the attempt and is still not read back (C22). What became due only now is work for the next run. */
const owedAfter = ({ before, after, held }: Worked): readonly Owed[] => {
  const was = new Set(before.owed.map(owedKey));
  return after.owed
    .filter((one) => was.has(owedKey(one)))
    .map((one) => (held ? { ...one, why: 'held, waits for approve' } : one));
};

const owedKey = ({ side, record, topic = '' }: Owed): string =>
  `${side}|${record === null ? '' : recordKey(record)}|${topic}`;

const nextLook = (
  worked: Worked,
  owed: readonly Owed[],
  setAside: readonly SetAside[],
  now: number,
): 'clean' | number => {
  if (worked.unfinished || worked.held) return now;
  const retries = setAside.flatMap((one) => one.retryAt ?? []);
  if (retries.length > 0) return Math.min(...retries);
  // What is owed is tried by every run; a refusal had its own pause above (C22).
  if (owed.length > 0) return now;
  const todo = worked.after.consent.length + worked.after.fields.length;
  return todo > 0 ? now : 'clean';
};

type BucketLine = Settlement['buckets'][number];

const bucketsAfter = (worked: Worked): Settlement['buckets'] => {
  const { after, written, held, unfinished } = worked;
  const lines = new Map<string, BucketLine>();
  const put = (
    side: 'crm' | 'marketing',
    record: BucketLine['record'],
    bucket: Bucket,
    reason: NotSyncedReason | null,
  ): void => {
    lines.set(`${side}|${recordKey(record)}`, { side, record, bucket, reason });
  };
  for (const one of after.buckets) {
    const waits = held || (unfinished && one.bucket !== 'notSynced');
    put(one.side, one.record, waits ? 'held' : one.bucket, waits ? null : one.reason);
  }
  for (const one of written) {
    const { record } = one.change;
    if (record !== null && one.done) put(one.write.side, record, bucketOf(one), null);
  }
  const refused = written.flatMap((one) => one.setAside ?? []);
  for (const one of [...judged(worked), ...refused]) {
    if (one.record !== null && one.rule !== REFUSED_FOR_EVER) put(one.side, one.record, 'setAside', null);
  }
  return [...lines.values()];
};

const bucketOf = ({ write, intent }: Written): Bucket => {
  if (intent.state === 'unchanged') return 'unchanged';
  if (write.op.kind === 'create') return 'created';
  return write.op.kind === 'opt-out' ? 'optedOut' : 'updated';
};
