import type { Millis } from '@heed/contract';
import { type AddressKey, type DraftList, type ListReach, type ListWeight, type Store, weighList } from '@heed/core';
import { type ListShape, listLines } from './list-lines.ts';
import type { ListSource } from './list-source.ts';

const AT_ONCE = 2_000;
/** Broken lines that are kept to be shown; the rest is counted. */
const KEPT = 10_000;

export interface BrokenLines {
  readonly count: number;
  /** The first ones. */
  readonly lines: readonly { readonly line: number; readonly reason: string }[];
}

/** A file that lies in a draft, and what it would do. */
export interface DraftedFile extends ListWeight {
  readonly drafted: DraftList;
  readonly rows: number;
  readonly broken: BrokenLines;
}

export interface Drafting {
  readonly store: Store;
  readonly list: string;
  readonly reach: ListReach;
  /** Our clock. */
  readonly now: Millis;
  readonly signal: AbortSignal;
  progress(doing: string, done: number, of: number | null): void;
}

/** Puts every valid address of a file into a draft of the store and weighs it. On an error or an abort the draft is gone again. */
export const draftFile = async (source: ListSource, shape: ListShape, how: Drafting): Promise<DraftedFile> => {
  const { store, list, reach, signal, progress } = how;
  const draft = await store.optOutLists.draft(how.now);
  const drafted = { list, draft, reach };
  try {
    const { rows, valid, broken } = await gather(source, shape, draft, how);
    const weighed = (done: number): void => progress('looking up addresses', done, valid);
    const weight = await weighList(store, drafted, weighed);
    signal.throwIfAborted();
    return { ...weight, drafted, rows, broken };
  } catch (error) {
    await store.optOutLists.discard(draft);
    throw error;
  }
};

const gather = async (source: ListSource, shape: ListShape, draft: number, { store, signal, progress }: Drafting) => {
  const lines: { line: number; reason: string }[] = [];
  let [rows, valid, broken] = [0, 0, 0];
  let page: AddressKey[] = [];
  const put = async (): Promise<void> => {
    signal.throwIfAborted();
    valid += await store.optOutLists.gather(draft, page);
    page = [];
    progress('reading the file', rows, null);
  };
  for await (const one of listLines(source, shape)) {
    rows += 1;
    if ('address' in one) page.push(one.address);
    else {
      broken += 1;
      if (lines.length < KEPT) lines.push({ line: one.line, reason: one.broken });
    }
    if (page.length >= AT_ONCE) await put();
  }
  await put();
  return { rows, valid, broken: { count: broken, lines } };
};
