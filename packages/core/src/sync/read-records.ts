import { lookForAbsentees, lookForHeirs } from './read-consent.ts';
import { orAnew, readStream } from './read-stream.ts';
import type { Run } from './run-state.ts';
import { recordsAsk, streamOf } from './stream.ts';
import { eachUnseen, keep } from './unseen.ts';

/** The stream whose read from the beginning has not told yet who is in the lists. */
const LISTS_ASKED = 'lists-asked';

/** `between`: what must not wait for the end of a long read. */
export const readRecords = async (run: Run, between: () => Promise<void> = async () => {}): Promise<void> => {
  const { store } = run.engine;
  const profile = run.view.profile.id;
  const ask = recordsAsk(run);
  const stream = streamOf(run, 'records', ask);
  const lists = ask.lists?.map((list) => list.id) ?? [];
  // What another read of the lists has forgotten and not told, only a read from their beginning can tell.
  const asked = await store.note(profile, LISTS_ASKED);
  if (asked !== null && asked !== stream) await store.dropCursor(run.lease, stream);
  await orAnew(run, stream, async () => {
    if (lists.length > 0 && (await store.cursor(stream)) === null) {
      await store.putNote(profile, LISTS_ASKED, stream);
      await placeInLists(run, lists, true, null);
    }
    await readStream(run, 'crm', 'records', stream, ask, between);
  });
  await lookForHeirs(run);
  // The records may have told who is gone, so that the other read is not small any more (C24).
  if (run.cautious) await lookForAbsentees(run);
  if ((await store.note(profile, LISTS_ASKED)) === null) return;
  await placeInLists(run, lists, null, false);
  await store.putNote(profile, LISTS_ASKED, null);
};

/**
 * A list that is read from its beginning shows who is in it, not who left: until its end nobody knows (null) of those who
 * were in it, and then whom it did not show is out. A read that is cut off makes nobody leave (C12).
 */
const placeInLists = (run: Run, lists: readonly string[], from: true | null, to: null | false): Promise<void> =>
  eachUnseen(run, run.view.crm, Number.MAX_SAFE_INTEGER, async (page) => {
    const there = page.filter((shadow) => lists.some((list) => shadow.lists[list] === from));
    const placed = there.map((shadow) => {
      const moved = lists.filter((list) => shadow.lists[list] === from).map((list) => [list, to] as const);
      return { ...shadow, lists: { ...shadow.lists, ...Object.fromEntries(moved) } };
    });
    await keep(run, run.view.crm, placed);
  });
