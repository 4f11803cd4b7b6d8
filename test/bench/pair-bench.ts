import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Calls, LeastCalls } from '../../bench/least-calls.ts';
import { type PairName, pairOf } from '../../bench/pairs.ts';
import { profileText } from '../../bench/subjects/profile-text.ts';
import { openHubspot } from '../../bench/vendors/open-hubspot.ts';
import { openMailchimp } from '../../bench/vendors/open-mailchimp.ts';
import { openNetsuite } from '../../bench/vendors/open-netsuite.ts';
import { openSalesforce } from '../../bench/vendors/open-salesforce.ts';
import type { Opening, VendorName } from '../../bench/vendors/protocol.ts';
import type { Vendor } from '../../bench/vendors/vendor.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';

const OPEN: Readonly<Record<VendorName, (opening: Opening) => Promise<Vendor>>> = {
  salesforce: openSalesforce,
  mailchimp: openMailchimp,
  hubspot: openHubspot,
  netsuite: openNetsuite,
};
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;

export type Side = 'crm' | 'marketing';
const SIDES: readonly Side[] = ['crm', 'marketing'];

/** A run's calls beside the least possible: `GET /members (changes)` -> { made: 1, least: 1 }. */
export type Beside = Readonly<Record<Side, ReadonlyMap<string, { readonly made: number; readonly least: number }>>>;

/** A pair of the benchmark's stand-ins in this process, without latency, and the real command with the benchmark's profile. */
export interface PairBench {
  readonly vendors: Readonly<Record<Side, Vendor>>;
  /** One `heed sync`, half an hour after the one before; what it asked, beside `least`. Throws if it did not end well. */
  sync(least: LeastCalls): Promise<Beside>;
  close(): Promise<void>;
}

export const openPairBench = async (pair: PairName, contacts: number): Promise<PairBench> => {
  const names = pairOf(pair);
  const opening = { contacts, seed: 1, readMs: 0, writeMs: 0 };
  const vendors = {
    crm: await OPEN[names.crm]({ vendor: names.crm, role: 'crm', ...opening }),
    marketing: await OPEN[names.marketing]({ vendor: names.marketing, role: 'marketing', ...opening }),
  };
  const pass = (ms: number): void => {
    for (const side of SIDES) vendors[side].running.clock.advance(ms);
  };
  pass(2 * DAY_MS);
  const folder = mkdtempSync(join(tmpdir(), 'heed-pair-'));
  const profiles = join(folder, 'profiles');
  mkdirSync(join(profiles, 'bench'), { recursive: true });
  const connections = SIDES.map((side) => [names[side], vendors[side].running.connection] as const);
  writeFileSync(join(profiles, 'bench', 'connections.yaml'), JSON.stringify(Object.fromEntries(connections)));
  writeFileSync(join(profiles, 'bench', 'news.yaml'), profileText(pair, vendors.marketing.audience ?? ''));
  const invocation = {
    json: true,
    profilesDir: profiles,
    stateDir: join(folder, 'state'),
    keyFile: undefined,
    environment: { ...vendors.crm.running.env, ...vendors.marketing.running.env },
    signal: new AbortController().signal,
    progress: { show: () => {}, clear: () => {} },
    tell: () => {},
    say: () => {},
    readInput: async () => '',
    inputBytes: () => Readable.from([]),
    ask: async () => null,
  };
  const beside = (side: Side, before: number, least: Calls): Beside[Side] => {
    const { running, kindOf } = vendors[side];
    const made = running.calls().slice(before).map(kindOf);
    const kinds = [...new Set([...made, ...Object.keys(least)])].toSorted();
    const count = (kind: string): number => made.filter((one) => one === kind).length;
    return new Map(kinds.map((kind) => [kind, { made: count(kind), least: least[kind]?.calls ?? 0 }]));
  };
  return {
    vendors,
    async sync(least) {
      const [crm, marketing] = SIDES.map((side) => vendors[side].running.calls().length);
      const { json } = await syncCommand(invocation, ['bench/news'], { yes: true });
      const [report] = (json as { readonly runs: readonly { readonly status: string; readonly owed: number }[] }).runs;
      if (report?.status !== 'done' || report.owed > 0) throw new Error(`heed sync: ${JSON.stringify(json)}`);
      pass(HALF_HOUR_MS);
      return {
        crm: beside('crm', crm ?? 0, least.crm),
        marketing: beside('marketing', marketing ?? 0, least.marketing),
      };
    },
    async close() {
      for (const side of SIDES) await vendors[side].running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
