import type { FieldDefinition, ObjectDefinition } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';

/** Owner and editor are the same few users on every record: an index would hold the whole table under one key. */
const notIndexed = new Set(['OwnerId', 'CreatedById', 'LastModifiedById']);

function isIndexed(field: FieldDefinition): boolean {
  if (field.derived) return false;
  if (field.type === 'reference') return !notIndexed.has(field.name);
  return field.type === 'email' || field.externalId || field.unique;
}

/** When the row last moved; history rows never change and have a creation date only. */
function modstampOf(row: Row): string {
  return String(row.SystemModstamp ?? row.CreatedDate ?? '');
}

function modstampKey(row: Row): string {
  return `${modstampOf(row)}|${String(row.Id)}`;
}

/** The rows of one object, with indexes on Id, indexed fields, and (SystemModstamp, Id). */
export class Table {
  readonly definition: ObjectDefinition;
  readonly #fields = new Map<string, FieldDefinition>();
  readonly #rows = new Map<string, Row>();
  readonly #byValue = new Map<string, Map<string, Set<string>>>();
  /** Sorted; may hold keys of earlier states of a row, which are skipped when read. */
  #modstamps: string[] = [];

  constructor(definition: ObjectDefinition, extraFields: readonly FieldDefinition[] = []) {
    this.definition = definition;
    for (const field of [...definition.fields, ...extraFields]) this.addField(field);
  }

  get fields(): readonly FieldDefinition[] {
    return [...this.#fields.values()];
  }

  get size(): number {
    return this.#rows.size;
  }

  field(name: string): FieldDefinition | undefined {
    return this.#fields.get(name.toLowerCase());
  }

  /** Also replaces a field of the same name. */
  addField(field: FieldDefinition): void {
    this.#fields.set(field.name.toLowerCase(), field);
    this.#byValue.delete(field.name);
    if (!isIndexed(field)) return;
    this.#byValue.set(field.name, new Map());
    for (const row of this.#rows.values()) this.#index(field.name, row);
  }

  removeField(name: string): void {
    const field = this.field(name);
    if (!field) return;
    this.#fields.delete(name.toLowerCase());
    this.#byValue.delete(field.name);
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** Rows with that value in an indexed field, case ignored; undefined when the field has no index. */
  having(field: FieldDefinition, value: string): readonly Row[] | undefined {
    const index = this.#byValue.get(field.name);
    if (!index) return undefined;
    return [...(index.get(value.toLowerCase()) ?? [])].flatMap((id) => {
      const row = this.#rows.get(id);
      return row ? [row] : [];
    });
  }

  /** Stores a new row or a new state of one. */
  put(row: Row): void {
    const id = String(row.Id);
    const before = this.#rows.get(id);
    if (before) this.#unindex(before);
    this.#rows.set(id, row);
    for (const name of this.#byValue.keys()) this.#index(name, row);
    if (!before || modstampKey(before) !== modstampKey(row)) this.#addModstamp(modstampKey(row));
  }

  /** Removes a row for good. */
  purge(id: string): void {
    const row = this.#rows.get(id);
    if (row) this.#unindex(row);
    this.#rows.delete(id);
  }

  /** Rows by (SystemModstamp, Id); `from` and `to` in wire form, both included. */
  *byModstamp(from: string | undefined, to: string | undefined): Generator<Row> {
    const end = to === undefined ? undefined : `${to}~`;
    for (let i = from === undefined ? 0 : this.#position(from); i < this.#modstamps.length; i += 1) {
      const key = this.#modstamps[i] ?? '';
      if (end !== undefined && key > end) return;
      const row = this.#rows.get(key.slice(key.indexOf('|') + 1));
      if (row && modstampKey(row) === key) yield row;
    }
  }

  #position(key: string): number {
    let low = 0;
    let high = this.#modstamps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#modstamps[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addModstamp(key: string): void {
    const last = this.#modstamps.at(-1);
    if (last === undefined || last < key) this.#modstamps.push(key);
    else {
      const at = this.#position(key);
      if (this.#modstamps[at] !== key) this.#modstamps.splice(at, 0, key);
    }
    if (this.#modstamps.length > 1000 + 2 * this.#rows.size) {
      this.#modstamps = [...this.#rows.values()].map(modstampKey).sort();
    }
  }

  #index(name: string, row: Row): void {
    const value = row[name];
    if (typeof value !== 'string') return;
    const index = this.#byValue.get(name);
    const ids = index?.get(value.toLowerCase());
    if (ids) ids.add(String(row.Id));
    else index?.set(value.toLowerCase(), new Set([String(row.Id)]));
  }

  #unindex(row: Row): void {
    for (const [name, index] of this.#byValue) {
      const value = row[name];
      if (typeof value === 'string') index.get(value.toLowerCase())?.delete(String(row.Id));
    }
  }
}
