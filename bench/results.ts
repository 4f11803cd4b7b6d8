import type { LeastCalls } from './least-calls.ts';
import { MAIN, type PairName, pairOf } from './pairs.ts';
import type { CpuShare } from './report/cpu-share.ts';
import type { Machine } from './report/machine.ts';

export const CASES = {
  first: 'first sync',
  settling: 'the sync after it, which reads its own writes',
  nothing: 'nothing changed',
  changed: '1 % changed',
  fromMarketing: 'opt-outs made in marketing',
  fromCrm: 'opt-outs made in the CRM',
  list: 'the sync that carries an imported list',
} as const;
export type CaseName = keyof typeof CASES;

/** One measured `heed sync`. */
export interface Measured {
  readonly name: CaseName;
  readonly pair: PairName;
  /** Contacts in the CRM. */
  readonly contacts: number;
  /** Contacts that the case is about: all of them, those that changed, or those who opted out. */
  readonly concerned: number;
  /** As `sync --json` reports it. */
  readonly status: string;
  readonly owed: number;
  readonly seconds: number;
  /** All threads of Heed's process, start and SDKs included. */
  readonly cpuUs: number;
  readonly peakBytes: number;
  readonly crm: Readonly<Record<string, number>>;
  readonly marketing: Readonly<Record<string, number>>;
  /** Null where no least is worked out. */
  readonly least: LeastCalls | null;
  readonly writes: number;
  readonly refused: number;
  readonly parallel: { readonly crm: number; readonly marketing: number };
  /** Requests and answers of both systems, as counted at their end of the wire. */
  readonly bytes: number;
}

/** How long so many opt-outs took, from the moment people made them. */
export interface OptOutTime {
  readonly pair: PairName;
  readonly from: 'crm' | 'marketing';
  readonly people: number;
  /** Behind a first sync of so many contacts that was still running; 0: alone. */
  readonly behind: number;
  /** From the act to Heed's next look at that system. Alone it looks at once, or as soon as it was started. */
  readonly waitedSeconds: number | null;
  /** From the act until the other system showed all of them. */
  readonly shownSeconds: number | null;
  /** From the act until Heed had read all of them back from there, by its own list of changes. */
  readonly readBackSeconds: number | null;
  /** How many syncs it took: more than one if the backlog was done before its next look. */
  readonly syncs: number;
  /** How often a guard held them, since that many from the CRM wait for a person (C23); it was approved as soon as it was seen. */
  readonly approvals: number;
}

/** `heed optouts import`, and what it took. The sync that carries it is a measured one, `list`. */
export interface ListImport {
  readonly lines: number;
  /** Of whom so many are members, and records of the CRM. */
  readonly members: number;
  readonly seconds: number;
  readonly cpuUs: number;
  readonly peakBytes: number;
  readonly fileBytes: number;
  /** By which Heed's state grew on disk. */
  readonly stateBytes: number;
}

/** The raw loop, or the plain script. */
export interface Comparison {
  readonly name: 'raw loop' | 'plain script';
  readonly contacts: number;
  readonly seconds: number;
  readonly cpuUs: number;
  readonly peakBytes: number;
  readonly calls: number;
  readonly bytes: number;
}

/** Where the CPU went in a first sync of so many contacts that ran once more, with a profiler. */
export interface Profiled {
  readonly contacts: number;
  readonly share: CpuShare;
}

export interface Settings {
  readonly sizes: readonly number[];
  readonly optOuts: number;
  readonly readMs: number;
  readonly writeMs: number;
  readonly seed: number;
  readonly built: boolean;
}

export interface Results {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly measured: readonly Measured[];
  readonly optOutTimes: readonly OptOutTime[];
  readonly comparisons: readonly Comparison[];
  readonly imports: readonly ListImport[];
  readonly profiled: Profiled | null;
  /** Parts that could not be measured, and why. */
  readonly failures: readonly string[];
}

export const callsOf = ({ crm, marketing }: Pick<Measured, 'crm' | 'marketing'>): number =>
  [...Object.values(crm), ...Object.values(marketing)].reduce((sum, calls) => sum + calls, 0);

/** The case as people call it; the pair is only named where it is not the main one. */
export const caseTitle = ({ name, pair }: Pick<Measured, 'name' | 'pair'>): string => {
  const { crm, marketing } = pairOf(pair);
  const made = { fromMarketing: `opt-outs made in ${marketing}`, fromCrm: `opt-outs made in ${crm}` };
  const title = name === 'fromMarketing' || name === 'fromCrm' ? made[name] : CASES[name];
  return pair === MAIN ? title : `${pair}: ${title}`;
};
