import type { Field } from '../schema/field.ts';
import type { AccountWorld } from '../state/account.ts';
import { badParameter } from '../state/ns-error.ts';
import { shownValue } from '../state/shown.ts';
import type { Row, Table } from '../state/table.ts';
import { instantOf, readDate } from '../state/time.ts';

type Test = (row: Row) => boolean;

const wrong = (detail: string): Error => badParameter('q', `Invalid query parameter q: ${detail}`);

/** Rows that fit a `q` filter (section_1545222128): body fields only, "AND binds before OR", dates as the user writes them. */
export function matching(world: AccountWorld, table: Table, q: string): readonly Row[] {
  const test = new FilterReader(world, table, wordsOf(q)).whole();
  return [...table.rows()].filter(test);
}

/** Quoted text, brackets, commas, parentheses, words. */
function wordsOf(q: string): readonly string[] {
  return [...q.matchAll(/"(?:[^"\\]|\\.)*"|[()[\],]|[^\s()[\],"]+/g)].map(([word]) => word);
}

class FilterReader {
  readonly #world: AccountWorld;
  readonly #table: Table;
  readonly #words: readonly string[];
  #at = 0;

  constructor(world: AccountWorld, table: Table, words: readonly string[]) {
    this.#world = world;
    this.#table = table;
    this.#words = words;
  }

  whole(): Test {
    const test = this.#either();
    if (this.#at < this.#words.length) throw wrong(`unexpected '${this.#peek()}'`);
    return test;
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#take('OR')) tests.push(this.#both());
    return (row) => tests.some((test) => test(row));
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#take('AND')) tests.push(this.#one());
    return (row) => tests.every((test) => test(row));
  }

  #one(): Test {
    if (this.#take('(')) {
      const inner = this.#either();
      if (!this.#take(')')) throw wrong("')' is missing");
      return inner;
    }
    const name = this.#next();
    const operator = this.#next().toUpperCase();
    if (operator === 'EMPTY' || operator === 'EMPTY_NOT') {
      const { read } = this.#field(name);
      return (row) => isEmpty(read(row)) === (operator === 'EMPTY');
    }
    return this.#comparison(name, operator, this.#values());
  }

  #comparison(name: string, operator: string, values: readonly string[]): Test {
    const { field, read } = this.#field(name);
    const negated = /_NOT$/.test(operator);
    const plain = operator.replace(/_NOT$/, '');
    const test = this.#positive(field, plain, values);
    return (row) => {
      const value = read(row);
      return isEmpty(value) ? negated : test(value) !== negated;
    };
  }

  #positive(field: Field, operator: string, values: readonly string[]): (value: unknown) => boolean {
    const [first = '', second = ''] = values;
    if (field.type === 'date' || field.type === 'datetime') return this.#dated(operator, first, second);
    if (operator === 'ANY_OF') return (value) => values.includes(String(value));
    if (field.type === 'checkbox' && operator === 'IS') return (value) => String(value) === first.toLowerCase();
    if (field.type === 'integer') return numeric(operator, Number(first), Number(second));
    const text = (value: unknown): string => String(value).toLowerCase();
    const wanted = first.toLowerCase();
    switch (operator) {
      case 'IS':
        return (value) => text(value) === wanted;
      case 'CONTAIN':
        return (value) => text(value).includes(wanted);
      case 'START_WITH':
        return (value) => text(value).startsWith(wanted);
      case 'END_WITH':
        return (value) => text(value).endsWith(wanted);
      default:
        throw wrong(`operator ${operator} is not supported for field ${field.name}`);
    }
  }

  /** "dates in the user's date format, e.g. 1/1/2019, not ISO"; a day of the user's time zone. */
  #dated(operator: string, first: string, second: string): (value: unknown) => boolean {
    const { from, to } = this.#day(first);
    const at = (value: unknown): number => Date.parse(String(value));
    switch (operator) {
      case 'ON':
        return (value) => at(value) >= from && at(value) < to;
      case 'AFTER':
        return (value) => at(value) >= to;
      case 'ON_OR_AFTER':
        return (value) => at(value) >= from;
      case 'BEFORE':
        return (value) => at(value) < from;
      case 'ON_OR_BEFORE':
        return (value) => at(value) < to;
      case 'BETWEEN': {
        const end = this.#day(second).to;
        return (value) => at(value) >= from && at(value) < end;
      }
      default:
        throw wrong(`operator ${operator} is not supported for dates`);
    }
  }

  #day(text: string): { readonly from: number; readonly to: number } {
    const { switches } = this.#world;
    const zone = String(switches.get('sessionTimeZone'));
    const wall = readDate(String(switches.get('dateFormat')), text);
    if (wall === undefined)
      throw wrong(`invalid date value ${text}, the format is ${String(switches.get('dateFormat'))}`);
    const next = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + 1));
    const tomorrow = { ...wall, year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
    return { from: instantOf(zone, wall), to: instantOf(zone, tomorrow) };
  }

  #field(name: string): { readonly field: Field; readonly read: (row: Row) => unknown } {
    if (name === 'id') return { field: ID_FIELD, read: (row) => row.id };
    const field = this.#table.field(name);
    if (field === undefined || !field.filterable) throw wrong(`field ${name} does not exist or cannot be filtered`);
    return { field, read: (row) => shownValue(this.#world, field, row) };
  }

  #values(): readonly string[] {
    if (!this.#take('[')) return [unquoted(this.#next())];
    const values: string[] = [];
    while (!this.#take(']')) {
      values.push(unquoted(this.#next()));
      this.#take(',');
    }
    return values;
  }

  #peek(): string {
    return this.#words[this.#at] ?? '';
  }

  #next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw wrong('unexpected end');
    this.#at += 1;
    return word;
  }

  #take(word: string): boolean {
    if (this.#peek().toUpperCase() !== word) return false;
    this.#at += 1;
    return true;
  }
}

function numeric(operator: string, first: number, second: number): (value: unknown) => boolean {
  switch (operator) {
    case 'EQUAL':
      return (value) => Number(value) === first;
    case 'GREATER':
      return (value) => Number(value) > first;
    case 'GREATER_OR_EQUAL':
      return (value) => Number(value) >= first;
    case 'LESS':
      return (value) => Number(value) < first;
    case 'LESS_OR_EQUAL':
      return (value) => Number(value) <= first;
    case 'BETWEEN':
      return (value) => Number(value) >= first && Number(value) <= second;
    default:
      throw wrong(`operator ${operator} is not supported for numbers`);
  }
}

const ID_FIELD: Field = {
  name: 'id',
  title: 'Internal ID',
  type: 'integer',
  references: null,
  choices: [],
  readOnly: true,
  custom: false,
  mostCharacters: null,
  bare: false,
  filterable: true,
};

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

function unquoted(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word;
}
