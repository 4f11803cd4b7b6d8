import { type AccountWorld, needTable } from '../state/account.ts';
import type { FieldValue, Row, Table } from '../state/table.ts';
import { SqlError } from '../suiteql/ast.ts';
import { idsOf } from '../suiteql/run.ts';
import { ScriptError } from './script-error.ts';

/** `search.createColumn({ name, sort })`, or a column's bare name. */
type Column = string | { readonly name: string; readonly sort?: string };

interface Search {
  readonly id: string;
  readonly title: string;
  readonly searchType: string;
  /** A script may set others: they decide the order of the results. */
  columns: readonly Column[];
  runPaged(options?: { readonly pageSize?: number }): object;
  run(): object;
}

/** The part of `N/search` that reads saved searches; what one finds is the SuiteQL behind it. */
export function searchModule(world: AccountWorld, touched: string[]): object {
  return {
    Type: { CONTACT: 'contact', CUSTOMER: 'customer' },
    Sort: { ASC: 'ASC', DESC: 'DESC', NONE: 'NONE' },
    createColumn: (column: Column) => column,
    load: (given: string | { readonly id: string | number }) => {
      const id = String(typeof given === 'object' ? given.id : given);
      const stored = world.state.savedSearches.find((one) => one.id === id || one.scriptId === id);
      if (stored === undefined) {
        throw new ScriptError('INVALID_SEARCH', 'That search or mass update does not exist.');
      }
      const table = needTable(world.state, stored.recordType);
      const shown = (rows: readonly Row[]): readonly object[] => {
        for (const row of rows) touched.push(row.id);
        return rows.map((row) => resultOf(table, row));
      };
      const search: Search = {
        id: stored.scriptId,
        title: stored.name,
        searchType: stored.recordType,
        columns: [],
        runPaged: (options) => paged(sorted(table, rowsOf(world, table, stored.query), search.columns), shown, options),
        run: () => results(() => sorted(table, rowsOf(world, table, stored.query), search.columns), shown),
      };
      return search;
    },
  };
}

type Shown = (rows: readonly Row[]) => readonly object[];

function paged(rows: readonly Row[], shown: Shown, { pageSize = 50 }: { readonly pageSize?: number } = {}): object {
  if (pageSize < 5 || pageSize > 1000) {
    throw new ScriptError('SSS_INVALID_PAGE_SIZE', 'pageSize must be between 5 and 1000.');
  }
  const pageRanges = Array.from({ length: Math.ceil(rows.length / pageSize) }, (_none, index) => ({
    index,
    compoundLabel: String(index),
  }));
  const fetch = ({ index }: { readonly index: number }): object => {
    if (index < 0 || index >= pageRanges.length) throw new ScriptError('INVALID_PAGE_RANGE', 'Invalid page range.');
    const data = shown(rows.slice(index * pageSize, (index + 1) * pageSize));
    return { data, isFirst: index === 0, isLast: index === pageRanges.length - 1, pagedData: { count: rows.length } };
  };
  return { count: rows.length, pageRanges, fetch };
}

function results(rows: () => readonly Row[], shown: Shown): object {
  return {
    /** Stops when told, and at 4,000. */
    each(visit: (one: object) => boolean) {
      for (const row of rows().slice(0, 4000)) for (const one of shown([row])) if (visit(one) !== true) return;
    },
    getRange({ start, end }: { readonly start: number; readonly end: number }) {
      if (end - start > 1000) {
        throw new ScriptError(
          'SSS_SEARCH_RESULT_LIMIT_EXCEEDED',
          'No more than 1000 search results may be requested at once.',
        );
      }
      return shown(rows().slice(start, end));
    },
  };
}

function rowsOf(world: AccountWorld, table: Table, query: string): readonly Row[] {
  try {
    return idsOf(world, query).flatMap((id) => table.get(id) ?? []);
  } catch (error) {
    if (error instanceof SqlError) throw new ScriptError('SSS_INVALID_SRCH_FILTER', error.message);
    throw error;
  }
}

const nameOf = (column: Column): string => (typeof column === 'string' ? column : column.name).toLowerCase();

/** Search columns name fields in lower case, and the id `internalid`. */
function valueIn(table: Table, row: Row, column: Column): FieldValue {
  const name = nameOf(column);
  if (name === 'internalid') return row.id;
  const field = table.fields.find((one) => one.name.toLowerCase() === name);
  return field === undefined ? null : (row[field.name] ?? null);
}

/** By the columns that sort, the first before the next; ids as numbers. */
function sorted(table: Table, rows: readonly Row[], columns: readonly Column[]): readonly Row[] {
  const sorting = columns.filter((one) => typeof one !== 'string' && (one.sort === 'ASC' || one.sort === 'DESC'));
  if (sorting.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const column of sorting) {
      const order = compare(valueIn(table, a, column), valueIn(table, b, column), nameOf(column) === 'internalid');
      if (order !== 0) return typeof column !== 'string' && column.sort === 'DESC' ? -order : order;
    }
    return 0;
  });
}

function compare(a: FieldValue, b: FieldValue, asNumbers: boolean): number {
  if (asNumbers) return Number(a) - Number(b);
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function resultOf(table: Table, row: Row): object {
  const getValue = (column: Column): FieldValue => valueIn(table, row, column);
  return { id: row.id, recordType: table.name, getValue };
}
