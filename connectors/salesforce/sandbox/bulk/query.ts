import { seededRandom } from '@heed/sandbox';
import { parseSoql } from '../soql/parse.ts';
import type { ResolvedPath } from '../soql/paths.ts';
import type { Query } from '../soql/query.ts';
import { runQuery } from '../soql/run.ts';
import type { Row, Source, SourceTable } from '../soql/source.ts';
import { CallRefused } from '../state/errors.ts';
import type { OrgWorld } from '../state/org.ts';
import { sourceOf } from '../state/view.ts';
import { resultCell } from './cells.ts';
import { csvLine } from './csv.ts';
import type { QueryJob } from './job.ts';

/** What the guide says a bulk query cannot do ("Understanding Bulk API 2.0 Query", SOQL Considerations). */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^\s*SELECT(?:(?!\bFROM\b)[^(])*\(\s*SELECT\b/i, 'Aggregate Relationships'],
  [/\bTYPEOF\b/i, 'TYPEOF'],
  [/\bGROUP\s+BY\b/i, 'GROUP BY'],
  [/\bOFFSET\s+\d/i, 'OFFSET'],
  [/^\s*SELECT(?:(?!\bFROM\b)[\s\S])*\b(?:COUNT|COUNT_DISTINCT|SUM|AVG|MIN|MAX)\s*\(/i, 'Aggregate functions'],
  [/^\s*SELECT(?:(?!\bFROM\b)[\s\S])*\bFIELDS\s*\(/i, 'FIELDS()'],
];

function refused(what: string): CallRefused {
  return new CallRefused(400, 'API_ERROR', `${what} not supported in Bulk Query`);
}

/** A source of the same fields and no rows: checking a query need not read the org. */
function withoutRows(source: Source): Source {
  const emptied = (table: SourceTable): SourceTable => ({
    ...table,
    all: () => [],
    byId: () => undefined,
    byValue: () => [],
    byModstamp: () => [],
  });
  return {
    ...source,
    table(name) {
      const table = source.table(name);
      return table && emptied(table);
    },
  };
}

/**
 * The query of a new job, read and checked without reading a row.
 * @throws CallRefused for what bulk queries cannot do, SoqlError for what no query can
 */
export function checkBulkQuery(world: OrgWorld, text: string, includeDeleted: boolean): Query {
  const bare = text.replace(/'(?:\\.|[^'\\])*'/g, "''");
  const found = unsupported.find(([pattern]) => pattern.test(bare));
  if (found) throw refused(found[1]);
  const query = parseSoql(text);
  const { columns } = runQuery(withoutRows(sourceOf(world, includeDeleted)), query);
  // Wording as seen in airbyte#8206.
  if (columns.some(({ field }) => field.type === 'address')) throw refused('Selecting compound data');
  return query;
}

/** Cuts the job into parts by id; "LIMIT and ORDER BY disable PKChunking". */
export function openParts(world: OrgWorld, job: QueryJob): void {
  const query = parseSoql(job.query);
  const size = Number(world.switches.get('bulkPartRows'));
  const rows = world.state.table(query.object)?.size ?? 0;
  const inOne = rows <= size || query.limit !== undefined || query.orderBy.length > 0;
  job.partEnds = inOne ? [] : partEnds(sourceOf(world, true).table(query.object), size);
}

function partEnds(table: SourceTable | undefined, size: number): readonly string[] {
  const ids = [...(table?.all() ?? [])].map((row) => String(row.Id)).sort();
  return ids.filter((_, index) => (index + 1) % size === 0 && index + 1 < ids.length);
}

/**
 * Reads parts until `upTo` of them are read: a part shows what was committed at that moment.
 * @throws SoqlError when a field or object vanished since the job was made
 */
export function readParts(world: OrgWorld, job: QueryJob, upTo: number): void {
  const ends = job.partEnds ?? [];
  const query = parseSoql(job.query);
  for (; job.partsRead < upTo; job.partsRead += 1) {
    const answer = runQuery(sourceOf(world, job.operation === 'queryAll'), query);
    const after = ends[job.partsRead - 1];
    const last = ends[job.partsRead];
    job.columns = answer.columns.map(columnName);
    for (const row of job.blind ? [] : answer.rows) {
      const id = String(row.Id);
      if ((after === undefined || id > after) && (last === undefined || id <= last)) {
        job.lines.push(lineOf(world, job, answer.columns, row));
      }
    }
  }
}

export function partsOf(job: QueryJob): number {
  return (job.partEnds?.length ?? 0) + 1;
}

function columnName({ steps, field }: ResolvedPath): string {
  return [...steps.map((step) => step.relationshipName), field.name].join('.');
}

function lineOf(world: OrgWorld, job: QueryJob, columns: readonly ResolvedPath[], row: Row): string {
  const zulu = world.switches.get('bulkDateTimes') === 'zulu';
  const cells = columns.map((column) => resultCell(column.field, column.value(row), zulu));
  return csvLine(cells, job.columnDelimiter);
}

/** No order is promised without ORDER BY: the same shuffle for the same job, so that pages fit together. */
export function scatter(world: OrgWorld, job: QueryJob): void {
  if (parseSoql(job.query).orderBy.length > 0) return;
  job.lines = scattered(world.seed, job.id, job.lines);
}

/** The items in an order of their own, the same for the same name. */
export function scattered<Item>(seed: number, name: string, items: readonly Item[]): Item[] {
  const random = seededRandom(seed, name);
  const out = [...items];
  for (let at = out.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    const [one, two] = [out[at], out[other]] as [Item, Item];
    out[at] = two;
    out[other] = one;
  }
  return out;
}
