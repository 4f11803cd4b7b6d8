import { createContext, Script } from 'node:vm';
import { type AccountWorld, needTable } from '../state/account.ts';
import { SqlError } from '../suiteql/ast.ts';
import { idsOf } from '../suiteql/run.ts';

/** What a script failed with, as NetSuite names it. */
export class ScriptError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ScriptError';
    this.code = code;
  }
}

export interface ScriptAnswer {
  readonly value: unknown;
  /** The ids of the records that the script was shown. */
  readonly touched: readonly string[];
}

interface Found {
  readonly id: string;
  readonly recordType: string;
  readonly getValue: (column: string | { readonly name: string }) => unknown;
}

/** No script of a test takes longer; one without end must not hang the sandbox. */
const TIME_LIMIT_MS = 5000;

/**
 * Runs an entry point of a RESTlet (SuiteScript 2.1) in a context of its own, with what it may `define` itself on:
 * `N/search` (load, runPaged, run), `N/error`, `N/log` and `N/runtime`. What it answers passes through JSON, as on the wire.
 * @throws ScriptError
 */
export function runRestlet(world: AccountWorld, source: string, entry: string, given: unknown): ScriptAnswer {
  const touched: string[] = [];
  const modules: Readonly<Record<string, unknown>> = {
    'N/search': searchModule(world, touched),
    'N/error': {
      create: ({ name, message }: { name: string; message: string }) => Object.assign(new Error(message), { name }),
    },
    'N/log': Object.fromEntries(['debug', 'audit', 'error', 'emergency'].map((level) => [level, () => {}])),
    'N/runtime': { getCurrentScript: () => ({ getRemainingUsage: () => 5000 }) },
  };
  let script: Readonly<Record<string, unknown>> = {};
  const define = (...args: readonly unknown[]): void => {
    const [first] = args;
    const names = Array.isArray(first) ? first.map(String) : [];
    const factory = args.at(-1);
    script =
      typeof factory === 'function'
        ? factory(...names.map((name) => moduleNamed(modules, name)))
        : (factory as typeof script);
  };
  const context = createContext({ define, log: modules['N/log'], heedInput: JSON.stringify(given ?? {}) });
  try {
    new Script(source).runInContext(context, { timeout: TIME_LIMIT_MS });
    const run = script[entry];
    if (typeof run !== 'function') {
      throw new ScriptError('SSS_INVALID_SCRIPT_ENTRY', `The RESTlet has no ${entry} function.`);
    }
    const value: unknown = run(new Script('JSON.parse(heedInput)').runInContext(context));
    return { value: JSON.parse(JSON.stringify(value ?? null)), touched };
  } catch (error) {
    throw scriptError(error);
  }
}

function moduleNamed(modules: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (found === undefined) throw new ScriptError('MODULE_DOES_NOT_EXIST', `Module does not exist: ${name}`);
  return found;
}

/** Errors of another context are no `Error` of this one. */
function scriptError(error: unknown): ScriptError {
  if (error instanceof ScriptError) return error;
  const { name = 'UNEXPECTED_ERROR', message = '' } = (error ?? {}) as {
    readonly name?: string;
    readonly message?: string;
  };
  return new ScriptError(/^[A-Z][A-Z_]+$/.test(name) ? name : 'UNEXPECTED_ERROR', message);
}

function searchModule(world: AccountWorld, touched: string[]): object {
  return {
    Type: { CONTACT: 'contact', CUSTOMER: 'customer' },
    Sort: { ASC: 'ASC', DESC: 'DESC', NONE: 'NONE' },
    createColumn: (column: object) => column,
    load(given: string | { readonly id: string | number }) {
      const id = String(typeof given === 'object' ? given.id : given);
      const search = world.state.savedSearches.find((one) => one.id === id || one.scriptId === id);
      if (search === undefined) {
        throw new ScriptError('INVALID_SEARCH', `That search or mass update does not exist.`);
      }
      const found = (): readonly Found[] => foundBy(world, search.recordType, search.query, touched);
      return { id: search.scriptId, title: search.name, searchType: search.recordType, columns: [], ...pagesOf(found) };
    },
  };
}

function pagesOf(found: () => readonly Found[]): object {
  return {
    runPaged({ pageSize = 50 }: { readonly pageSize?: number } = {}) {
      if (pageSize < 5 || pageSize > 1000)
        throw new ScriptError('SSS_INVALID_PAGE_SIZE', 'pageSize must be between 5 and 1000.');
      const all = found();
      const pages = Array.from({ length: Math.ceil(all.length / pageSize) }, (_none, index) => ({
        index,
        compoundLabel: String(index),
      }));
      const fetch = ({ index }: { readonly index: number }): object => {
        if (index < 0 || index >= pages.length) throw new ScriptError('INVALID_PAGE_RANGE', 'Invalid page range.');
        const page = all.slice(index * pageSize, (index + 1) * pageSize);
        return {
          data: page,
          isFirst: index === 0,
          isLast: index === pages.length - 1,
          pagedData: { count: all.length },
        };
      };
      return { count: all.length, pageRanges: pages, fetch };
    },
    run: () => ({
      each(visit: (one: Found) => boolean) {
        // "each" stops when told, and at 4,000.
        for (const one of found().slice(0, 4000)) if (visit(one) !== true) return;
      },
      getRange: ({ start, end }: { readonly start: number; readonly end: number }) => {
        if (end - start > 1000)
          throw new ScriptError(
            'SSS_SEARCH_RESULT_LIMIT_EXCEEDED',
            'No more than 1000 search results may be requested at once.',
          );
        return found().slice(start, end);
      },
    }),
  };
}

function foundBy(world: AccountWorld, recordType: string, query: string, touched: string[]): readonly Found[] {
  const table = needTable(world.state, recordType);
  try {
    return idsOf(world, query).flatMap((id) => {
      const row = table.get(id);
      if (row === undefined) return [];
      touched.push(id);
      const getValue: Found['getValue'] = (column) => {
        const name = (typeof column === 'string' ? column : column.name).toLowerCase();
        const field = table.fields.find((one) => one.name.toLowerCase() === name);
        return name === 'internalid' ? id : field === undefined ? null : row[field.name];
      };
      return [{ id, recordType: table.name, getValue }];
    });
  } catch (error) {
    if (error instanceof SqlError) throw new ScriptError('SSS_INVALID_SRCH_FILTER', error.message);
    throw error;
  }
}
