import type { FieldValue, Millis, RecordRef } from './record.ts';

/**
 * One property that decides whether an address gets marketing mail, as one system shows it now. Where there are several, none
 * of them leads: each can block by itself.
 */
export interface Deciding {
  /** Null for what belongs to the address itself, or to no single record. */
  readonly record: RecordRef | null;
  /** The vendor's own name of it. */
  readonly name: string;
  /** Null: read, and empty; or it could not be read, which `why` says then. */
  readonly value: FieldValue;
  /** Whether it keeps mail from being sent by itself. Null: that cannot be told from this value alone. */
  readonly blocks: boolean | null;
  /** When it became so, vendor's clock; null where nobody keeps that. */
  readonly since: Millis | null;
  /** One sentence for people: what it means here. No personal data. */
  readonly why: string;
}
