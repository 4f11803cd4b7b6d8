import type { SubscriptionType } from './subscriptions.ts';

/** What an account knows of one address, whether a contact has it or not. */
export interface Address {
  /** Lower-cased. */
  readonly email: string;
  /** "Unsubscribed from all email"; `null`: was, and is not any more. */
  wide: OptOut | null | undefined;
  /** Opt-outs of a brand's mail, by business unit. */
  readonly brands: Record<string, OptOut>;
  /** By subscription type; a type that is missing was never decided on. */
  readonly types: Record<string, TypeStatus>;
  /** Bounces, quarantine, confirmation: by the name of the property that mirrors it. */
  readonly delivery: Record<string, string>;
}

export interface OptOut {
  readonly atMs: number;
  /** Free text. */
  readonly source: string;
}

export interface TypeStatus extends OptOut {
  readonly status: 'SUBSCRIBED' | 'UNSUBSCRIBED';
  readonly legalBasis: string | undefined;
  readonly legalBasisExplanation: string | undefined;
  /** Subscribed again although the address was out of all mail, and the wide opt-out stayed. */
  readonly overWide: boolean;
}

export function freshAddress(email: string): Address {
  return { email: email.toLowerCase(), wide: undefined, brands: {}, types: {}, delivery: {} };
}

/** What decides about a type, and where that was decided. */
export interface Decision {
  readonly status: 'SUBSCRIBED' | 'UNSUBSCRIBED' | 'NOT_SPECIFIED';
  readonly level: 'PORTAL_WIDE_STATUS' | 'BRAND_WIDE_STATUS' | 'SUBSCRIPTION_STATUS';
  /** Who decided when; `undefined` when nobody did. */
  readonly by: OptOut | undefined;
  readonly own: TypeStatus | undefined;
}

/** Portal-wide before brand-wide before the type's own status, unless the type was taken up again over a wide opt-out. */
export function decisionOn(address: Address | undefined, type: SubscriptionType): Decision {
  const own = address?.types[String(type.id)];
  const wide = address?.wide ?? undefined;
  const brand = address?.brands[String(type.businessUnitId)];
  if (own?.overWide !== true) {
    if (wide !== undefined) return { status: 'UNSUBSCRIBED', level: 'PORTAL_WIDE_STATUS', by: wide, own };
    if (brand !== undefined) return { status: 'UNSUBSCRIBED', level: 'BRAND_WIDE_STATUS', by: brand, own };
  }
  return { status: own?.status ?? 'NOT_SPECIFIED', level: 'SUBSCRIPTION_STATUS', by: own, own };
}

const DELIVERY_MIRRORS: readonly string[] = [
  'hs_email_bounce',
  'hs_email_hard_bounce_reason',
  'hs_email_hard_bounce_reason_enum',
  'hs_email_bad_address',
  'hs_email_quarantined',
  'hs_email_quarantined_reason',
  'hs_email_is_ineligible',
  'hs_emailconfirmationstatus',
];

/** Is this property of a contact only the shadow of what the address has? */
export function isMirror(name: string): boolean {
  return /^hs_email_optout(_\d+)?$/.test(name) || DELIVERY_MIRRORS.includes(name);
}

/** The properties of a contact that has this address. */
export function mirrorsOf(address: Address | undefined): Readonly<Record<string, string>> {
  if (address === undefined) return {};
  const types = Object.entries(address.types).map(([id, { status }]) => [
    `hs_email_optout_${id}`,
    String(status === 'UNSUBSCRIBED'),
  ]);
  return {
    ...address.delivery,
    ...Object.fromEntries(types),
    ...(address.wide === undefined ? {} : { hs_email_optout: String(address.wide !== null) }),
  };
}
