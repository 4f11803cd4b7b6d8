import type { Lookup, Millis, RecordRef, Row } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { ingest } from './ingest.ts';
import { breathe, type Run, sideOf } from './run-state.ts';
import { spellingsOf } from './spellings.ts';
import { enlist } from './worklist.ts';

type By = Lookup['by'];

const NO_TIMES = { evidenceSince: null, changedSince: null } as const;
const NOBODY: ReadonlySet<AddressKey> = new Set();

const ask = async (
  run: Run,
  side: 'crm' | 'marketing',
  by: By,
  times: Pick<Lookup, 'evidenceSince' | 'changedSince'>,
  atWork: ReadonlySet<AddressKey> = NOBODY,
): Promise<readonly Row[]> => {
  await breathe(run);
  const { open } = sideOf(run, side);
  const columns = side === 'crm' ? run.view.columns.records : run.view.columns.members;
  const readAt = open.session.now();
  const rows = await open.session.lookup({ ...columns, by, ...times }, run.signal);
  await ingest(run, { side, rows, readAt, lists: null, cursor: null, atWork });
  return rows;
};

/** Finds every CRM record of these addresses, in every spelling seen, known or not (C1). */
export const lookForRecords = async (run: Run, addresses: readonly AddressKey[]): Promise<void> => {
  if (addresses.length === 0) return;
  const hood = await run.engine.store.neighbourhood(run.view.profile.id, [run.view.crm, run.view.marketing], addresses);
  const emails = spellingsOf(hood.shadows, addresses);
  const rows = emails.length === 0 ? [] : await ask(run, 'crm', { emails }, NO_TIMES);
  // A record that moved away or was deleted since we last saw it is not in the answer; ask for it by its id.
  const shown = new Set(rows.map((row) => recordKey(row.record)));
  const wanted = new Set<string>(addresses);
  const lost = hood.shadows.filter(
    (shadow) =>
      shadow.system.role === 'crm' &&
      shadow.life.kind === 'live' &&
      shadow.address !== null &&
      wanted.has(shadow.address) &&
      !shown.has(recordKey(shadow.record)),
  );
  await lookAtRecords(
    run,
    'crm',
    lost.map((shadow) => shadow.record),
    null,
  );
};

/** Asks the marketing system about these addresses, none of which it has shown as a member yet (C1). */
export const lookForMembers = async (run: Run, addresses: readonly AddressKey[]): Promise<void> => {
  const { profile, crm, marketing } = run.view;
  const hood = await run.engine.store.neighbourhood(profile.id, [crm, marketing], addresses);
  const emails = spellingsOf(hood.shadows, addresses);
  if (emails.length > 0) await ask(run, 'marketing', { emails }, NO_TIMES);
};

/** Asks the marketing system what proves an own opt-in of these members since then (C7). Vendor's clock. */
export const lookForEvidence = async (
  run: Run,
  members: readonly { readonly record: RecordRef; readonly since: Millis }[],
): Promise<void> => {
  if (members.length === 0) return;
  const since = Math.min(...members.map((member) => member.since));
  await ask(
    run,
    'marketing',
    { records: members.map((member) => member.record) },
    { evidenceSince: since, changedSince: null },
  );
};

/**
 * Reads records back. One that is no longer there has vanished, which is not the same as deleted (C12a); and a look that did
 * not show it may have been a bad one, so the next run asks once more before anybody relies on it.
 */
export const lookAtRecords = async (
  run: Run,
  side: 'crm' | 'marketing',
  records: readonly RecordRef[],
  changedSince: Millis | null,
  atWork: ReadonlySet<AddressKey> = NOBODY,
): Promise<void> => {
  const known = await notShown(run, side, records, changedSince, atWork);
  if (known.length === 0) return;
  const { system, open } = sideOf(run, side);
  const at = open.session.now();
  const addresses = known.flatMap((shadow) => shadow.address ?? []);
  await noteMissing(run, side, known);
  await enlist(run, 'missing', addresses);
  await run.engine.store.commitPage(
    run.lease,
    {
      system,
      run: run.id,
      shadows: known.map((shadow) => ({
        ...shadow,
        life: { kind: 'vanished' },
        lifeChangedAt: at,
        archivedSince: shadow.archivedSince ?? at,
      })),
      facts: [],
      intents: [],
      dirty: addresses.filter((address) => !atWork.has(address)),
      dirtyFields: [],
      atWork: { profile: run.view.profile.id, addresses: addresses.filter((address) => atWork.has(address)) },
      cursor: null,
    },
    run.engine.clock.now(),
  );
};

/** The records of these that are known to live and that the system does not show. */
const notShown = async (
  run: Run,
  side: 'crm' | 'marketing',
  records: readonly RecordRef[],
  changedSince: Millis | null,
  atWork: ReadonlySet<AddressKey>,
): Promise<readonly Shadow[]> => {
  if (records.length === 0) return [];
  const rows = await ask(run, side, { records }, { evidenceSince: null, changedSince }, atWork);
  const shown = new Set(rows.map((row) => recordKey(row.record)));
  const gone = records.filter((record) => !shown.has(recordKey(record)));
  const { shadows } = await run.engine.store.known(sideOf(run, side).system, gone, []);
  return shadows.filter((shadow) => shadow.life.kind === 'live');
};

const MISSING = 'missing';
interface Missing {
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef;
}

const noteMissing = async (run: Run, side: 'crm' | 'marketing', shadows: readonly Shadow[]): Promise<void> => {
  const { store } = run.engine;
  const before = ((await store.note(run.view.profile.id, MISSING)) ?? []) as readonly Missing[];
  const more = shadows.map(({ record }): Missing => ({ side, record }));
  await store.putNote(run.view.profile.id, MISSING, [...before, ...more]);
};

/** Asks once more for what the looks of an earlier run did not show: whatever is there after all lives again. */
export const lookForMissing = async (run: Run): Promise<void> => {
  const { store } = run.engine;
  const missing = ((await store.note(run.view.profile.id, MISSING)) ?? []) as readonly Missing[];
  if (missing.length === 0) return;
  for (const side of ['crm', 'marketing'] as const) {
    const records = missing.filter((one) => one.side === side).map((one) => one.record);
    await notShown(run, side, records, null, NOBODY);
  }
  await store.putNote(run.view.profile.id, MISSING, null);
};

/** Looks at what these intents were about: by record, or by address for a create. `atWork`: see `Reading`. */
export const lookAt = async (
  run: Run,
  side: 'crm' | 'marketing',
  intents: readonly Intent[],
  atWork: ReadonlySet<AddressKey> = NOBODY,
): Promise<void> => {
  if (intents.length === 0) return;
  const since = Math.min(...intents.map((intent) => intent.sentAt)) - 1_000;
  const records = intents.flatMap(({ op }) => ('record' in op && op.record !== null ? [op.record] : []));
  await lookAtRecords(run, side, records, since, atWork);
  const unnamed = intents.filter(({ op }) => op.kind === 'create' || (op.kind === 'opt-out' && op.record === null));
  const references = unnamed.flatMap(({ op }) =>
    op.kind === 'create' && op.reference !== null ? [op.reference.value] : [],
  );
  const emails = unnamed.flatMap(({ op }) => ('email' in op ? [op.email] : []));
  if (emails.length > 0) await ask(run, side, { emails }, NO_TIMES, atWork);
  if (references.length > 0) await ask(run, side, { references }, NO_TIMES, atWork);
  const renamed = intents.flatMap(({ op }) => (op.kind === 'rename' ? [op.to] : []));
  if (renamed.length > 0) await ask(run, side, { emails: renamed }, NO_TIMES, atWork);
};
