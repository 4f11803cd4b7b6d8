import { ConnectorError, type Millis, type Tools } from '@heed/contract';
import { isOfKind, sameOrigin } from '@heed/toolkit';
import { z } from 'zod';
import { type Ask, askerOf, notUnderstood, understood } from './ask.ts';
import { type NetSuiteConfig, originOf } from './config.ts';
import { isId, type SuiteQl } from './suiteql.ts';

/** A row of a query: columns in lower case, mostly texts; an empty one is absent. */
export type WireRow = Readonly<Record<string, unknown>>;

export interface QueryPage {
  readonly rows: readonly WireRow[];
  readonly hasMore: boolean;
  /** Of the whole query; null from 100,000 on, where the vendor stops counting. */
  readonly total: number | null;
}

/** "offset" and "limit": at most 1,000 rows a page, 100,000 a query (section_157909186990). */
export const PAGE_ROWS = 1_000;
const MOST_ROWS = 100_000;

export const JSON_BODY = { 'content-type': 'application/json' } as const;

/**
 * Of everything that writes: a field that does not exist is an error. The vendor's default is a warning in a header and
 * success: an opt-out in a misspelt field would be lost without a sound (section_156570709583).
 */
export const WRITE_HEADERS = { ...JSON_BODY, 'x-netsuite-propertynamevalidation': 'Error' } as const;

/** The calls of the vendor that this connector uses; README.md lists them. All throw ConnectorError only. */
export interface Api {
  /** `POST /query/v1/suiteql`: a page of a query. */
  query(query: SuiteQl, signal: AbortSignal, rows?: number, offset?: number): Promise<QueryPage>;
  /** Every page of a query whose answer is small by itself; it needs an order of its own. */
  everyRow(query: SuiteQl, signal: AbortSignal): Promise<readonly WireRow[]>;
  /** `GET /record/v1/{type}/{id}`, unchecked; throws `missing` if there is none. */
  record(type: string, id: string, options: string, signal: AbortSignal): Promise<WireRow>;
  /** `POST /record/v1/{type}`: the id of the new record. */
  create(type: string, body: WireRow, signal: AbortSignal): Promise<string>;
  /** `PATCH /record/v1/{type}/{id}`. */
  update(type: string, id: string, body: WireRow, signal: AbortSignal): Promise<void>;
  /** `GET /record/v1/metadata-catalog/{type}` as JSON Schema, unchecked. */
  metadata(type: string, signal: AbortSignal): Promise<unknown>;
  /** `GET` of something below `/services/rest`, unchecked. */
  get(name: string, path: string, signal: AbortSignal): Promise<unknown>;
  readonly ask: Ask;
  now(): Millis;
}

const queryAnswer = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  hasMore: z.boolean(),
  totalResults: z.number().optional(),
});
const recordAnswer = z.record(z.string(), z.unknown());

/** `closed` ends what runs when the session is closed. */
export const netsuiteApi = (config: NetSuiteConfig, tools: Tools, closed: AbortSignal): Api => {
  const ask = askerOf(config, tools, closed);
  const get = async (name: string, path: string, signal: AbortSignal): Promise<unknown> =>
    (await ask({ name, method: 'GET', path }, { kind: 'read' }, signal)).body;

  /** The id of a new record stands nowhere but in `Location`; one that leads elsewhere is not believed. */
  const idIn = (location: string | undefined, type: string): string => {
    const origin = originOf(config, 'suitetalk');
    const path = sameOrigin(origin, location ?? '') ? new URL(location ?? '', origin).pathname : '';
    const id = path.match(/^\/services\/rest\/record\/v1\/(\w+)\/(\d+)$/);
    if (id?.[1]?.toLowerCase() !== type || !isId(id[2] ?? '')) throw notUnderstood('create', true);
    return id[2] ?? '';
  };

  const page = async (
    { q, params }: SuiteQl,
    rows: number,
    offset: number,
    signal: AbortSignal,
  ): Promise<QueryPage> => {
    const request = {
      name: 'query',
      method: 'POST',
      path: `/query/v1/suiteql?limit=${rows}&offset=${offset}`,
      headers: { ...JSON_BODY, prefer: 'transient' },
      body: JSON.stringify({ q, params }),
    } as const;
    const { body } = await ask(request, { kind: 'read' }, signal);
    const { items, hasMore, totalResults } = understood('query', queryAnswer, body, false);
    const total = totalResults === undefined || totalResults >= MOST_ROWS ? null : totalResults;
    return { rows: items, hasMore, total };
  };

  /** "Max 100,000 rows per query": whether a query that has more is cut off or refused, no source says. Refused, it is asked for less. */
  let mustBound = false;
  const bounded = async ({ q, params }: SuiteQl, rows: number, signal: AbortSignal): Promise<QueryPage> => {
    const found = await page({ q: `${q} FETCH FIRST ${rows} ROWS ONLY`, params }, rows, 0, signal);
    return { rows: found.rows, hasMore: found.rows.length >= rows, total: null };
  };

  const api: Api = {
    ask,
    get,
    async query(query, signal, rows = PAGE_ROWS, offset = 0) {
      if (mustBound && offset === 0) return bounded(query, rows, signal);
      try {
        return await page(query, rows, offset, signal);
      } catch (error) {
        if (offset > 0 || !isOfKind(error, 'invalid')) throw error;
        const found = await bounded(query, rows, signal).catch(() => null);
        if (found === null) throw error;
        mustBound = true;
        return found;
      }
    },
    async everyRow(query, signal) {
      const all: WireRow[] = [];
      for (let offset = 0; ; offset += PAGE_ROWS) {
        const { rows, hasMore } = await page(query, PAGE_ROWS, offset, signal);
        all.push(...rows);
        if (!hasMore || rows.length === 0) return all;
        if (all.length >= MOST_ROWS) throw new ConnectorError('protocol', 'netsuite query: more rows than are told');
      }
    },
    async record(type, id, options, signal) {
      const body = await get('record', `/record/v1/${type}/${encodeURIComponent(id)}${options}`, signal);
      return understood('record', recordAnswer, body, false);
    },
    async create(type, body, signal) {
      const request = { name: 'create', method: 'POST', path: `/record/v1/${type}` } as const;
      const sent = { ...request, headers: WRITE_HEADERS, body: JSON.stringify(body) };
      const { headers } = await ask(sent, { kind: 'write' }, signal);
      return idIn(headers.location, type);
    },
    async update(type, id, body, signal) {
      const path = `/record/v1/${type}/${encodeURIComponent(id)}`;
      const request = { name: 'update', method: 'PATCH', path } as const;
      await ask({ ...request, headers: WRITE_HEADERS, body: JSON.stringify(body) }, { kind: 'write' }, signal);
    },
    async metadata(type, signal) {
      const path = `/record/v1/metadata-catalog/${type}`;
      const headers = { accept: 'application/schema+json' };
      return (await ask({ name: 'metadata', method: 'GET', path, headers }, { kind: 'read' }, signal)).body;
    },
    now: () => tools.vendorNow(),
  };
  return api;
};
