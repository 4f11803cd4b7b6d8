import { createHash } from 'node:crypto';
import type { Millis, ReadRequest, Row } from '@heed/contract';
import type { Run } from './run-state.ts';
import { type Ask, everyone, membersAsk, recordsAsk, streamOf } from './stream.ts';
import { isDoubt } from './unseen.ts';

/**
 * The CRM's consent, unscoped and light (C4 to C6 never depend on lists): at first who is opted out, then all changes. When
 * it must begin anew (other columns, `--full`, a cursor the vendor no longer takes) everybody is read once: what was
 * unticked, renamed or deleted in between must not be missed.
 */
export const consentRead = async (run: Run, anew = false): Promise<{ readonly stream: string; readonly ask: Ask }> => {
  const { store } = run.engine;
  const { columns } = run.view;
  const profile = run.view.profile.id;
  const asked = createHash('sha256')
    .update(JSON.stringify([columns.consent, run.view.consentFields]))
    .digest('hex');
  const before = (await store.note(profile, CONSENT_READ)) as ConsentRead | null;
  const goesOn = before !== null && before.asked === asked && !anew && !run.service.holds.some(isDoubt(run.crm));
  const read = goesOn ? before : beginning(run, asked, before);
  // Durable before anything of the older read is given up: what it would still have shown must not be forgotten by a crash.
  if (read !== before) await store.putNote(profile, CONSENT_READ, read);
  const { initially, beganAt } = read;
  const ask = everyone(columns.consent, initially);
  return { ask, stream: streamOf(run, 'consent', ask, beganAt) };
};

const beginning = (run: Run, asked: string, before: ConsentRead | null): ConsentRead => {
  if (before === null)
    return { asked, initially: mustSeeChange(run) ? 'everyone' : 'opted-out', beganAt: null, hasAbsentees: false };
  return { asked, initially: 'everyone', beganAt: run.engine.clock.now(), hasAbsentees: true };
};

/** Where an opt-out counts only if it was seen to be set, whoever is not opted out must be known, also outside the lists (C5, C28). */
const mustSeeChange = ({ view }: Run): boolean =>
  view.profile.crm.lists !== null &&
  view.profile.crm.lists.length > 0 &&
  Object.values(view.consentFields).some((fields) => fields.some(({ mayBeDefault }) => mayBeDefault !== undefined));

/** A consent field was hidden after the schemas had been asked for. */
export const isBlind = ({ view }: Run, { life, record, values }: Row): boolean =>
  life.kind === 'live' && (view.consentFields[record.type] ?? []).some(({ field }) => !(field in values));

/** What could not be seen is read once more, of everybody, by the next read: nobody can say whom it hid (C18). */
export const forgetConsent = async ({ engine: { store }, view }: Run): Promise<void> => {
  const read = (await store.note(view.profile.id, CONSENT_READ)) as ConsentRead | null;
  if (read !== null && read.asked !== '') await store.putNote(view.profile.id, CONSENT_READ, { ...read, asked: '' });
};

export const CONSENT_READ = 'consent-read';
export interface ConsentRead {
  readonly asked: string;
  readonly initially: ReadRequest['initially'];
  /** Our clock; it names the read as well, so that no cursor of an earlier one is taken for its own. Null: the very first. */
  readonly beganAt: Millis | null;
  /** A read of everybody whose absentees nobody has looked for yet. */
  readonly hasAbsentees: boolean;
}

/** For `--full`, and for a restored database: everything is read again from the beginning. */
export const forgetCursors = async (run: Run): Promise<void> => {
  await consentRead(run, true);
  const streams = [streamOf(run, 'members', membersAsk(run)), streamOf(run, 'records', recordsAsk(run))];
  for (const stream of streams) await run.engine.store.dropCursor(run.lease, stream);
};
