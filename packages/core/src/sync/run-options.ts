import type { AddressKey } from '../identity/address.ts';
import type { LookPace } from './look-for-opt-outs.ts';

/** How one run of a profile goes. */
export interface RunOptions {
  readonly mode: 'sync' | 'plan';
  /** Reads everything again. */
  readonly full: boolean;
  /** `--yes`: approves a first run (C29). */
  readonly yes: boolean;
  /** How many plan lines are kept; everything is counted. */
  readonly lineLimit: number;
  /** What of the profile a change of which makes the next run a first run again (C23). */
  readonly digest: string;
  /** How often opt-outs are looked for while a long run goes on (C21). */
  readonly looks: LookPace;
  /** Nothing but the opt-outs of these people: read, written and read back (C25). */
  readonly optOutsOf?: readonly AddressKey[] | undefined;
}
