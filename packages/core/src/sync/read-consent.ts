import { readsTooSmall } from '../consent/guards.ts';
import { CONSENT_READ, type ConsentRead, consentRead } from './consent-read.ts';
import { lookAtRecords } from './look.ts';
import { isStale, readStream } from './read-stream.ts';
import type { Run } from './run-state.ts';
import { changeService } from './service.ts';
import { recordsAsk, streamOf } from './stream.ts';
import { countUnseen, disbelieve, eachUnseen, isDoubt } from './unseen.ts';

export const readConsent = async (run: Run): Promise<void> => {
  const seenAt = run.crm.session.now();
  const read = async (anew: boolean): Promise<void> => {
    const { stream, ask } = await consentRead(run, anew);
    await readStream(run, 'crm', 'consent', stream, ask);
  };
  try {
    await read(false);
  } catch (error) {
    if (!isStale(error)) throw error;
    // What was unticked, renamed or deleted since the lost cursor shows in a read of everybody only.
    await read(true);
  }
  run.seenAt.crm = seenAt;
  await lookForAbsentees(run);
  await lookForHeirs(run);
};

/** A read shows who changed; an heir that did not change is asked for, or a lost opt-out would have no home (C16). */
export const lookForHeirs = async (run: Run): Promise<void> => {
  const heirs = [...run.unknownHeirs.values()];
  run.unknownHeirs.clear();
  await lookAtRecords(run, 'crm', heirs, null);
};

/** Whom a read of everybody did not show was deleted, merged or hidden: each is asked for, since absence proves nothing (C12, C16). */
export const lookForAbsentees = async (run: Run): Promise<void> => {
  const { store } = run.engine;
  const profile = run.view.profile.id;
  const read = (await store.note(profile, CONSENT_READ)) as ConsentRead | null;
  if (read === null || read.beganAt === null || !read.hasAbsentees) return;
  const had = await store.count(run.view.crm);
  const shown = had - (await countUnseen(run, run.view.crm, read.beganAt));
  // It is read in full again by the next run, as every side in doubt, and so are its fields and lists.
  if (readsTooSmall(shown, had) && !run.service.released.size) {
    await disbelieve(run, run.crm.connector.title, 'records', shown, had);
    return store.dropCursor(run.lease, streamOf(run, 'records', recordsAsk(run)));
  }
  await eachUnseen(run, run.view.crm, read.beganAt, (page) =>
    lookAtRecords(
      run,
      'crm',
      page.map((shadow) => shadow.record),
      null,
    ),
  );
  await store.putNote(profile, CONSENT_READ, { ...read, hasAbsentees: false });
  if (!run.service.holds.some(isDoubt(run.crm))) return;
  run.service = await changeService(store, profile, (service) => ({
    ...service,
    holds: service.holds.filter((hold) => !isDoubt(run.crm)(hold)),
  }));
  run.cautious = run.restored || run.service.holds.some(isDoubt(run.marketing));
};
