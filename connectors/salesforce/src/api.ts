import { ConnectorError, type Millis, type Tools } from '@heed/contract';
import { nextLink } from '@heed/toolkit';
import { z } from 'zod';
import { originOf, type SalesforceConfig } from './config.ts';
import { failureOf, isSessionEnd, type VendorError, vendorError } from './failure.ts';
import { type SdkRequest, send } from './sdk.ts';
import { inUrl } from './soql.ts';
import { salesforceTokens } from './token.ts';
import { parseMoment } from './values.ts';

/** A record as a query answers it: columns by name, and `attributes`. */
export type WireRecord = Readonly<Record<string, unknown>>;

export interface QueryPage {
  readonly records: readonly WireRecord[];
  /** Asks for the next page; null on the last one. */
  readonly locator: string | null;
  readonly total: number;
}

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
  readonly at: Millis;
}

interface WhoWeAre {
  readonly organizationId: string;
  readonly userId: string;
}

/** The calls of the vendor that this connector uses; README.md lists them. All throw ConnectorError only. */
export interface Api {
  /** `GET /queryAll`: deleted, merged and live records (`live`: `GET /query`, without the deleted). */
  query(soql: string, which: 'all' | 'live', signal: AbortSignal): Promise<QueryPage>;
  /** The next page. Throws `stale` when the vendor no longer keeps it. */
  more(locator: string, signal: AbortSignal): Promise<QueryPage>;
  /** Every page of a query whose answer is small by itself. */
  everyPage(soql: string, which: 'all' | 'live', signal: AbortSignal): Promise<readonly WireRecord[]>;
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
  now(): Millis;
}

/** "URI+headers cap 16,384", "max 200" and the rest are the callers' care; this only asks and checks what comes. */
const READ_TIMEOUT_MS = 120_000;
/** 200 records with the customer's triggers take long. The vendor itself gives up after 10 minutes. */
const WRITE_TIMEOUT_MS = 180_000;

const queryAnswer = z.object({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), z.unknown())),
});
const deletedAnswer = z.object({ deletedRecords: z.array(z.object({ id: z.string(), deletedDate: z.string() })) });
const savedAnswer = z.array(
  z.object({ success: z.boolean(), id: z.string().nullish(), errors: z.array(z.unknown()).default([]) }),
);

/** `closed` ends what runs when the session is closed. */
export const salesforceApi = (config: SalesforceConfig, tools: Tools, closed: AbortSignal): Api => {
  const origin = originOf(config);
  const { apiVersion } = config;
  const tokens = salesforceTokens(config, tools, closed);

  const getToken = async (name: string, signal: AbortSignal) => {
    try {
      return await tokens.get(signal);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      throw new ConnectorError('unavailable', `salesforce ${name}: stopped`, {
        code: 'stopped',
        mayHaveApplied: false,
      });
    }
  };

  const once = async (
    request: SdkRequest,
    kind: 'read' | 'write',
    token: string,
    signal: AbortSignal,
  ): Promise<unknown> =>
    tools.call(
      {
        name: request.name,
        kind,
        // A write that may have been applied is looked up by the engine, not repeated: only so is an echo told from
        // what somebody else did meanwhile (C8).
        repeatable: kind === 'read',
        timeoutMs: kind === 'read' ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS,
        signal,
      },
      async (callSignal) => {
        const answer = await send({ origin, apiVersion, accessToken: token }, request, callSignal);
        if (answer.status >= 400) throw failureOf(request.name, answer, tools.vendorNow());
        return { value: answer.body, bytes: answer.text.length, date: answer.headers.date ?? null };
      },
    );

  /** With a new token once, if the session had ended; the token source stops a vendor that refuses what it gives. */
  const ask = async (request: SdkRequest, kind: 'read' | 'write', callerSignal: AbortSignal): Promise<unknown> => {
    const signal = AbortSignal.any([callerSignal, closed]);
    const { accessToken } = await getToken(request.name, signal);
    try {
      return await once(request, kind, accessToken, signal);
    } catch (error) {
      if (!isSessionEnd(error)) throw error;
      tokens.refused(accessToken);
      return once(request, kind, (await getToken(request.name, signal)).accessToken, signal);
    }
  };

  const get = (name: string, path: string, signal: AbortSignal) => ask({ name, method: 'GET', path }, 'read', signal);

  const pageIn = (body: unknown): QueryPage => {
    const { totalSize, done, nextRecordsUrl, records } = understood('query', queryAnswer, body, false);
    if (!done && nextRecordsUrl === undefined) throw notUnderstood('query', false);
    return {
      records,
      locator: nextRecordsUrl === undefined ? null : locatorIn(origin, nextRecordsUrl),
      total: totalSize,
    };
  };

  const api: Api = {
    query: async (soql, which, signal) =>
      pageIn(await get('query', `/${which === 'all' ? 'queryAll' : 'query'}?q=${inUrl(soql)}`, signal)),
    more: async (locator, signal) => pageIn(await get('query', `/query/${locator}`, signal)),
    async everyPage(soql, which, signal) {
      const records: WireRecord[] = [];
      for (let page = await api.query(soql, which, signal); ; page = await api.more(page.locator, signal)) {
        records.push(...page.records);
        if (page.locator === null) return records;
      }
    },
    describe: (type, signal) => get('describe', `/sobjects/${type}/describe`, signal),
    async deleted(type, from, to, signal) {
      const [start, end] = [from, to].map((at) =>
        encodeURIComponent(new Date(at).toISOString().replace('Z', '+00:00')),
      );
      const body = await get('deleted', `/sobjects/${type}/deleted/?start=${start}&end=${end}`, signal);
      const { deletedRecords } = understood('deleted', deletedAnswer, body, false);
      return deletedRecords.map(({ id, deletedDate }) => ({ id, at: parseMoment(deletedDate) }));
    },
    async save(how, records, signal) {
      const name = how === 'insert' ? 'create' : 'update';
      const body = await ask(
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
        'write',
        signal,
      );
      const saved = understood(name, savedAnswer, body, true);
      if (saved.length !== records.length) throw notUnderstood(name, true);
      return saved.map(({ success, id, errors }) =>
        success ? { ok: true, id: id ?? '' } : { ok: false, errors: errors.flatMap((one) => vendorError(one) ?? []) },
      );
    },
    async updateIfUnmodified({ type, id, values }, unmodifiedSince, signal) {
      const headers = { ...WRITE_HEADERS, 'if-unmodified-since': new Date(unmodifiedSince).toUTCString() };
      const path = `/sobjects/${type}/${encodeURIComponent(id)}`;
      await ask({ name: 'update', method: 'PATCH', path, headers, body: JSON.stringify(values) }, 'write', signal);
    },
    async whoWeAre(signal) {
      const { extra = {} } = await getToken('token', AbortSignal.any([signal, closed]));
      return { organizationId: extra.organizationId ?? '', userId: extra.userId ?? '' };
    },
    now: () => tools.vendorNow(),
  };
  return api;
};

/** A duplicate rule in alert mode blocks writes of the API unless this is said; block mode still blocks (notes, 2.1). */
const WRITE_HEADERS = { 'content-type': 'application/json', 'sforce-duplicate-rule-header': 'allowSave=true' } as const;

/** Only the locator of a next link is used, and only if the link stays on the host: the token would go with it. */
const locatorIn = (origin: string, link: string): string => {
  const { pathname } = new URL(nextLink(origin, link));
  const locator = pathname.match(/^\/services\/data\/v\d+\.0\/query(?:All)?\/([\w-]{10,60})$/)?.[1];
  if (locator === undefined) throw notUnderstood('query', false);
  return locator;
};

const understood = <T>(name: string, schema: z.ZodType<T>, body: unknown, mayHaveApplied: boolean): T => {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw notUnderstood(name, mayHaveApplied);
  return parsed.data;
};

const notUnderstood = (name: string, mayHaveApplied: boolean): ConnectorError =>
  new ConnectorError('protocol', `salesforce ${name}: the answer has not the documented form`, { mayHaveApplied });
