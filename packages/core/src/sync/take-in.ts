import type { Millis, Op, Outcome, Row } from '@heed/contract';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { ingest } from './ingest.ts';
import { type Run, sideOf } from './run-state.ts';
import type { Answered } from './written.ts';

/** The answers, and what they show, are remembered, so that the next decision does not take our own write for somebody's edit. */
export const takeIn = async (run: Run, side: 'crm' | 'marketing', answered: readonly Answered[]): Promise<void> => {
  const { system, open } = sideOf(run, side);
  const rows = answered.flatMap(({ outcome, intent }) =>
    (outcome.result === 'applied' || outcome.result === 'unchanged') && outcome.row !== null && !isConsentOp(intent.op)
      ? [withWritten(outcome.row, intent.op)]
      : [],
  );
  const atWork = new Set(answered.map((one) => one.address));
  const writtenAt = timesOf(answered);
  await ingest(run, {
    side,
    rows,
    readAt: open.session.now(),
    lists: null,
    cursor: null,
    atWork,
    writtenAt,
    answered: answered.map((one) => one.intent),
  });
  const silent = answered.filter(
    ({ outcome, intent }) =>
      intent.state === 'applied' && outcome.result === 'applied' && outcome.row === null && !isConsentOp(intent.op),
  );
  const renamed = answered.filter(({ intent }) => intent.op.kind === 'rename');
  if (silent.length + renamed.length === 0) return;
  const refs = [...silent, ...renamed].flatMap(({ intent }) =>
    'record' in intent.op && intent.op.record !== null ? [intent.op.record] : [],
  );
  const known = new Map(
    (await run.engine.store.known(system, refs, [])).shadows.map((shadow) => [recordKey(shadow.record), shadow]),
  );
  const shadows = silent.flatMap(({ intent, outcome }) => afterWrite(run, side, intent, outcome, known));
  const gone = renamedAway(answered, known);
  if (shadows.length + gone.length === 0) return;
  await run.engine.store.commitPage(
    run.lease,
    {
      system,
      run: run.id,
      shadows: [...shadows, ...gone],
      facts: [],
      intents: [],
      dirty: [],
      dirtyFields: [],
      atWork: { profile: run.view.profile.id, addresses: [...atWork] },
      cursor: null,
    },
    run.engine.clock.now(),
  );
};

/** When our applied writes were answered, by record key. */
const timesOf = (answered: readonly Answered[]): ReadonlyMap<string, Millis> =>
  new Map(
    answered.flatMap(({ outcome }) =>
      outcome.result === 'applied' && outcome.row !== null
        ? [[recordKey(outcome.row.record), outcome.at] as const]
        : [],
    ),
  );

/** An answer may show only part of the record; what it does show is what the vendor made of our values. */
const withWritten = (row: Row, op: Op): Row => {
  const sent = op.kind === 'patch' ? op.fields : op.kind === 'create' ? { ...op.fields, ...op.set } : {};
  return { ...row, values: { ...sent, ...row.values } };
};

const isConsentOp = (op: Op): boolean => op.kind === 'opt-out' || op.kind === 'clear' || op.kind === 'leave';

/** The shadow of a record as our applied write left it, where the answer did not show it. */
const afterWrite = (
  run: Run,
  side: 'crm' | 'marketing',
  intent: Intent,
  outcome: Outcome,
  known: ReadonlyMap<string, Shadow>,
): readonly Shadow[] => {
  const { op } = intent;
  if (outcome.result !== 'applied') return [];
  if (op.kind === 'patch') {
    const shadow = known.get(recordKey(op.record));
    if (shadow === undefined) return [];
    // What a search that lags behind still shows of before is older than this.
    const modifiedAt = Math.max(shadow.modifiedAt ?? outcome.at, outcome.at);
    return [{ ...shadow, values: { ...shadow.values, ...op.fields }, modifiedAt }];
  }
  if (op.kind !== 'create' || outcome.record === null) return [];
  const at = outcome.at;
  return [
    {
      system: sideOf(run, side).system,
      record: outcome.record,
      email: op.email,
      address: intent.address,
      life: { kind: 'live' },
      values: { ...op.fields, ...op.set },
      member:
        op.as === null ? null : { status: op.as, by: 'system', complaint: false, since: null, optIn: null, topics: {} },
      reference: op.reference?.value ?? null,
      lists: {},
      modifiedAt: at,
      modifiedBy: 'us',
      version: null,
      stays: [{ address: intent.address, from: null, until: null }],
      firstReadAt: at,
      lastReadAt: at,
      seenAt: run.engine.clock.now(),
      lifeChangedAt: null,
      archivedSince: null,
    },
  ];
};

/** A rename gives the member another id where the id is made of the address: the old one lives on as the new one. */
const renamedAway = (answered: readonly Answered[], known: ReadonlyMap<string, Shadow>): readonly Shadow[] =>
  answered.flatMap(({ intent, outcome }) => {
    if (intent.op.kind !== 'rename' || outcome.result !== 'applied' || outcome.record === null) return [];
    const shadow = known.get(recordKey(intent.op.record));
    const same = recordKey(outcome.record) === recordKey(intent.op.record);
    return shadow === undefined || same
      ? []
      : [{ ...shadow, life: { kind: 'continued', as: outcome.record } as const }];
  });
