import { createHash } from 'node:crypto';
import type { Columns, Millis, Page, ReadRequest, Row } from '@heed/contract';
import { type Hold, readsTooSmall } from '../consent/guards.ts';
import type { Shadow, System } from '../state/shadow.ts';
import type { OpenSystem } from './engine.ts';
import { putHold } from './guarded-pass.ts';
import { ingest } from './ingest.ts';
import { lookAtRecords } from './look.ts';
import { breathe, isConnectorError, type Run, sideOf } from './run-state.ts';
import { changeService } from './service.ts';

/** A complete read of the members has its own cadence: permanent deletions show in nothing else. Our clock. */
const COMPLETE_EVERY_MS = 7 * 24 * 3_600_000;

type Ask = Omit<ReadRequest, 'after'>;

/** A read that began this much before us is a resumed one. */
const RESUMED_MS = 2_000;

/**
 * The stream's name has its columns in it: a profile that asks for other columns begins its own read. `beganAt`: so does a read
 * that is to begin anew with the same ones.
 */
const streamOf = (run: Run, name: string, ask: Ask, beganAt: Millis | null = null): string => {
  // A field that one type hides is asked for all the same: when it shows up, rows read without it are read again.
  const readable = name === 'members' ? null : run.view.consentFields;
  const what = [ask.types, ask.fields, ask.consent, ask.reference, ask.lists, ask.initially, readable];
  const text = JSON.stringify(beganAt === null ? what : [...what, beganAt]);
  return `${run.view.profile.id}|${name}|${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
};

/**
 * Reads one stream to its end, a commit per page. A read that another run began long ago ends where that run was, so what
 * changed since is read at once.
 */
const readStream = async (
  run: Run,
  side: 'crm' | 'marketing',
  name: 'members' | 'consent' | 'records',
  stream: string,
  ask: Ask,
  between: () => Promise<void> = async () => {},
): Promise<void> => {
  const began = sideOf(run, side).open.session.now();
  for (let again = false; ; again = true) {
    const last = await readOnce(run, side, name, stream, ask, between);
    // Only a resumed read can end so long before us, and only once; else the vendor's clocks disagree with each other.
    if (last === null || again || last.readAt + RESUMED_MS >= began) return;
  }
};

/** Reads, and where the vendor no longer accepts the cursor once more from the beginning, with all that belongs to one. */
const orAnew = async (run: Run, stream: string, read: () => Promise<void>): Promise<void> => {
  try {
    await read();
  } catch (error) {
    if (!isStale(error)) throw error;
    await run.engine.store.dropCursor(run.lease, stream);
    await read();
  }
};

const isStale = (error: unknown): boolean => isConnectorError(error) && error.kind === 'stale';

const readOnce = async (
  run: Run,
  side: 'crm' | 'marketing',
  name: 'members' | 'consent' | 'records',
  stream: string,
  ask: Ask,
  between: () => Promise<void>,
): Promise<Page | null> => {
  const { open } = sideOf(run, side);
  const after = await run.engine.store.cursor(stream);
  const lists = ask.lists?.map((list) => list.id) ?? null;
  let last: Page | null = null;
  let done = 0;
  for await (const page of ahead(open.session.read({ ...ask, after }, run.signal))) {
    await breathe(run);
    if (side === 'crm' && page.rows.some((row) => isBlind(run, row))) await forgetConsent(run);
    await ingest(run, {
      side,
      rows: page.rows,
      readAt: page.readAt,
      lists,
      cursor: { stream, next: page.next },
      columns: ask,
      forFields: name === 'records',
    });
    done += page.rows.length;
    const doing = `reading ${open.connector.title} (${name})`;
    run.engine.progress({ profile: run.view.profile.id, doing, done, of: page.total });
    last = page;
    if (!page.last) await between();
  }
  return last;
};

/**
 * Asks for the next page while the last one is written down. A cursor is durable only with the rows before it, so a page that
 * was asked for and never taken is simply asked for again.
 */
async function* ahead(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const source = pages[Symbol.asyncIterator]();
  try {
    let coming = source.next();
    for (;;) {
      const { value, done } = await coming;
      if (done) return;
      coming = source.next();
      coming.catch(() => {}); // told when it is waited for
      yield value;
    }
  } finally {
    await source.return?.();
  }
}

const everyone = (columns: Columns, initially: ReadRequest['initially']): Ask => ({
  ...columns,
  lists: null,
  initially,
});

/** Members with consent and fields: one read, since they come in the same answer. */
const membersAsk = (run: Run): Ask => everyone(run.view.columns.members, 'everyone');
/**
 * The CRM's consent, unscoped and light (C4 to C6 never depend on lists): at first who is opted out, then all changes. When
 * it must begin anew (other columns, `--full`, a cursor the vendor no longer takes) everybody is read once: what was
 * unticked, renamed or deleted in between must not be missed.
 */
const consentRead = async (run: Run, anew = false): Promise<{ readonly stream: string; readonly ask: Ask }> => {
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
const isBlind = ({ view }: Run, { life, record, values }: Row): boolean =>
  life.kind === 'live' && (view.consentFields[record.type] ?? []).some(({ field }) => !(field in values));

/** What could not be seen is read once more, of everybody, by the next read: nobody can say whom it hid (C18). */
const forgetConsent = async ({ engine: { store }, view }: Run): Promise<void> => {
  const read = (await store.note(view.profile.id, CONSENT_READ)) as ConsentRead | null;
  if (read !== null && read.asked !== '') await store.putNote(view.profile.id, CONSENT_READ, { ...read, asked: '' });
};

const CONSENT_READ = 'consent-read';
interface ConsentRead {
  readonly asked: string;
  readonly initially: ReadRequest['initially'];
  /** Our clock; it names the read as well, so that no cursor of an earlier one is taken for its own. Null: the very first. */
  readonly beganAt: Millis | null;
  /** A read of everybody whose absentees nobody has looked for yet. */
  readonly hasAbsentees: boolean;
}

const recordsAsk = (run: Run): Ask => ({
  ...run.view.columns.records,
  lists: run.view.profile.crm.lists,
  initially: 'everyone',
});

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
  const unseen = await countUnseen(run, run.view.marketing, startedAt);
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

const PAGE = 1_000;

const eachUnseen = async (
  run: Run,
  system: System,
  before: Millis,
  work: (shadows: readonly Shadow[]) => Promise<void>,
): Promise<void> => {
  let after: Shadow['record'] | null = null;
  for (;;) {
    const page: readonly Shadow[] = await run.engine.store.unseen(system, before, after, PAGE);
    if (page.length === 0) return;
    await breathe(run);
    await work(page);
    after = page.at(-1)?.record ?? null;
  }
};

/** A system that reads whole again takes back the doubt about itself, not one about the other. */
const isDoubt =
  ({ connector }: OpenSystem) =>
  ({ kind, why }: Hold): boolean =>
    kind === 'empty-side' && why.startsWith(connector.title);

const disbelieve = async (run: Run, title: string, what: string, shown: number, had: number): Promise<void> => {
  run.cautious = true;
  const why = `${title} shows ${shown} ${what} where it had ${had}; what is missing proves nothing (C24)`;
  await putHold(run, { kind: 'empty-side', addresses: [], facts: [], why });
};

const countUnseen = async (run: Run, system: System, startedAt: Millis): Promise<number> => {
  let n = 0;
  await eachUnseen(run, system, startedAt, async (page) => {
    n += page.length;
  });
  return n;
};

/** Vanished is unknown, never absent: such a member is not created again (C12a, C19). */
const vanish = (run: Run, startedAt: Millis): Promise<void> =>
  eachUnseen(run, run.view.marketing, startedAt, async (page) => {
    const at = run.marketing.session.now();
    const gone = page.map((shadow) => ({
      ...shadow,
      life: { kind: 'vanished' } as const,
      lifeChangedAt: at,
      archivedSince: shadow.archivedSince ?? at,
    }));
    await keep(run, run.view.marketing, gone);
  });

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
const lookForAbsentees = async (run: Run): Promise<void> => {
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

/** What we conclude about records that no row told us of. */
const keep = async (run: Run, system: System, shadows: readonly Shadow[]): Promise<void> => {
  if (shadows.length === 0) return;
  const dirty = shadows.flatMap((shadow) => shadow.address ?? []);
  const page = { system, run: run.id, shadows, facts: [], intents: [], dirty, dirtyFields: [], cursor: null };
  await run.engine.store.commitPage(run.lease, page, run.engine.clock.now());
};

/** For `--full`, and for a restored database: everything is read again from the beginning. */
export const forgetCursors = async (run: Run): Promise<void> => {
  await consentRead(run, true);
  const streams = [streamOf(run, 'members', membersAsk(run)), streamOf(run, 'records', recordsAsk(run))];
  for (const stream of streams) await run.engine.store.dropCursor(run.lease, stream);
};
