import { setTimeout as pause } from 'node:timers/promises';
import { leastOf } from '../least-calls.ts';
import { MAIN, type PairName, pairOf } from '../pairs.ts';
import type { OptOutTime, Settings } from '../results.ts';
import { type Heed, type Synced, setUpHeed } from '../subjects/heed.ts';
import type { VendorName } from '../vendors/protocol.ts';
import { inFolder } from './in-folder.ts';
import { measured } from './measure.ts';
import type { Collecting } from './one-size.ts';
import { openVendors, type Vendors } from './vendors.ts';

type Side = 'crm' | 'marketing';
const SIDES: readonly Side[] = ['marketing', 'crm'];
const other = (side: Side): Side => (side === 'marketing' ? 'crm' : 'marketing');

/** A look for changes makes these calls; the first one after the act is when Heed could learn of it. */
const LOOK: Readonly<Record<VendorName, string>> = {
  mailchimp: 'GET /members (unsubscribed since)',
  salesforce: 'GET /queryAll Contact (changes)',
  hubspot: 'POST /objects/contacts/search',
  netsuite: 'POST /suiteql',
};
const POLL_MS = 100;
/** Looking takes time from the stand-in that is looked at: at most a tenth of it. */
const POLL_SHARE = 10;
/** Each look at `heed status` is a process of its own, on the same machine. */
const STATUS_MS = 1_000;
/** A backlog may be done before the next look at the opt-outs; a schedule would start the next sync soon. */
const MOST_SYNCS = 3;

/** From each side in turn, with nothing else to do. */
export const optOutsAlone = async (
  vendors: Vendors,
  heed: Heed,
  { pair, contacts, count }: { readonly pair: PairName; readonly contacts: number; readonly count: number },
  collecting: Collecting,
): Promise<void> => {
  for (const from of SIDES) {
    // What the case before wrote is read again by the next sync; that is not what this case is about.
    await heed.sync();
    await vendors.pause();
    const act = await optOut(vendors, pair, from, count);
    const syncs = [await heed.sync()];
    const held = await approveHeld(heed, syncs);
    // What was held was read by the sync before; the one that carries it is what the case is about.
    if (held) {
      await act.lookedAfterMs();
      await vendors.pause();
      await vendors.mark();
      syncs.push(await heed.sync());
    }
    const least =
      from === 'marketing'
        ? leastOf(pair).optOutsFromMarketing(count, act.addressCharacters)
        : leastOf(pair).optOutsFromCrm(count);
    const name = from === 'marketing' ? 'fromMarketing' : 'fromCrm';
    const last = syncs.at(-1);
    if (last !== undefined)
      collecting.measured(await measured(vendors, last, { name, pair, contacts, concerned: count, least }));
    collecting.optOutTime(await timeOf(act, heed, syncs, { behind: 0, approvals: held ? 1 : 0 }));
    await vendors.pause();
  }
};

/** What a person does who sees that the last sync holds opt-outs (C23). */
const approveHeld = async (heed: Heed, syncs: readonly Synced[]): Promise<boolean> => {
  const last = syncs.at(-1)?.report;
  if (last?.status !== 'waiting') return false;
  await heed.approve(last.run);
  return true;
};

/** From one side, while a first sync of so many contacts is under way; null if it was over before anybody could. */
export const optOutsBehind = (
  from: Side,
  contacts: number,
  count: number,
  settings: Settings,
): Promise<OptOutTime | null> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(MAIN, contacts, settings);
    try {
      const heed = setUpHeed(folder, settings.built, MAIN, vendors);
      const ended = new AbortController();
      const running = heed.sync().finally(() => ended.abort());
      // Twice as many as will leave, so that it is in the middle of its work.
      const isUnderWay = async (): Promise<boolean> => (await vendors.marketing.standing()).people >= 2 * count;
      await Promise.race([running, until(isUnderWay, ended.signal)]);
      if (ended.signal.aborted) return null;
      const act = await optOut(vendors, MAIN, from, count);
      let approvals = await approveSoon(heed, ended.signal);
      const syncs = [await running];
      while (!(await act.isShown()) && syncs.length < MOST_SYNCS) {
        if (await approveHeld(heed, syncs)) approvals += 1;
        syncs.push(await heed.sync());
      }
      return await timeOf(act, heed, syncs, { behind: contacts, approvals });
    } finally {
      await vendors.close();
    }
  });

/** What a person does who watches a sync at work: approves what it holds as soon as that shows, once. Answers how often. */
const approveSoon = async (heed: Heed, ended: AbortSignal): Promise<number> => {
  while (!ended.aborted) {
    const held = await heed.held();
    if (held !== null && !ended.aborted) {
      await heed.approve(held);
      return 1;
    }
    await pause(STATUS_MS);
  }
  return 0;
};

interface Act {
  readonly pair: PairName;
  readonly from: Side;
  readonly count: number;
  /** On average. */
  readonly addressCharacters: number;
  readonly atMs: number;
  isShown(): Promise<boolean>;
  /** When the other system first showed all of them; null if it never did. */
  shownAtMs(): Promise<number | null>;
  /** Milliseconds until Heed looked; null if it did not yet. To be asked before the vendors count anew. */
  lookedAfterMs(): Promise<number | null>;
}

/** Members who are people in the CRM, too, opt out now; the other system is watched from outside until it shows all of them. */
const optOut = async (vendors: Vendors, pair: PairName, from: Side, count: number): Promise<Act> => {
  const [source, target] = [vendors[from], vendors[other(from)]];
  const emails = await vendors.marketing.people(count);
  const before = (await target.standing()).optedOut;
  await vendors.mark();
  const atMs = Date.now();
  await source.optOut(emails);
  const isShown = async (): Promise<boolean> => (await target.standing()).optedOut >= before + emails.length;
  let lookedAfterMs: number | null = null;
  const watching = new AbortController();
  // A stand-in that is closed meanwhile, since something else went wrong, shows nothing more.
  const shown = until(isShown, watching.signal).then(
    (seen) => (seen ? Date.now() : null),
    () => null,
  );
  return {
    pair,
    from,
    count: emails.length,
    addressCharacters: emails.join('').length / emails.length,
    atMs,
    isShown,
    async shownAtMs() {
      if (!(await isShown())) watching.abort();
      return shown;
    },
    async lookedAfterMs() {
      lookedAfterMs ??= (await source.traffic()).firstAfterMs[LOOK[pairOf(pair)[from]]] ?? null;
      return lookedAfterMs;
    },
  };
};

const timeOf = async (
  act: Act,
  heed: Heed,
  syncs: readonly Synced[],
  what: Pick<OptOutTime, 'behind' | 'approvals'>,
): Promise<OptOutTime> => {
  const shownAtMs = await act.shownAtMs();
  const lookedAfterMs = await act.lookedAfterMs();
  const readBackAtMs: number[] = [];
  for (const { report } of syncs) readBackAtMs.push(...(await heed.optOutsDone(report.run, other(act.from), act.atMs)));
  // Only now is anything owed to nobody; an opt-out that was written but not read back still is.
  const allBack = syncs.at(-1)?.report.owed === 0 && readBackAtMs.length >= act.count;
  const since = (ms: number | null): number | null => (ms === null ? null : (ms - act.atMs) / 1000);
  return {
    pair: act.pair,
    from: act.from,
    people: act.count,
    ...what,
    waitedSeconds: lookedAfterMs === null ? null : lookedAfterMs / 1000,
    shownSeconds: since(shownAtMs),
    readBackSeconds: since(allBack ? readBackAtMs.reduce((last, at) => Math.max(last, at), 0) : null),
    syncs: syncs.length,
  };
};

/** Asks again and again, outside of any latency; false once the signal ends it. */
const until = async (isSo: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> => {
  while (signal?.aborted !== true) {
    const askedAt = performance.now();
    if (await isSo()) return true;
    await pause(Math.max(POLL_MS, POLL_SHARE * (performance.now() - askedAt)));
  }
  return false;
};
