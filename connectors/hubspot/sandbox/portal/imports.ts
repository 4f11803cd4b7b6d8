import { ApiError } from './api-error.ts';
import { change, createContact, updateContact } from './contact-write.ts';
import type { PortalWorld } from './portal.ts';
import { isEmail } from './property-values.ts';

/** A file of contacts that the account works through in the background. */
export interface ImportJob {
  readonly id: string;
  readonly name: string;
  /** As it was asked for. */
  readonly request: unknown;
  readonly operation: 'CREATE' | 'UPDATE' | 'UPSERT';
  /** Property of each column; `undefined` for a column that is left out. */
  readonly columns: readonly (string | undefined)[];
  /** Without the header. */
  readonly rows: readonly (readonly string[])[];
  /** "Import can set it: `marketableContactImport`" */
  readonly marketable: boolean;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  updatedAtMs: number;
  ended: 'DONE' | 'CANCELED' | undefined;
  readonly counters: Record<string, number>;
  readonly errors: ImportError[];
}

export interface ImportError {
  readonly id: string;
  readonly errorType: string;
  readonly line: number;
  readonly row: readonly string[];
}

/** Carries out the imports that are due by the clock; nothing happens between two calls. */
export function settleImports(world: PortalWorld): void {
  for (const job of world.state.imports) {
    if (job.ended !== undefined || job.dueAtMs > world.clock.now()) continue;
    for (const [at, row] of job.rows.entries()) carryOut(world, job, row, at);
    job.ended = 'DONE';
    job.updatedAtMs = job.dueAtMs;
  }
}

function carryOut(world: PortalWorld, job: ImportJob, row: readonly string[], at: number): void {
  const count = (name: string): void => {
    job.counters[name] = (job.counters[name] ?? 0) + 1;
  };
  count('TOTAL_ROWS');
  const errorType = imported(world, job, row, count);
  if (errorType === undefined) return;
  count('ERRORS');
  // The first line of the file is the header.
  job.errors.push({ id: `${job.id}-${at}`, errorType, line: at + 2, row });
}

/** The type of the error, if there is one. */
function imported(
  world: PortalWorld,
  job: ImportJob,
  row: readonly string[],
  count: (name: string) => void,
): string | undefined {
  const { state } = world;
  if (row.length !== job.columns.length) return 'INCORRECT_NUMBER_OF_COLUMNS';
  const cells = job.columns.flatMap((name, at) => (name === undefined ? [] : [[name, row[at] ?? ''] as const]));
  const given = Object.fromEntries(cells.filter(([, value]) => value !== ''));
  const { email } = given;
  if (!isEmail(email)) return 'INVALID_EMAIL';
  if (state.forgotten.has(email.toLowerCase())) return 'GDPR_BLACKLISTED_EMAIL';
  const known = state.contacts.byEmail(email);
  if (known === undefined && job.operation === 'UPDATE') return 'UPDATE_ONLY_IMPORT';
  if (known !== undefined && job.operation === 'CREATE') return 'CREATE_ONLY_IMPORT';
  try {
    const contact =
      known === undefined ? createContact(world, given, 'IMPORT') : updateContact(world, known, given, 'IMPORT');
    if (job.marketable) change(world, contact, { hs_marketable_status: 'true' }, 'IMPORT');
    count(known === undefined ? 'CREATED_OBJECTS' : 'UPDATED_OBJECTS');
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return 'FAILED_VALIDATION';
    throw error;
  }
}

/** The rows of a CSV file: fields may be quoted, and hold commas, quotes and line ends then. */
export function rowsOfCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, separator, quoted, plain = ''] of text.matchAll(/(^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)) {
    if (separator !== ',') {
      row = [];
      rows.push(row);
    }
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }
  return rows.filter((one) => one.length > 1 || one[0] !== '');
}
