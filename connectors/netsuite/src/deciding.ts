import type { Columns, Deciding, Row } from '@heed/contract';
import type { Reader } from './reader.ts';
import { RECORD_TYPES, STATUS, UNSUBSCRIBE } from './record-shape.ts';
import { isOptedOutStatus } from './rows.ts';
import { type Category, categories, subscriptionsOf } from './topics.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  '1': 'Soft Opt-In: set by a user, an import or as the default; campaigns are sent',
  '2': 'Soft Opt-Out: set by a user, an import, Heed or as the default; no campaigns, opt-in messages still go out',
  '3': 'Confirmed Opt-In: the recipient confirmed it; campaigns are sent',
  '4': 'Confirmed Opt-Out: the recipient unsubscribed, only the recipient can undo it; no mail at all',
};

const FIELDS = ['email', STATUS, UNSUBSCRIBE, 'isInactive', 'isPrivate'] as const;

/**
 * Everything that decides (README.md, "What decides"), for all contacts and customers with the address: one of them is enough to
 * block it. NetSuite has no leading property, and keeps no date of any of these but the categories.
 */
export const decidingFor = async (reader: Reader, email: string, signal: AbortSignal): Promise<readonly Deciding[]> => {
  const rows: Row[] = [];
  for (const type of RECORD_TYPES) {
    const shape = await reader.shapes(type, signal);
    if (shape === null) continue;
    const custom = [...shape.fields.values()].filter(({ name, type }) => isOptOutLike(name) && type !== 'other');
    const columns: Columns = {
      types: [type],
      fields: [...FIELDS, ...custom.map(({ name }) => name)],
      consent: [],
      reference: null,
    };
    rows.push(...(await reader.having(type, columns, 'LOWER(email)', [email.toLowerCase()], signal)));
  }
  if (rows.length === 0) return [];
  const named = await categories(reader.api, signal);
  const own: Deciding[] = [];
  for (const row of rows) own.push(...ofRecord(row), ...(await ofCategories(reader, row, named, signal)));
  return [...own, ...ofTheAccount];
};

/** Fields of the account's own that look as if they were about consent. Whether they block, the profile says (C4). */
const isOptOutLike = (name: string): boolean =>
  name.startsWith('custentity') && /opt_?(in|out)|unsub|consent|subscri|marketing|gdpr|do_?not/i.test(name);

const ofRecord = ({ record, values }: Row): readonly Deciding[] => {
  const told = (name: string, blocks: boolean | null, why: string): Deciding => ({
    record,
    name,
    value: values[name] ?? null,
    blocks: name in values ? blocks : null,
    since: null,
    why: name in values ? why : `${why}; this connection cannot read it`,
  });
  const status = values[STATUS] ?? null;
  const known = typeof status === 'string' && Object.hasOwn(MEANINGS, status);
  return [
    told('email', false, 'there is an address'),
    told(
      STATUS,
      known ? isOptedOutStatus(status) : null,
      known
        ? (MEANINGS[status] ?? '')
        : 'NetSuite shows none of its four values; no row of its documentation says what follows',
    ),
    told(
      UNSUBSCRIBE,
      values[UNSUBSCRIBE] === true,
      'the box "Unsubscribe from Campaigns"; its relation to the status is not documented, so Heed counts it as an opt-out',
    ),
    told('isInactive', values.isInactive === true, 'inactive records are left out of campaigns'),
    ...(record.type === 'contact'
      ? [told('isPrivate', null, 'a private contact is seen by its owner only, so other users do not reach it')]
      : []),
    ...Object.keys(values)
      .filter(isOptOutLike)
      .map((name) =>
        told(name, null, 'a field of this account; whether it blocks, the profile says (optOut.customField)'),
      ),
  ];
};

const ofCategories = async (
  reader: Reader,
  { record }: Row,
  named: readonly Category[],
  signal: AbortSignal,
): Promise<readonly Deciding[]> => {
  if (record.type !== 'customer' || named.length === 0) return [];
  const lines = await subscriptionsOf(reader.api, record.id, signal);
  return named.map(({ id, name }) => {
    const line = lines.get(id) ?? null;
    return {
      record,
      name: `subscriptions.${name === '' ? id : name}`,
      value: line?.subscribed ?? null,
      blocks: line === null ? null : !line.subscribed,
      since: line?.since ?? null,
      why: 'a campaign of this subscription category goes to its subscribers only',
    };
  });
};

const ofTheAccount: readonly Deciding[] = [
  {
    record: null,
    name: 'Hard Bounced',
    value: null,
    blocks: null,
    since: null,
    why: 'NetSuite stops mailing addresses that bounced hard; no property of the API shows it, a saved search in NetSuite does',
  },
  {
    record: null,
    name: 'partner, vendor, employee',
    value: null,
    blocks: null,
    since: null,
    why: "such records with the same address have a status of their own, which Heed does not read; the recipient's own unsubscribe reaches all of them",
  },
];
