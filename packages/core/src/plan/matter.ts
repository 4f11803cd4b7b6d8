import type { Case, Verdict } from '../consent/decide.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Surroundings } from './neighbours.ts';
import type { View } from './view.ts';

export interface PlanContext {
  /** `YYYY-MM-DD` by the vendor's clock, for date opt-out fields. */
  readonly today: string;
  /** Our clock. */
  readonly now: number;
  /** The marketing side was read completely, so an address without a member really has none (C12a, C24). */
  readonly marketingIsComplete: boolean;
  /** C24, C25: nobody is created, invited, cleared or archived in this run. */
  readonly cautious: boolean;
  /** False if the profile's check found something that stops creates. */
  readonly mayCreate: boolean;
}

/** One address with all that is to be considered about it, and what the consent rules demand. */
export interface Matter {
  readonly address: AddressKey;
  readonly one: Case;
  readonly verdict: Verdict;
  /** Live CRM records of the address, of the profile's types. */
  readonly live: readonly Shadow[];
  readonly around: Surroundings;
  readonly view: View;
  readonly context: PlanContext;
}
