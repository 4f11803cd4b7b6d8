import type { Millis } from '@heed/contract';
import { readsTooSmall } from '../consent/guards.ts';
import { orAnew, readStream } from './read-stream.ts';
import type { Run } from './run-state.ts';
import { changeService } from './service.ts';
import { membersAsk, streamOf } from './stream.ts';
import { countUnseen, disbelieve, eachUnseen, isDoubt, keep } from './unseen.ts';

/** A complete read of the members has its own cadence: permanent deletions show in nothing else. Our clock. */
const COMPLETE_EVERY_MS = 7 * 24 * 3_600_000;

/**
 * A search may be late: whom we saw so shortly before a complete read began need not be in it yet, and is judged by the next one. As
 * long as the longest overlap with which a connector reads changes again (NetSuite's, 15 minutes).
 */
const LATE_MS = 15 * 60_000;

/** Our clock when the complete read began that nobody has judged yet. */
const COMPLETE_BEGAN = 'complete-began';

export const readMembers = async (run: Run): Promise<void> => {
  const { store, clock } = run.engine;
  const profile = run.view.profile.id;
  const seenAt = run.marketing.session.now();
  const ask = membersAsk(run);
  const stream = streamOf(run, 'members', ask);
  const due = run.service.complete !== null && clock.now() - run.service.complete.at > COMPLETE_EVERY_MS;
  if (due) await store.dropCursor(run.lease, stream);
  await orAnew(run, stream, async () => {
    // A complete read may be killed and go on in another run, also right behind its last page: what it did not show is judged
    // by its very beginning, once a run has read to the end.
    if ((await store.cursor(stream)) === null) await store.putNote(profile, COMPLETE_BEGAN, clock.now());
    await readStream(run, 'marketing', 'members', stream, ask);
  });
  run.seenAt.marketing = seenAt;
  const startedAt = (await store.note(profile, COMPLETE_BEGAN)) as number | null;
  if (startedAt === null) return;
  // What reads too small is read in full again by the next run: it may have come back, with opt-outs that this read missed.
  if (await isComplete(run, startedAt)) await store.putNote(profile, COMPLETE_BEGAN, null);
  else await store.dropCursor(run.lease, stream);
};

/** C24: what a side that suddenly reads small does not show proves nothing; an operator may accept the new size. */
const isComplete = async (run: Run, startedAt: number): Promise<boolean> => {
  const { store, clock } = run.engine;
  const { profile } = run.view;
  const unseen = await countUnseen(run, run.view.marketing, startedAt - LATE_MS);
  const size = (await store.count(run.view.marketing)) - unseen;
  const previous = run.service.complete?.members ?? null;
  if (readsTooSmall(size, previous) && !run.service.released.size) {
    await disbelieve(run, run.marketing.connector.title, 'members', size, previous ?? 0);
    return false;
  }
  await vanish(run, startedAt);
  run.service = await changeService(store, profile.id, (service) => ({
    ...service,
    complete: { at: clock.now(), members: size },
    released: { ...service.released, size: false },
    holds: service.holds.filter((hold) => !isDoubt(run.marketing)(hold)),
  }));
  return true;
};

/** Vanished is unknown, never absent: such a member is not created again (C12a, C19). */
const vanish = (run: Run, startedAt: Millis): Promise<void> =>
  eachUnseen(run, run.view.marketing, startedAt - LATE_MS, async (page) => {
    const at = run.marketing.session.now();
    const gone = page.map((shadow) => ({
      ...shadow,
      life: { kind: 'vanished' } as const,
      lifeChangedAt: at,
      archivedSince: shadow.archivedSince ?? at,
    }));
    await keep(run, run.view.marketing, gone);
  });
