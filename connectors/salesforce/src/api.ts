import type { Millis, Tools } from '@heed/contract';
import { momentIn, nextLink } from '@heed/toolkit';
import { z } from 'zod';
import { askerOf, JSON_BODY, notUnderstood, understood, type WhoWeAre, WRITE_HEADERS } from './ask.ts';
import { type BulkApi, bulkApi } from './bulk-api.ts';
import { originOf, type SalesforceConfig } from './config.ts';
import { type VendorError, vendorError } from './failure.ts';
import { inUrl, isId } from './soql.ts';

/** A record as a query answers it: columns by name, and `attributes`. */
export type WireRecord = Readonly<Record<string, unknown>>;

export interface QueryPage {
  readonly records: readonly WireRecord[];
  /** Asks for the next page; null on the last one. */
  readonly locator: string | null;
  readonly total: number;
}

/** Ids per call of `retrieve`. */
export const MAX_RETRIEVED = 2_000;

/** Records per call of the collections (notes, 2). jsforce's own methods send more as they are, and fail. */
export const MAX_COLLECTION = 200;

/** What happened to one record of a collection. */
export type Saved =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly errors: readonly VendorError[] };

export type WireValues = Readonly<Record<string, string | number | boolean | null>>;
export interface ToSave {
  readonly type: string;
  /** Absent to create. */
  readonly id?: string;
  readonly values: WireValues;
}

interface Deletion {
  readonly id: string;
  readonly at: Millis | null;
}

/**
 * The calls of the vendor that this connector uses; README.md lists them. All throw ConnectorError only. "URI+headers cap
 * 16,384", "max 200" and the rest are the callers' care; this only asks and checks what comes.
 */
export interface Api {
  /** `GET /queryAll`: deleted, merged and live records (`live`: `GET /query`, without the deleted). */
  query(soql: string, which: 'all' | 'live', signal: AbortSignal): Promise<QueryPage>;
  /** The next page. Throws `stale` when the vendor no longer keeps it. */
  more(locator: string, signal: AbortSignal): Promise<QueryPage>;
  /** Every page of a query whose answer is small by itself. */
  everyPage(soql: string, which: 'all' | 'live', signal: AbortSignal): Promise<readonly WireRecord[]>;
  /**
   * `POST /composite/sobjects/{type}`: at most 2,000 records, each at the place of its id; null for what does not exist, is
   * deleted or may not be seen (REST API Developer Guide, "Get Records With a Request Body Using sObject Collections").
   */
  retrieve(
    type: string,
    ids: readonly string[],
    fields: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (WireRecord | null)[]>;
  /** `GET /sobjects/{type}/describe`, unchecked; throws `missing` for an object that the user may not see. */
  describe(type: string, signal: AbortSignal): Promise<unknown>;
  /** `GET /sobjects/{type}/deleted`: ids that were deleted in that span, whether still in the Recycle Bin or not. */
  deleted(type: string, from: Millis, to: Millis, signal: AbortSignal): Promise<readonly Deletion[]>;
  /** `POST` or `PATCH /composite/sobjects`: at most 200 records of one type; one answer per record, in order. */
  save(how: 'insert' | 'update', records: readonly ToSave[], signal: AbortSignal): Promise<readonly Saved[]>;
  /** `PATCH /sobjects/{type}/{id}`, refused as `stale` (412) if the record was modified after `unmodifiedSince`. */
  updateIfUnmodified(
    record: ToSave & { readonly id: string },
    unmodifiedSince: Millis,
    signal: AbortSignal,
  ): Promise<void>;
  whoWeAre(signal: AbortSignal): Promise<WhoWeAre>;
  /** How long a query may be, as `inUrl` writes it. */
  queryBytes(signal: AbortSignal): Promise<number>;
  /** One of that length was too long: the later ones of this session are shorter. */
  tooLong(bytes: number): void;
  readonly bulk: BulkApi;
  now(): Millis;
}

const queryAnswer = z.object({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), z.unknown())),
});
const deletedAnswer = z.object({
  deletedRecords: z.array(z.object({ id: z.string().refine(isId), deletedDate: z.string() })),
});
const retrievedAnswer = z.array(z.record(z.string(), z.unknown()).nullable());
const savedAnswer = z.array(
  z.object({ success: z.boolean(), id: z.string().nullish(), errors: z.array(z.unknown()).default([]) }),
);

/** `closed` ends what runs when the session is closed. */
export const salesforceApi = (config: SalesforceConfig, tools: Tools, closed: AbortSignal): Api => {
  const origin = originOf(config);
  const { ask, whoWeAre, queryBytes, tooLong } = askerOf(config, tools, closed);

  const get = async (name: string, path: string, signal: AbortSignal): Promise<unknown> =>
    (await ask({ name, method: 'GET', path }, { kind: 'read' }, signal)).body;

  const pageIn = (body: unknown): QueryPage => {
    const { totalSize, done, nextRecordsUrl, records } = understood('query', queryAnswer, body, false);
    if (!done && nextRecordsUrl === undefined) throw notUnderstood('query', false);
    return {
      records,
      locator: nextRecordsUrl === undefined ? null : locatorIn(origin, nextRecordsUrl),
      total: totalSize,
    };
  };

  const followed = new Set<string>();

  const api: Api = {
    query: async (soql, which, signal) =>
      pageIn(await get('query', `/${which === 'all' ? 'queryAll' : 'query'}?q=${inUrl(soql)}`, signal)),
    async more(locator, signal) {
      const page = pageIn(await get('query', `/query/${locator}`, signal));
      followed.add(locator);
      // Each page has a locator of its own: one that comes back leads round in a circle.
      if (page.locator !== null && followed.has(page.locator)) throw notUnderstood('query', false);
      return page;
    },
    async everyPage(soql, which, signal) {
      const records: WireRecord[] = [];
      for (let page = await api.query(soql, which, signal); ; page = await api.more(page.locator, signal)) {
        records.push(...page.records);
        if (page.locator === null) return records;
      }
    },
    async retrieve(type, ids, fields, signal) {
      const request = { name: 'retrieve', method: 'POST', path: `/composite/sobjects/${type}` } as const;
      const sent = { ...request, headers: JSON_BODY, body: JSON.stringify({ ids, fields }) };
      const records = understood('retrieve', retrievedAnswer, (await ask(sent, { kind: 'read' }, signal)).body, false);
      if (records.length !== ids.length) throw notUnderstood('retrieve', false);
      return records;
    },
    describe: (type, signal) => get('describe', `/sobjects/${type}/describe`, signal),
    async deleted(type, from, to, signal) {
      const [start, end] = [from, to].map((at) =>
        encodeURIComponent(new Date(at).toISOString().replace('Z', '+00:00')),
      );
      const body = await get('deleted', `/sobjects/${type}/deleted/?start=${start}&end=${end}`, signal);
      const { deletedRecords } = understood('deleted', deletedAnswer, body, false);
      return deletedRecords.map(({ id, deletedDate }) => ({ id, at: momentIn(deletedDate) }));
    },
    async save(how, records, signal) {
      const name = how === 'insert' ? 'create' : 'update';
      const { body } = await ask(
        {
          name,
          method: how === 'insert' ? 'POST' : 'PATCH',
          path: '/composite/sobjects',
          headers: WRITE_HEADERS,
          body: JSON.stringify({
            allOrNone: false,
            records: records.map(({ type, id, values }) => ({
              attributes: { type },
              ...(id === undefined ? {} : { id }),
              ...values,
            })),
          }),
        },
        { kind: 'write' },
        signal,
      );
      const saved = understood(name, savedAnswer, body, true);
      if (saved.length !== records.length) throw notUnderstood(name, true);
      return saved.map(({ success, id, errors }) =>
        success
          ? { ok: true, id: id != null && isId(id) ? id : '' }
          : { ok: false, errors: errors.flatMap((one) => vendorError(one) ?? []) },
      );
    },
    async updateIfUnmodified({ type, id, values }, unmodifiedSince, signal) {
      const headers = { ...WRITE_HEADERS, 'if-unmodified-since': new Date(unmodifiedSince).toUTCString() };
      const path = `/sobjects/${type}/${encodeURIComponent(id)}`;
      const request = { name: 'update', method: 'PATCH', path, headers, body: JSON.stringify(values) } as const;
      await ask(request, { kind: 'write' }, signal);
    },
    whoWeAre,
    queryBytes,
    tooLong,
    bulk: bulkApi(ask),
    now: () => tools.vendorNow(),
  };
  return api;
};

/** Only the locator of a next link is used, and only if the link stays on the host: the token would go with it. */
const locatorIn = (origin: string, link: string): string => {
  const { pathname } = new URL(nextLink(origin, link, 'salesforce query'));
  const locator = pathname.match(/^\/services\/data\/v\d+\.0\/query(?:All)?\/([\w-]{10,60})$/)?.[1];
  if (locator === undefined) throw notUnderstood('query', false);
  return locator;
};
