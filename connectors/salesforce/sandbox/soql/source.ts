import type { FieldDefinition, FieldValue } from '../schema/index.ts';

export type Row = Readonly<Record<string, FieldValue>>;

/** What the evaluator may know of one object: the fields its user can see, and its rows. */
export interface SourceTable {
  readonly name: string;
  readonly fields: readonly FieldDefinition[];
  /** By name in any spelling of case; undefined when there is none, or field-level security hides it. */
  field(name: string): FieldDefinition | undefined;
  value(row: Row, field: FieldDefinition): FieldValue;
  all(): Iterable<Row>;
  byId(id: string): Row | undefined;
  /** Rows with that value (lower-cased) in an indexed field; undefined when the field has no index. */
  byValue(field: FieldDefinition, value: string): Iterable<Row> | undefined;
  /** Rows by (SystemModstamp, Id), from `from` on, before or at `to`; both in wire form. */
  byModstamp(from: string | undefined, to: string | undefined): Iterable<Row>;
}

/** The org as one query sees it. */
export interface Source {
  readonly nowMs: number;
  /** Whether `!= 'x'` and `NOT IN ('x')` match rows where the field is empty. */
  readonly notEqualMatchesNull: boolean;
  table(name: string): SourceTable | undefined;
}
