import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Millis } from '@heed/contract';
import {
  asIfEntered,
  EVERYWHERE,
  EXIT,
  enterList,
  hasGrownTooMuch,
  type ImportFrom,
  isMostlySubscribers,
  type ListEntry,
  markListed,
  type Profile,
  type Progress,
  type Store,
} from '@heed/core';
import { type DraftedFile, draftFile } from '../opt-out-list/draft-file.ts';
import { shapeOf } from '../opt-out-list/list-lines.ts';
import { openListFile } from '../opt-out-list/list-source.ts';
import { UnreadableList } from '../opt-out-list/unreadable-list.ts';
import { count, plural } from '../terminal/words.ts';

export interface ListImport {
  readonly store: Store;
  readonly stateDir: string;
  /** A plan enters nothing, since the ledger keeps what it says for ever: it goes by a store that looks as if. */
  readonly mode: 'sync' | 'plan';
  /** Our clock. */
  readonly now: Millis;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface ListImported {
  readonly codes: readonly number[];
  readonly messages: readonly string[];
  /** Only for a plan, and only if there is a list to enter. */
  readonly planned?: PlannedList;
}

/** A list that a sync would enter first. */
export interface PlannedList {
  /** What plans go by. */
  readonly store: Store;
  /** Before the plan of each profile, of this one and of those that a sync would run after it. */
  mark(profile: string): Promise<void>;
  /** Once no plan goes by it any more. */
  discard(): Promise<void>;
}

const NOTHING: ListImported = { codes: [], messages: [] };

/**
 * Imports the opt-out list of a profile if it changed (C20), before a run. A file that grew too much, or looks like the list of
 * subscribers, is left to a human (exit 4); one that cannot be read is told (exit 5). The run goes on in every case: nobody's
 * opt-out waits for a file, and a file that is gone opts nobody in.
 */
export const importProfileList = async (profile: Profile, how: ListImport): Promise<ListImported> => {
  const { importFrom } = profile.optOut;
  if (importFrom === null) return NOTHING;
  try {
    return await importIfChanged(profile, importFrom, how);
  } catch (error) {
    if (error instanceof UnreadableList)
      return attention(`${profile.id}: the opt-out list ${importFrom.path} was not imported: ${error.message}`);
    // The run that follows stops by itself; the next one imports the rest.
    if (how.signal.aborted) return NOTHING;
    throw error;
  }
};

const attention = (message: string): ListImported => ({ codes: [EXIT.attention], messages: [message] });

/** The file, which lies in the customer's folder also where links are followed. */
const fileOf = async ({ places }: Profile, path: string): Promise<string> => {
  const folder = dirname(places.file);
  const file = join(folder, path);
  const [inside, real] = await Promise.all([realpath(folder), realpath(file)].map((one) => one.catch(() => null)));
  if (inside === null || real === null || inside === undefined || real === undefined)
    throw new UnreadableList('there is no such file. Nobody was opted in or out by that.');
  if (!real.startsWith(inside + sep)) throw new UnreadableList('it leads out of the folder of the profile.');
  return file;
};

const importIfChanged = async (profile: Profile, from: ImportFrom, how: ListImport): Promise<ListImported> => {
  const { store, now, signal } = how;
  const list = from.path;
  const file = await fileOf(profile, list);
  const source = await openListFile(file, how.stateDir);
  let draft: number | null = null;
  try {
    const shape = await shapeOf(source, from);
    const last = await store.optOutLists.last(list);
    if (last?.digest === shape.digest) return NOTHING;
    const progress = (doing: string, done: number, of: number | null): void =>
      how.progress({ profile: profile.id, doing: `${list}: ${doing}`, done, of });
    const read = await draftFile(source, shape, { store, list, reach: EVERYWHERE, now, signal, progress });
    draft = read.drafted.draft;
    const why = hasGrownTooMuch(read.addresses, last)
      ? `holds ${plural(read.addresses, 'address', 'addresses')}, ${last === null ? 'and none was imported before' : `its last version held ${count(last.addresses)}`}`
      : read.addresses > 0 && isMostlySubscribers(read)
        ? `is mostly ACTIVE SUBSCRIBERS: ${count(read.subscribed)} of ${plural(read.addresses, 'address', 'addresses')}`
        : null;
    if (why !== null) return held(profile, from, file, why, read);
    const entry = { by: `profile ${profile.id}`, because: list, digest: shape.digest, at: now };
    if (how.mode === 'plan') {
      draft = null;
      return planned(profile, list, read, plannedList(store, read, entry));
    }
    const entered = await enterList(store, read.drafted, entry, signal);
    return told(profile, list, entered, read);
  } finally {
    if (draft !== null) await store.optOutLists.discard(draft);
    await source.close();
  }
};

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A guard on lists (C20, C23): the same file by hand, with its number, is the answer. */
const held = (profile: Profile, from: ImportFrom, file: string, why: string, read: DraftedFile): ListImported => {
  const wishes = (['column', 'delimiter', 'encoding'] as const).flatMap((name) =>
    from[name] === null ? [] : [`--${name}`, from[name]],
  );
  const { customer } = profile;
  const words = ['heed', 'optouts', 'import', file, customer, '--list', from.path, ...wishes];
  const command = [...words, '--confirm', String(read.addresses)].map(quoted).join(' ');
  return {
    codes: [EXIT.waiting],
    messages: [
      `${profile.id}: the opt-out list ${from.path} ${why}. None of it was imported; if it is right: ${command}`,
    ],
  };
};

const plannedList = (store: Store, { drafted, addresses }: DraftedFile, entry: ListEntry): PlannedList => ({
  store: asIfEntered(store, drafted, entry, addresses),
  mark: (profile) => markListed(store, drafted, entry, profile),
  discard: () => store.optOutLists.discard(drafted.draft),
});

const planned = ({ id }: Profile, list: string, read: DraftedFile, plan: PlannedList): ListImported => {
  const fresh = plural(read.addresses - read.already, 'address', 'addresses');
  const said = `${id}: the opt-out list ${list} changed: sync first opts out ${fresh} by it, and this plan counts them.`;
  return { ...withBroken(said, read), planned: plan };
};

const told = ({ id }: Profile, list: string, entered: number, read: DraftedFile): ListImported =>
  withBroken(`${id}: ${plural(entered, 'address', 'addresses')} opted out by the list ${list}.`, read);

const withBroken = (said: string, { broken }: DraftedFile): ListImported => {
  if (broken.count === 0) return { codes: [], messages: [said] };
  const first = broken.lines.slice(0, 5).map(({ line, reason }) => `line ${line}: ${reason}`);
  const lines = `${plural(broken.count, 'broken line')} left out: ${first.join('; ')}${broken.count > 5 ? '; ...' : ''}.`;
  return { codes: [EXIT.attention], messages: [`${said} ${lines}`] };
};
