import type { NotSyncedReason } from '../state/report.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Link, SetAside } from '../state/store.ts';
import type { PlannedWrite } from './op.ts';

/** What is done about the fields of one address. */
export interface Carried {
  readonly overwrites: number;
  readonly writes: readonly PlannedWrite[];
  readonly links: readonly Link[];
  readonly setAside: readonly SetAside[];
  readonly remark: { readonly reason: NotSyncedReason; readonly rule: string } | null;
  readonly winner: Shadow | null;
}

export const nothing: Carried = { overwrites: 0, writes: [], links: [], setAside: [], remark: null, winner: null };
