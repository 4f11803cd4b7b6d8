/** A subscription type: a kind of mail that an address can want or not. */
export interface SubscriptionType {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly communicationMethod: string;
  readonly isActive: boolean;
  readonly isDefault: boolean;
  readonly isInternal: boolean;
  /** 0: the account's own brand. */
  readonly businessUnitId: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A business unit (add-on). */
export interface Brand {
  readonly id: number;
  readonly name: string;
}

export const LEGAL_BASES: readonly string[] = [
  'LEGITIMATE_INTEREST_PQL',
  'LEGITIMATE_INTEREST_CLIENT',
  'LEGITIMATE_INTEREST_OTHER',
  'PERFORMANCE_OF_CONTRACT',
  'CONSENT_WITH_NOTICE',
  'PROCESS_AND_STORE',
  'NON_GDPR',
];

/** The mirror of a type's opt-out on the contact: `hs_email_optout_<id>`. */
export function mirrorName(type: SubscriptionType): string {
  return `hs_email_optout_${type.id}`;
}
