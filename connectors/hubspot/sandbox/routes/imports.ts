import { json, type Reply } from '@heed/sandbox';
import { ApiError, invalid, notFound } from '../portal/api-error.ts';
import { type ImportError, type ImportJob, rowsOfCsv } from '../portal/imports.ts';
import { nextNumber } from '../portal/portal.ts';
import {
  type Body,
  errorReply,
  isObject,
  iso,
  type PortalExchange,
  type PortalRoute,
  param,
  queryNumber,
  route,
  textIn,
} from './route.ts';

const IMPORT = { scopes: [['crm.import']] } as const;

/** Imports of contacts, below `base`; the vendor's own path for all of them ends in a slash. */
export function importRoutes(base: string): readonly PortalRoute[] {
  const upload = route('POST', base, () => undefined, IMPORT);
  return [
    { ...upload, handle: start },
    route('GET', base, list, IMPORT),
    route('GET', `${base}/{import}`, (exchange) => shown(meant(exchange)), IMPORT),
    route('GET', `${base}/{import}/errors`, errors, IMPORT),
    route('POST', `${base}/{import}/cancel`, cancel, IMPORT),
  ];
}

/** "multipart (`files`, `importRequest`)" */
async function start(exchange: PortalExchange): Promise<Reply> {
  try {
    const headers = { 'content-type': exchange.headers['content-type'] ?? '' };
    const form = await new Response(Buffer.from(exchange.body.bytes), { headers }).formData().catch(() => undefined);
    const request = form?.get('importRequest');
    const file = form?.get('files');
    if (typeof request !== 'string' || file === null || file === undefined) {
      throw invalid('A multipart body with files and importRequest is needed');
    }
    const text = typeof file === 'string' ? file : await file.text();
    return json(200, shown(accept(exchange, JSON.parse(request), text)));
  } catch (error) {
    if (error instanceof ApiError) return errorReply(exchange, error);
    throw error;
  }
}

function accept({ world }: PortalExchange, request: unknown, text: string): ImportJob {
  if (!isObject(request)) throw invalid('importRequest must be an object');
  const rows = rowsOfCsv(text.replace(/^\uFEFF/, ''));
  const nowMs = world.clock.now();
  const operations: Body = isObject(request.importOperations) ? request.importOperations : {};
  const operation = operations['0-1'];
  const job: ImportJob = {
    id: String(nextNumber(world.state)),
    name: textIn(request, 'name') ?? 'Import',
    request,
    operation: operation === 'CREATE' || operation === 'UPDATE' ? operation : 'UPSERT',
    columns: columnsOf(request, rows[0] ?? []),
    rows: rows.slice(1),
    marketable: request.marketableContactImport === true,
    createdAtMs: nowMs,
    dueAtMs: nowMs + Number(world.switches.get('importMs')),
    updatedAtMs: nowMs,
    ended: undefined,
    counters: {},
    errors: [],
  };
  world.state.imports.push(job);
  return job;
}

/** `files[0].fileImportPage.columnMappings: [{ columnName, propertyName }]`, by the names in the header. */
function columnsOf(request: Body, header: readonly string[]): readonly (string | undefined)[] {
  const [file]: readonly unknown[] = Array.isArray(request.files) ? request.files : [];
  const page = isObject(file) && isObject(file.fileImportPage) ? file.fileImportPage : {};
  const mappings = Array.isArray(page.columnMappings) ? page.columnMappings.filter(isObject) : [];
  if (mappings.length === 0) throw invalid('files[0].fileImportPage.columnMappings is needed');
  return header.map((name) => {
    const mapping = mappings.find((one) => one.columnName === name);
    return mapping === undefined ? undefined : textIn(mapping, 'propertyName');
  });
}

function meant(exchange: PortalExchange): ImportJob {
  const job = exchange.world.state.imports.find((one) => one.id === param(exchange, 'import'));
  if (job === undefined) throw notFound('There is no such import');
  return job;
}

/** What is not ended is at work: everything happens in one moment at the end. */
function shown(job: ImportJob): object {
  return {
    id: job.id,
    state: job.ended ?? 'STARTED',
    importName: job.name,
    importSource: 'API',
    importRequestJson: job.request,
    optOutImport: false,
    mappedObjectTypeIds: ['0-1'],
    metadata: { counters: job.counters, fileIds: [`${job.id}1`], objectLists: [] },
    createdAt: iso(job.createdAtMs),
    updatedAt: iso(job.updatedAtMs),
  };
}

function list(exchange: PortalExchange): object {
  const limit = queryNumber(exchange, 'limit', 100, 100);
  const after = queryNumber(exchange, 'after', 0, Number.MAX_SAFE_INTEGER);
  const later = exchange.world.state.imports.filter(({ id }) => Number(id) > after);
  const page = later.slice(0, limit);
  const last = page.at(-1);
  const more = last !== undefined && later.length > limit ? { paging: { next: { after: last.id } } } : {};
  return { results: page.map(shown), ...more };
}

function errors(exchange: PortalExchange): object {
  const job = meant(exchange);
  return { results: job.errors.map((one) => shownError(job, one)) };
}

function shownError(job: ImportJob, { id, errorType, line, row }: ImportError): object {
  return {
    id,
    errorType,
    objectType: 'CONTACT',
    createdAt: job.dueAtMs,
    sourceData: { rowData: row, lineNumber: line, fileId: Number(`${job.id}1`), containsEncryptedProperties: false },
  };
}

function cancel(exchange: PortalExchange): object {
  const job = meant(exchange);
  const now = exchange.world.clock.now();
  if (job.ended !== undefined) throw invalid(`The import is ${job.ended}`);
  job.ended = 'CANCELED';
  job.updatedAtMs = now;
  return { status: 'COMPLETE', startedAt: iso(now), completedAt: iso(now) };
}
