import type { Field } from '../schema/field.ts';
import type { RecordDefinition } from '../schema/records.ts';

export type FieldValue = string | number | boolean | null;

/** A record: its internal id and the fields by name; references and choices are kept as ids. */
export interface Row {
  readonly id: string;
  readonly [field: string]: FieldValue;
}

const INDEXED: readonly string[] = ['email', 'externalId', 'entityId'];

/** The rows of one record type in the order of their ids, with indexes (case ignored) on email, externalId and entityId. */
export class Table {
  readonly definition: RecordDefinition;
  readonly #fields = new Map<string, Field>();
  readonly #rows = new Map<string, Row>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  #ids: readonly string[] | undefined;

  constructor(definition: RecordDefinition) {
    this.definition = definition;
    for (const field of definition.fields) this.#fields.set(field.name, field);
    for (const name of INDEXED) if (this.#fields.has(name)) this.#indexes.set(name, new Map());
  }

  get name(): string {
    return this.definition.name;
  }

  get fields(): readonly Field[] {
    return [...this.#fields.values()];
  }

  get size(): number {
    return this.#rows.size;
  }

  field(name: string): Field | undefined {
    return this.#fields.get(name);
  }

  /** Also replaces a field of the same name. */
  putField(field: Field): void {
    this.#fields.set(field.name, field);
  }

  removeField(name: string): void {
    this.#fields.delete(name);
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Rows whose id is greater than `id`, ascending. */
  *after(id: number): Generator<Row> {
    this.#ids ??= [...this.#rows.keys()];
    for (let at = position(this.#ids, id); at < this.#ids.length; at += 1) {
      const row = this.#rows.get(this.#ids[at] ?? '');
      if (row !== undefined) yield row;
    }
  }

  /** How many rows have an id greater than `id`. */
  countAfter(id: number): number {
    this.#ids ??= [...this.#rows.keys()];
    return this.#ids.length - position(this.#ids, id);
  }

  /** Rows with that value, case ignored; `undefined` when the field has no index. */
  having(name: string, value: string): readonly Row[] | undefined {
    const index = this.#indexes.get(name);
    if (index === undefined) return undefined;
    return [...(index.get(value.toLowerCase()) ?? [])].flatMap((id) => this.#rows.get(id) ?? []);
  }

  put(row: Row): void {
    const before = this.#rows.get(row.id);
    if (before === undefined) this.#ids = undefined;
    else this.#index(before, 'delete');
    this.#rows.set(row.id, row);
    this.#index(row, 'add');
  }

  remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#index(row, 'delete');
    this.#rows.delete(id);
    this.#ids = undefined;
  }

  #index(row: Row, change: 'add' | 'delete'): void {
    for (const [name, index] of this.#indexes) {
      const value = row[name];
      if (typeof value !== 'string') continue;
      const key = value.toLowerCase();
      const ids = index.get(key) ?? new Set<string>();
      ids[change](row.id);
      if (ids.size === 0) index.delete(key);
      else index.set(key, ids);
    }
  }
}

/** Where the ids greater than `id` begin; ids grow with time, so the order of creation is theirs. */
function position(ids: readonly string[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Number(ids[middle]) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
