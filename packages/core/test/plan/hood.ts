import type { Capabilities, MemberState } from '@heed/contract';
import { surroundingsOf } from '../../src/plan/neighbours.ts';
import { type AddressPlan, type PlanContext, planAddress } from '../../src/plan/plan-address.ts';
import { type View, viewOf } from '../../src/plan/view.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { Shadow } from '../../src/state/shadow.ts';
import type { Link, Neighbourhood } from '../../src/state/store.ts';
import { CAN } from '../consent/abilities.ts';
import { AUDIENCE_A1, memberState, NOON, shadowOfAnn } from '../consent/made-up.ts';
import { HOUR_MS, key, profileOf, type Rules, schemasFor } from '../consent/story.ts';

/** What surrounds one address, said outright: who is there, what was said, and what is done about it. */

export const NOW = NOON + 2 * HOUR_MS;

export const contact = (id = '1', more: Partial<Shadow> = {}): Shadow =>
  shadowOfAnn({
    record: { type: 'Contact', id },
    values: { FirstName: 'Ann', HasOptedOutOfEmail: false },
    version: `v${id}`,
    ...more,
  });

export const lead = (id = '1', more: Partial<Shadow> = {}): Shadow =>
  contact(id, { record: { type: 'Lead', id }, ...more });

export const member = (
  status: MemberState['status'],
  more: Partial<Shadow> = {},
  state: Partial<MemberState> = {},
): Shadow =>
  shadowOfAnn({
    system: AUDIENCE_A1,
    record: { type: 'member', id: 'm1' },
    values: { FNAME: 'Ann' },
    member: memberState(status, state),
    version: 'vm',
    ...more,
  });

/** At another address, with nothing before it. */
export const at = (email: string): Pick<Shadow, 'email' | 'address' | 'stays'> => ({
  email,
  address: key(email),
  stays: [{ address: key(email), from: null, until: null }],
});

/** Came from one address to another, at noon. */
export const movedFrom = (from: string, to: string): Pick<Shadow, 'email' | 'address' | 'stays'> => ({
  email: to,
  address: key(to),
  stays: [
    { address: key(from), from: null, until: NOON },
    { address: key(to), from: NOON, until: null },
  ],
});

/** What both sides agree on when a link is as it should be. */
export const ANN_AGREED = { 'FirstName=FNAME': { crm: '"Ann"', marketing: '"Ann"' } };

export const linkOf = (crm: Shadow, to: Shadow, more: Partial<Link> = {}): Link => ({
  member: to.record,
  crm: crm.record,
  agreed: {},
  left: false,
  ...more,
});

export const viewWith = (
  rules: Rules = {},
  more: Partial<Profile> = {},
  can: { readonly crm?: Partial<Capabilities>; readonly marketing?: Partial<Capabilities> } = {},
): View =>
  viewOf({ ...profileOf(rules), ...more }, schemasFor(rules), {
    crm: { ...CAN.crm, ...can.crm },
    marketing: { ...CAN.marketing, ...can.marketing },
  });

export const hoodOf = (hood: Partial<Neighbourhood>): Neighbourhood => ({
  shadows: [],
  ledger: { facts: [], decisions: [] },
  links: [],
  owed: [],
  setAside: [],
  everCreated: [],
  everInvited: [],
  inJob: [],
  ...hood,
});

export const CONTEXT: PlanContext = {
  today: '2026-01-05',
  now: NOW,
  marketingIsComplete: true,
  cautious: false,
  mayCreate: true,
};

export const planOf = (
  hood: Partial<Neighbourhood>,
  view: View = viewWith(),
  context: Partial<PlanContext> = {},
  email = 'ann@x.org',
): AddressPlan => {
  const address = email.includes('@') ? key(email) : (email as ReturnType<typeof key>);
  return planAddress(address, surroundingsOf(hoodOf(hood), view)(address), view, { ...CONTEXT, ...context });
};
