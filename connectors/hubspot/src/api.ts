import { ConnectorError } from '@heed/contract';
import { answerOr, chunk, isOfKind, type Manner } from '@heed/toolkit';
import { z } from 'zod';
import { type Asker, READ } from './ask.ts';
import { notUnderstood, type Problem, problemIn, understood } from './errors.ts';
import { SEARCH } from './limits.ts';
import type { Paths } from './paths.ts';
import {
  contactBatchShape,
  contactPageShape,
  contactShape,
  isId,
  listShape,
  membersShape,
  propertyShape,
  type WireContact,
  type WireList,
  type WireMember,
  type WireProperty,
} from './wire.ts';

/** Contacts per batch and per page of all contacts; per page of a search; members per page of a list. (doc, spec) */
export const BATCH = 100;
export const SEARCH_ROWS = 200;
export const MEMBER_ROWS = 250;
/** Longest body of a search. (doc) And a URL that every proxy takes. */
const SEARCH_CHARACTERS = 3_000;
const URL_CHARACTERS = 6_000;

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly after: string | null;
}

export interface Filter {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'GT' | 'GTE' | 'IN' | 'HAS_PROPERTY';
  readonly value?: string;
  readonly values?: readonly string[];
}

export interface ContactToWrite {
  /** Absent to create. */
  readonly id?: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** What became of each contact of a batch, by the place in the call; nothing if the answer does not say. */
export type RowResult = { readonly contact: WireContact } | { readonly problem: Problem } | null;

export interface Account {
  readonly portalId: string;
  readonly timeZone: string;
}

/** How contacts are named: by id, or by a unique property. */
export interface By {
  readonly idProperty: string | null;
  readonly archived?: boolean;
}

/** The calls of HubSpot's CRM that this connector uses. All throw ConnectorError only. */
export type Api = ReturnType<typeof createApi>;

const accountShape = z.object({
  portalId: z.union([z.number(), z.string()]).transform(String),
  timeZone: z.string().default('UTC'),
});
const propertiesShape = z.object({ results: z.array(propertyShape) });
const listsShape = z.object({ lists: z.array(listShape), hasMore: z.boolean().default(false) });
const listAnswer = z.object({ list: listShape });
const listsOfShape = z.object({ results: z.array(z.object({ listId: z.union([z.string(), z.number()]) })) });
const addedShape = z.object({ recordIdsMissing: z.array(z.union([z.string(), z.number()])).default([]) });

export const createApi = ({ ask, setZone }: Asker, paths: Paths) => {
  const get = async (name: string, path: string, signal: AbortSignal, query = {}): Promise<unknown> =>
    (await ask({ name, method: 'GET', path, query }, READ, signal)).body;
  const post = async (name: string, path: string, json: unknown, manner: Manner, signal: AbortSignal) =>
    (await ask({ name, method: 'POST', path, json }, manner, signal)).body;

  const pageIn = (name: string, body: unknown) => {
    const { results, total, paging } = understood(name, contactPageShape, body);
    return { items: results, total: total ?? null, after: paging?.next?.after ?? null };
  };

  /** What came without the properties that did not fit into the request. */
  const filled = async (contacts: readonly WireContact[], properties: readonly string[], signal: AbortSignal) => {
    const full = await api.read(
      contacts.map((one) => one.id),
      properties,
      { idProperty: null },
      signal,
    );
    return full;
  };

  const api = {
    async account(signal: AbortSignal): Promise<Account> {
      const account = understood('account', accountShape, await get('account', paths.account, signal));
      setZone(account.timeZone);
      return account;
    },

    async properties(signal: AbortSignal): Promise<readonly WireProperty[]> {
      const body = await get('properties', paths.properties, signal, { archived: false });
      return understood('properties', propertiesShape, body).results.filter(({ archived }) => !archived);
    },

    /** Every contact, or every archived one; no cap. In an order of HubSpot's own. */
    async contacts(
      given: { readonly after: string | null; readonly properties: readonly string[]; readonly archived: boolean },
      signal: AbortSignal,
    ): Promise<Page<WireContact>> {
      const named = given.properties.join(',');
      const fits = named.length <= URL_CHARACTERS;
      const query = {
        limit: BATCH,
        archived: given.archived,
        ...(given.after === null ? {} : { after: given.after }),
        properties: fits ? named : 'email',
      };
      const page = pageIn('contacts', await get('contacts', paths.contacts, signal, query));
      return fits || given.archived ? page : { ...page, items: await filled(page.items, given.properties, signal) };
    },

    /** A search, ascending by id. It never shows archived ones, and shows changes some moments late. */
    async search(
      given: {
        readonly groups: readonly (readonly Filter[])[];
        readonly properties: readonly string[];
        readonly after: string | null;
      },
      signal: AbortSignal,
    ): Promise<Page<WireContact> & { readonly total: number | null }> {
      const body = (properties: readonly string[]) => ({
        filterGroups: given.groups.map((filters) => ({ filters })),
        sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
        properties,
        limit: SEARCH_ROWS,
        ...(given.after === null ? {} : { after: given.after }),
      });
      const fits = JSON.stringify(body(given.properties)).length <= SEARCH_CHARACTERS;
      const json = body(fits ? given.properties : ['email']);
      const page = pageIn(SEARCH, await post(SEARCH, `${paths.contacts}/search`, json, READ, signal));
      return fits ? page : { ...page, items: await filled(page.items, given.properties, signal) };
    },

    /** One contact; null if there is none. A merged id answers with its heir. */
    async one(
      key: string,
      properties: readonly string[],
      by: By & { readonly history?: readonly string[] },
      signal: AbortSignal,
    ): Promise<WireContact | null> {
      const query = {
        properties: properties.join(','),
        archived: by.archived ?? false,
        ...(by.idProperty === null ? {} : { idProperty: by.idProperty }),
        ...(by.history === undefined ? {} : { propertiesWithHistory: by.history.join(',') }),
      };
      const path = `${paths.contacts}/${encodeURIComponent(key)}`;
      const found = async () => understood('contact', contactShape, await get('contact', path, signal, query));
      return answerOr(found(), ['missing'], null);
    },

    /** Those of many contacts that exist, in any order; a single one by GET, which writes of others cannot hold up. */
    async read(
      keys: readonly string[],
      properties: readonly string[],
      by: By,
      signal: AbortSignal,
    ): Promise<readonly WireContact[]> {
      const distinct = [...new Set(keys)].filter((key) => by.idProperty !== null || isId(key)).filter(isPathSafe);
      const [only] = distinct;
      if (distinct.length === 1 && only !== undefined) {
        const contact = await api.one(only, properties, by, signal);
        return contact === null ? [] : [contact];
      }
      const found: WireContact[] = [];
      for (const piece of chunk(distinct, BATCH)) {
        const json = {
          properties,
          propertiesWithHistory: [],
          inputs: piece.map((id) => ({ id })),
          ...(by.idProperty === null ? {} : { idProperty: by.idProperty }),
        };
        const path = `${paths.contacts}/batch/read${by.archived === true ? '?archived=true' : ''}`;
        const body = await post('read contacts', path, json, READ, signal);
        found.push(...understood('read contacts', contactBatchShape, body).results);
      }
      return found;
    },

    /**
     * Creates or updates at most 100 contacts. Each has a trace id, without which one bad row fails them all (doc); outcomes
     * are matched by it, or by id or address, never by their place.
     */
    async write(
      how: 'create' | 'update',
      contacts: readonly ContactToWrite[],
      signal: AbortSignal,
    ): Promise<readonly RowResult[]> {
      const name = how === 'create' ? 'create contacts' : 'update contacts';
      const inputs = contacts.map((contact, index) => ({ ...contact, objectWriteTraceId: traceOf(index) }));
      const manner = { kind: 'write', repeatable: how === 'update' } as const;
      const body = await post(name, `${paths.contacts}/batch/${how}`, { inputs }, manner, signal);
      const { results, errors } = understood(name, contactBatchShape, body, true);
      const rows: RowResult[] = contacts.map(() => null);
      for (const contact of results) {
        const at = placeOf(contacts, contact);
        if (at !== null) rows[at] = { contact };
      }
      for (const error of errors) {
        const problem = problemIn(error);
        for (const at of placesOf(contacts, problem)) if (at in rows) rows[at] = { problem };
      }
      return rows;
    },

    /** Lists of contacts, static and active. */
    async lists(signal: AbortSignal): Promise<readonly WireList[]> {
      const all: WireList[] = [];
      for (;;) {
        const json = { count: 250, offset: all.length, additionalProperties: ['hs_list_size'] };
        const body = await post('lists', `${paths.lists}/search`, json, READ, signal);
        const { lists, hasMore } = understood('lists', listsShape, body);
        all.push(...lists);
        if (!hasMore || lists.length === 0)
          return all.filter(({ objectTypeId }) => (objectTypeId ?? CONTACTS) === CONTACTS);
      }
    },

    /** Throws `config` if there is no such list. */
    async list(id: string, signal: AbortSignal): Promise<WireList> {
      const body = await ofList(get('list', `${paths.lists}/${listId(id)}`, signal));
      return understood('list', listAnswer, body).list;
    },

    async members(id: string, after: string | null, signal: AbortSignal): Promise<Page<WireMember>> {
      const query = { limit: MEMBER_ROWS, ...(after === null ? {} : { after }) };
      const body = await ofList(get('members', `${paths.lists}/${listId(id)}/memberships`, signal, query));
      const { results, paging } = understood('members', membersShape, body);
      return { items: results, after: paging?.next?.after ?? null };
    },

    /** Ids of all lists that a contact is in. */
    async listsOf(contact: string, signal: AbortSignal): Promise<readonly string[]> {
      const name = 'lists of a contact';
      const path = `${paths.lists}/records/${CONTACTS}/${contact}/memberships`;
      const body = await answerOr(get(name, path, signal), ['missing'], { results: [] });
      return understood(name, listsOfShape, body).results.map(({ listId }) => String(listId));
    },

    /** Puts contacts into a static list, or takes them out; answers those that HubSpot does not have. */
    async changeMembers(id: string, how: 'add' | 'remove', contacts: readonly string[], signal: AbortSignal) {
      const name = how === 'add' ? 'add members' : 'remove members';
      const path = `${paths.lists}/${listId(id)}/memberships/${how}`;
      const request = { name, method: 'PUT', path, json: contacts } as const;
      const { body } = await ask(request, { kind: 'write', repeatable: true }, signal);
      return new Set(understood(name, addedShape, body ?? {}, true).recordIdsMissing.map(String));
    },
  };
  return api;
};

/** HubSpot's number for the type "contact". */
const CONTACTS = '0-1';

/** `.` and `..` would name something else in a path, and half a letter cannot stand in one. */
const isPathSafe = (key: string): boolean => !/^\.{0,2}$/.test(key) && key.isWellFormed();

/** List ids come from profiles and go into paths. */
const listId = (id: string): string => {
  if (!/^\d{1,20}$/.test(id)) throw noSuchList();
  return id;
};

const ofList = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    throw isOfKind(error, 'missing') ? noSuchList() : error;
  }
};

const noSuchList = (): ConnectorError =>
  new ConnectorError('config', 'HubSpot has no such list; `heed lists` shows the ids of the portal');

const traceOf = (index: number): string => `heed-${index}`;

const placeOfTrace = (trace: unknown): number | null => {
  const index = typeof trace === 'string' ? trace.match(/^heed-(\d{1,3})$/)?.[1] : undefined;
  return index === undefined ? null : Number(index);
};

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Whose an error is: it names trace ids (doc), or the ids of contacts that do not exist. */
const placesOf = (contacts: readonly ContactToWrite[], { context }: Problem): readonly number[] => {
  const traced = listed(context.objectWriteTraceId).flatMap((trace) => placeOfTrace(trace) ?? []);
  if (traced.length > 0) return traced;
  const ids = new Set([...listed(context.ids), ...listed(context.id)].map(String));
  return contacts.flatMap(({ id }, index) => (id !== undefined && ids.has(id) ? [index] : []));
};

/** By trace id, else by id, else by address; null if it is nobody's. */
const placeOf = (contacts: readonly ContactToWrite[], made: WireContact): number | null => {
  const traced = placeOfTrace(made.objectWriteTraceId);
  if (traced !== null) return traced in contacts ? traced : null;
  const email = made.properties.email?.toLowerCase();
  const at = contacts.findIndex(({ id, properties }) =>
    id === undefined ? email !== undefined && properties.email?.toLowerCase() === email : id === made.id,
  );
  return at < 0 ? null : at;
};

/** Throws `protocol` when a page leads to where the reading has been before: round in a circle there is no end. */
export const createTrail = (name: string): ((after: string | null) => void) => {
  const seen = new Set<string>();
  return (after) => {
    if (after === null) return;
    if (seen.has(after)) throw notUnderstood(name);
    seen.add(after);
  };
};
