import { type Address, type Decision, decisionOn, type TypeStatus } from './addresses.ts';
import { invalid } from './api-error.ts';
import { addressOf, reflect, type Source } from './contact-write.ts';
import type { PortalWorld } from './portal.ts';
import { LEGAL_BASES, type SubscriptionType } from './subscriptions.ts';

/** Who decides about a type, and on what grounds. */
export interface Grounds {
  /** Free text, as the API shows it. */
  readonly source: string;
  readonly writer: Source;
  readonly legalBasis?: string | undefined;
  readonly legalBasisExplanation?: string | undefined;
}

export const BY_API: Grounds = { source: 'Public status API', writer: 'INTEGRATION' };

/** What a write did, in the words of v4. */
export type Outcome =
  | 'NO_STATUS_CHANGE'
  | 'REQUESTED_CHANGE_OCCURRED'
  | 'RESUBSCRIBE_OCCURRED'
  | 'UNSUBSCRIBE_FROM_ALL_OCCURRED';

/** The decision on a type, for an address that may be unknown. */
export function decision({ state }: PortalWorld, email: string, type: SubscriptionType): Decision {
  return decisionOn(state.addresses.get(email.toLowerCase()), type);
}

/** Opts an address out of one type. */
export function optOutOfType(world: PortalWorld, email: string, type: SubscriptionType, grounds: Grounds): Outcome {
  const address = addressOf(world, email);
  if (decisionOn(address, type).status === 'UNSUBSCRIBED') return 'NO_STATUS_CHANGE';
  address.types[String(type.id)] = statusNow(world, 'UNSUBSCRIBED', grounds);
  reflect(world, address, grounds.writer);
  return 'REQUESTED_CHANGE_OCCURRED';
}

/**
 * Takes an address into one type, also one that opted out. Whether that ends a portal-wide opt-out is unverified: by the
 * switch, the wide opt-out ends and all other types become opted out one by one, or it stays and this type is an exception.
 */
export function optInToType(world: PortalWorld, email: string, type: SubscriptionType, grounds: Grounds): Outcome {
  const address = addressOf(world, email);
  const before = decisionOn(address, type);
  if (before.status === 'SUBSCRIBED') return 'NO_STATUS_CHANGE';
  const covered = before.level !== 'SUBSCRIPTION_STATUS';
  const ends = covered && world.switches.isOn('resubscribeEndsWideOptOut');
  if (ends) endWideOptOut(world, address, type.businessUnitId);
  address.types[String(type.id)] = { ...statusNow(world, 'SUBSCRIBED', grounds), overWide: covered && !ends };
  reflect(world, address, grounds.writer);
  return before.status === 'UNSUBSCRIBED' ? 'RESUBSCRIBE_OCCURRED' : 'REQUESTED_CHANGE_OCCURRED';
}

/** Takes back every decision on one type. */
export function forgetType(world: PortalWorld, email: string, type: SubscriptionType, grounds: Grounds): Outcome {
  const address = addressOf(world, email);
  if (address.types[String(type.id)] === undefined) return 'NO_STATUS_CHANGE';
  delete address.types[String(type.id)];
  reflect(world, address, grounds.writer);
  return 'REQUESTED_CHANGE_OCCURRED';
}

/** Opts an address out of everything, or of a brand's mail. "expected to be repeatable" */
export function optOutOfAll(world: PortalWorld, email: string, grounds: Grounds, brand = 0): Outcome {
  const address = addressOf(world, email);
  const optOut = { atMs: world.clock.now(), source: grounds.source };
  const exceptions = Object.values(address.types).some((one) => one.overWide);
  if (brand === 0) {
    if (address.wide && !exceptions) return 'NO_STATUS_CHANGE';
    address.wide = address.wide ?? optOut;
  } else {
    if (address.brands[String(brand)] !== undefined && !exceptions) return 'NO_STATUS_CHANGE';
    address.brands[String(brand)] = address.brands[String(brand)] ?? optOut;
  }
  for (const [id, own] of Object.entries(address.types)) {
    if (own.overWide) address.types[id] = { ...own, status: 'UNSUBSCRIBED', overWide: false, ...optOut };
  }
  reflect(world, address, grounds.writer);
  return 'UNSUBSCRIBE_FROM_ALL_OCCURRED';
}

/** The preference page: the person wants all of it again, or these types. */
export function takeBack(
  world: PortalWorld,
  email: string,
  types: readonly SubscriptionType[],
  grounds: Grounds,
): void {
  const address = addressOf(world, email);
  for (const type of types) {
    if (decisionOn(address, type).level !== 'SUBSCRIPTION_STATUS') endWideOptOut(world, address, type.businessUnitId);
    address.types[String(type.id)] = statusNow(world, 'SUBSCRIBED', grounds);
  }
  reflect(world, address, grounds.writer);
}

/** What was out by the wide opt-out stays out, type by type. */
function endWideOptOut(world: PortalWorld, address: Address, brand: number): void {
  const wide = address.wide ?? address.brands[String(brand)];
  if (wide === undefined) return;
  for (const type of world.state.subscriptions) {
    if (decisionOn(address, type).level === 'SUBSCRIPTION_STATUS') continue;
    address.types[String(type.id)] = {
      status: 'UNSUBSCRIBED',
      atMs: wide.atMs,
      source: wide.source,
      legalBasis: undefined,
      legalBasisExplanation: undefined,
      overWide: false,
    };
  }
  if (address.wide) address.wide = null;
  delete address.brands[String(brand)];
}

function statusNow({ clock }: PortalWorld, status: TypeStatus['status'], grounds: Grounds): TypeStatus {
  const { source, legalBasis, legalBasisExplanation } = grounds;
  return { status, atMs: clock.now(), source, legalBasis, legalBasisExplanation, overWide: false };
}

/** "Legal basis is required when the portal's data-privacy setting is on": for which writes is unverified. */
export function checkedGrounds(
  { switches }: PortalWorld,
  body: Readonly<Record<string, unknown>>,
  subscribes: boolean,
): Grounds {
  const legalBasis = textOf(body.legalBasis);
  const legalBasisExplanation = textOf(body.legalBasisExplanation);
  if (legalBasis !== undefined && !LEGAL_BASES.includes(legalBasis)) {
    throw invalid(`Invalid input JSON: legalBasis ${legalBasis} is not one of ${LEGAL_BASES.join(', ')}`);
  }
  const needs = switches.get('legalBasisRequired');
  if ((needs === 'always' || (needs === 'subscribing' && subscribes)) && (!legalBasis || !legalBasisExplanation)) {
    throw invalid(
      'A legal basis and an explanation of it are required because data privacy is enabled for this account',
    );
  }
  return { ...BY_API, legalBasis, legalBasisExplanation };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
