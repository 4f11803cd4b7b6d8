/** The part of SOQL this stand-in answers, as data. */

export type Literal =
  | { readonly kind: 'null' }
  /** `raw` is the text between the quotes, escapes untouched: LIKE reads them differently. */
  | { readonly kind: 'string'; readonly raw: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date'; readonly text: string }
  | { readonly kind: 'datetime'; readonly text: string }
  /** `TODAY`, `LAST_N_DAYS:30`. */
  | { readonly kind: 'period'; readonly text: string };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';
export type Membership = 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Comparison; readonly literal: Literal }
  | {
      readonly kind: 'member';
      readonly path: string;
      readonly operator: Membership;
      readonly literals: readonly Literal[];
    }
  | { readonly kind: 'semiJoin'; readonly path: string; readonly negated: boolean; readonly query: Query };

export interface Ordering {
  readonly path: string;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

export interface Query {
  readonly object: string;
  /** Field paths (`Email`, `Account.Name`) in the order asked for; empty for COUNT(). */
  readonly select: readonly string[];
  /** `FIELDS(ALL)`, `FIELDS(STANDARD)`, `FIELDS(CUSTOM)`. */
  readonly fieldGroups: readonly string[];
  readonly count: boolean;
  readonly where?: Condition;
  readonly orderBy: readonly Ordering[];
  readonly limit?: number;
  readonly offset?: number;
}

/** A refusal of the query, in the vendor's words. */
export class SoqlError extends Error {
  readonly errorCode: string;
  constructor(errorCode: string, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}
