import { ConnectorError, type ErrorKind, type ListRef } from '@heed/contract';
import { answerOr, isOfKind } from '@heed/toolkit';
import { z } from 'zod';
import { type Api, PAGE_ROWS } from './api.ts';
import { understood } from './ask.ts';
import type { NetSuiteConfig } from './config.ts';
import { isId, select } from './suiteql.ts';

/**
 * Ids of the entities in a list that is not a condition on records. Contacts and customers never share an id. Throws `config` for a list
 * that is not there: taken for an empty one it would make everybody leave (C12).
 */
export const rosterOf = async (
  api: Api,
  config: NetSuiteConfig,
  list: ListRef,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  try {
    return await membersOf(api, config, list, signal);
  } catch (error) {
    if (!isOfKind(error, ...UNKNOWN)) throw error;
    throw notThere(list, error.details.code);
  }
};

/** How NetSuite says that there is no such list, or table of lists. */
const UNKNOWN: readonly ErrorKind[] = ['missing', 'invalid', 'refused'];

const notThere = ({ kind, id }: ListRef, code = 'none'): ConnectorError =>
  new ConnectorError(
    'config',
    `netsuite: there is no ${kind} ${JSON.stringify(id.slice(0, 40))} that the role may read (${code}); correct crm.lists`,
    { code },
  );

const membersOf = (
  api: Api,
  config: NetSuiteConfig,
  { kind, id }: ListRef,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  switch (kind) {
    case 'group':
      return groupMembers(api, id, signal);
    case 'dataset':
      return datasetRows(api, id, signal);
    case 'savedSearch':
      return savedSearch(api, config, id, signal);
    default:
      throw new ConnectorError('config', `netsuite: lists are group, dataset, savedSearch or filter, not ${kind}`);
  }
};

const malformed = (kind: string, id: string): ConnectorError =>
  new ConnectorError(
    'config',
    `netsuite: ${JSON.stringify(id.slice(0, 40))} is no id of a ${kind}; heed lists shows them`,
  );

/** How queries call the members of groups: no source documents it, so the spellings that were met are tried. */
const GROUP_COLUMNS = ['entitygroup', '"group"'] as const;

const groupMembers = async (api: Api, id: string, signal: AbortSignal): Promise<ReadonlySet<string>> => {
  if (!isId(id)) throw malformed('group', id);
  for (const column of GROUP_COLUMNS) {
    const fits = { q: `${column} = ?`, params: [Number(id)] };
    const all = api.everyRow(select(['member'], 'entitygroupmember', [fits], 'member'), signal);
    const members = await answerOr(all, UNKNOWN, null);
    if (members === null) continue;
    if (members.length === 0 && !(await isGroup(api, id, signal))) throw notThere({ kind: 'group', id });
    return new Set(members.map(({ member }) => String(member)).filter(isId));
  }
  throw new ConnectorError(
    'config',
    'netsuite: this account does not show the members of groups to queries; use a saved search on the same criteria',
  );
};

/** Only a query that shows no such group says that there is none. */
const isGroup = async (api: Api, id: string, signal: AbortSignal): Promise<boolean> => {
  const found = select(['id'], 'entitygroup', [{ q: 'id = ?', params: [Number(id)] }], 'id');
  return (await answerOr(api.everyRow(found, signal), UNKNOWN, null))?.length !== 0;
};

const datasetPage = z.object({ items: z.array(z.record(z.string(), z.unknown())), hasMore: z.boolean() });
const links = z.array(z.object({ href: z.string() }));

/** Rows have a column or a link with the id, if the dataset has the column "Internal ID" (section_156577938018). */
const datasetRows = async (api: Api, id: string, signal: AbortSignal): Promise<ReadonlySet<string>> => {
  if (!/^\w{1,80}$/.test(id)) throw malformed('dataset', id);
  const ids = new Set<string>();
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const path = `/query/v1/dataset/${id}/result?limit=${PAGE_ROWS}&offset=${offset}`;
    const page = understood('dataset', datasetPage, await api.get('dataset', path, signal), false);
    for (const row of page.items) ids.add(idInRow(row));
    if (!page.hasMore || page.items.length === 0) return ids;
  }
};

const idInRow = (row: Readonly<Record<string, unknown>>): string => {
  const own = Object.entries(row).find(([name]) => /^(id|internalid|internal id)$/i.test(name))?.[1];
  const linked = links.safeParse(row.links).data?.[0]?.href.match(/\/(\d+)$/)?.[1];
  const id = String(own ?? linked ?? '');
  if (isId(id)) return id;
  throw new ConnectorError('config', 'netsuite: the dataset has no column "Internal ID"; add it');
};

const searchPage = z.object({
  pages: z.number(),
  results: z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String) })),
});

/** Through the RESTlet in connectors/netsuite/restlet, because REST cannot run saved searches (section_164155878349). */
const savedSearch = async (
  api: Api,
  { savedSearches }: NetSuiteConfig,
  id: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  if (!/^\w{1,80}$/.test(id)) throw malformed('savedSearch', id);
  if (savedSearches === undefined)
    throw new ConnectorError(
      'config',
      'netsuite: saved searches need the RESTlet of connectors/netsuite/restlet; deploy it and write savedSearches: { script, deploy } into the connection',
    );
  const { script, deploy } = savedSearches;
  const ids = new Set<string>();
  for (let page = 0; ; page += 1) {
    const path = `/app/site/hosting/restlet.nl?script=${script}&deploy=${deploy}&search=${id}&page=${page}`;
    const headers = { 'content-type': 'application/json' };
    const request = { name: 'saved-search', method: 'GET', path, service: 'restlets', headers } as const;
    const { body } = await api.ask(request, { kind: 'read' }, signal);
    const { pages, results } = understood('saved-search', searchPage, body, false);
    for (const one of results) if (isId(one.id)) ids.add(one.id);
    if (page + 1 >= pages) return ids;
  }
};
