import type { Columns, Cursor, Millis, Row } from '@heed/contract';
import type { NewFact } from '../consent/fact.ts';
import { type Observer, observe } from '../consent/observe.ts';
import { type AddressKey, addressKey, isErased } from '../identity/address.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { carryErased } from './erased.ts';
import { observerOf } from './observer.ts';
import { upToDate } from './older-rows.ts';
import { type Run, sideOf } from './run-state.ts';
import { saidMeanwhile } from './said-meanwhile.ts';

export interface Reading {
  readonly side: 'crm' | 'marketing';
  readonly rows: readonly Row[];
  /** Vendor's clock. */
  readonly readAt: Millis;
  /** Lists the read asked for; null if it did not ask. */
  readonly lists: readonly string[] | null;
  readonly cursor: { readonly stream: string; readonly next: Cursor } | null;
  /** Of a read, which may lag behind: what it shows of older times is asked for by id. Absent: a look-up or an answer. */
  readonly columns?: Columns;
  /** Addresses that are being worked on and planned again right after this: they need no new mark. */
  readonly atWork?: ReadonlySet<AddressKey>;
  /** Intents that the rows are the answers to, as they were answered: written with what the answers show. */
  readonly answered?: readonly Intent[];
  /**
   * Vendor's clock, by record key: when our own writes were answered that these rows show. Stamps are cut to whole seconds, so
   * what a search that lags behind still shows of before may carry the very stamp of our write: it is older than this.
   */
  readonly writtenAt?: ReadonlyMap<string, Millis>;
  /**
   * A read for fields: consent has its own stream, so what it shows concerns consent only where it brings facts, or people
   * who moved.
   */
  readonly forFields?: boolean;
}

/**
 * Takes rows in, whatever brought them: facts, shadow, dirty marks and cursor in one commit (I6). Reading never decides
 * anything, so replays and overlaps are harmless.
 */
export const ingest = async (run: Run, whole: Reading): Promise<void> => {
  const { system } = sideOf(run, whole.side);
  const { store, clock } = run.engine;
  const answered = whole.answered ?? [];
  if (whole.rows.length + answered.length === 0 && whole.cursor === null) return;
  const admitted = await withoutErased(run, whole);
  const addresses = admitted.reading.rows.flatMap((row) => addressKey(row.email) ?? []);
  const known = await store.known(
    system,
    admitted.reading.rows.map((row) => row.record),
    [...new Set(addresses)],
  );
  const before = new Map(known.shadows.map((shadow) => [recordKey(shadow.record), shadow]));
  const observer = observerOf(run, whole);
  const { reading, gone, overtaken } = await asOfNow(run, admitted, before, observer);
  const asAnswered = new Map(answered.map((intent) => [intent.id, intent]));
  const explaining = known.intents.map((intent) => asAnswered.get(intent.id) ?? intent);
  const intents = Map.groupBy(explaining, aboutWhom);
  const intentsOf = (row: Row): readonly Intent[] => [
    ...(intents.get(recordKey(row.record)) ?? []),
    ...(intents.get(addressKey(row.email) ?? '') ?? []),
  ];
  const facts: NewFact[] = [];
  const shadows = new Map<string, Shadow>();
  const explained = new Map<string, Intent>();
  const dirty = new Set<AddressKey>();
  const spread = new Set<AddressKey>();
  const changed = new Set<Row>();
  for (const row of reading.rows) {
    const key = recordKey(row.record);
    const was = shadows.get(key) ?? before.get(key) ?? null;
    const seen = observe(
      row,
      was,
      intentsOf(row).filter((intent) => !explained.has(intent.id)),
      observer,
    );
    const writtenAt = reading.writtenAt?.get(key) ?? 0;
    const isCut = writtenAt > (seen.shadow.modifiedAt ?? writtenAt);
    shadows.set(key, isCut ? { ...seen.shadow, modifiedAt: writtenAt } : seen.shadow);
    facts.push(...seen.facts);
    for (const intent of seen.explained)
      explained.set(intent.id, {
        ...intent,
        state: 'applied',
        seen: true,
        answeredAt: intent.answeredAt ?? reading.readAt,
        made: intent.made ?? row.record,
      });
    if (!seen.changed) continue;
    changed.add(row);
    const touched = [seen.shadow.address, was?.address ?? null, ...seen.facts.map((fact) => fact.address)];
    for (const one of touched) if (one !== null) dirty.add(one);
    const moved = was !== null && (was.address !== seen.shadow.address || was.life.kind !== seen.shadow.life.kind);
    if (seen.facts.length > 0 || moved || row.life.kind === 'continued')
      for (const one of touched) if (one !== null) spread.add(one);
  }
  const meanwhile = await saidMeanwhile(run, overtaken, { known: before, intentsOf, facts }, observer);
  for (const { address } of meanwhile) {
    dirty.add(address);
    spread.add(address);
  }
  for (const one of [...(await relatives(run, [...spread])), ...(await heirAddresses(run, reading, changed))]) {
    dirty.add(one);
    spread.add(one);
  }
  // An erased person whose address somebody else had once is no work of this row (C25): finding them takes a full read.
  const isNews = (address: AddressKey): boolean => !isErased(address) && reading.atWork?.has(address) !== true;
  const concernsConsent = (address: AddressKey): boolean => reading.forFields !== true || spread.has(address);
  await store.commitPage(
    run.lease,
    {
      system,
      run: run.id,
      shadows: [...shadows.values(), ...gone],
      facts: [...meanwhile, ...facts],
      intents: [...answered.filter(({ id }) => !explained.has(id)), ...explained.values()],
      dirty: [...dirty].filter((address) => isNews(address) && concernsConsent(address)),
      dirtyFields: [...dirty].filter((address) => isNews(address) && !concernsConsent(address)),
      atWork: {
        profile: run.view.profile.id,
        addresses: [...dirty].filter((address) => reading.atWork?.has(address) === true),
      },
      cursor: reading.cursor,
    },
    clock.now(),
  );
};

interface Admitted {
  readonly reading: Reading;
  readonly gone: readonly Shadow[];
}

interface AsOfNow extends Admitted {
  /** Rows in whose place a look-up came. */
  readonly overtaken: readonly Row[];
}

/** The same, with what a read that lags behind shows of older times as it is now. */
const asOfNow = async (
  run: Run,
  admitted: Admitted,
  before: ReadonlyMap<string, Shadow>,
  by: Observer,
): Promise<AsOfNow> => {
  const { side, columns, rows: read } = admitted.reading;
  if (columns === undefined) return { ...admitted, overtaken: [] };
  const { rows, overtaken } = await upToDate(run, { side, columns, rows: read }, before, by);
  if (overtaken.length === 0) return { ...admitted, reading: { ...admitted.reading, rows }, overtaken };
  const { reading, gone } = await withoutErased(run, { ...admitted.reading, rows });
  return { reading, gone: [...admitted.gone, ...gone], overtaken };
};

/**
 * Erased people are done with before anything is written down (C25). A record that was somebody's and has an erased address by
 * now is gone from where it was.
 */
const withoutErased = async (run: Run, reading: Reading): Promise<Admitted> => {
  const { system, open } = sideOf(run, reading.side);
  const { store } = run.engine;
  const asked = reading.rows.map(({ record, email, life }) => ({
    record,
    address: addressKey(email),
    heir: life.kind === 'continued' ? life.as : null,
  }));
  const names = await store.erasures.recognise(run.lease, system, asked);
  if (names.size === 0) return { reading, gone: [] };
  const isTheirs = (row: Row): boolean => names.has(recordKey(row.record));
  const theirs = reading.rows.filter(isTheirs);
  await carryErased(
    run,
    theirs.flatMap((row) => {
      const name = names.get(recordKey(row.record));
      return name === undefined ? [] : [{ row, name }];
    }),
  );
  for (const { life } of theirs) if (life.kind === 'continued') run.unknownHeirs.set(recordKey(life.as), life.as);
  const records = theirs.map(({ record }) => record);
  const { shadows } = await store.known(system, records, []);
  const gone = shadows.map((shadow) => ({
    ...shadow,
    life: { kind: 'vanished' } as const,
    lifeChangedAt: shadow.lifeChangedAt ?? open.session.now(),
    archivedSince: shadow.archivedSince ?? open.session.now(),
  }));
  return { reading: { ...reading, rows: reading.rows.filter((row) => !isTheirs(row)) }, gone };
};

/** Whom an intent may have changed: its record, or whoever has its address. */
const aboutWhom = ({ op, address }: Intent): string =>
  'record' in op && op.record !== null ? recordKey(op.record) : address;

/** What is said about one address of a person may bind the person's other addresses and heirs (C15, C16). */
const relatives = async (run: Run, addresses: readonly AddressKey[]): Promise<readonly AddressKey[]> => {
  if (addresses.length === 0) return [];
  const hood = await run.engine.store.neighbourhood(run.view.profile.id, [run.view.crm, run.view.marketing], addresses);
  return hood.shadows.flatMap((shadow) => shadow.stays.map((stay) => stay.address));
};

/**
 * The lost one's opt-out goes to its heir (C16), which may have been known long before. Where a read shows the same once more
 * there is nothing new to decide: a sync would carry on what it has just written itself, and its plan could not say so (I10).
 */
const heirAddresses = async (run: Run, reading: Reading, changed: ReadonlySet<Row>): Promise<readonly AddressKey[]> => {
  const heirs = reading.rows.flatMap((row) => (row.life.kind === 'continued' ? [row.life.as] : []));
  if (heirs.length === 0) return [];
  const known = await run.engine.store.known(sideOf(run, reading.side).system, heirs, []);
  const seen = new Set([...known.shadows, ...reading.rows].map(({ record }) => recordKey(record)));
  for (const heir of heirs) if (!seen.has(recordKey(heir))) run.unknownHeirs.set(recordKey(heir), heir);
  const news = new Set([...changed].flatMap(({ life }) => (life.kind === 'continued' ? [recordKey(life.as)] : [])));
  return known.shadows.flatMap(({ record, address }) => (news.has(recordKey(record)) ? (address ?? []) : []));
};
