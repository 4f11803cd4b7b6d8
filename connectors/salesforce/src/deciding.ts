import type { Deciding, FieldValue, Millis, RecordRef } from '@heed/contract';
import { chunk, momentIn } from '@heed/toolkit';
import type { Api, WireRecord } from './api.ts';
import { PERSON_ACCOUNT } from './conditions.ts';
import { consentsOf, type Individual } from './individual.ts';
import { fieldTypeOf, type ObjectShape, RECORD_TYPES, type Shapes } from './object-shape.ts';
import { idOf } from './rows.ts';
import { OPT_OUT } from './schema.ts';
import { idKey, isIn, text } from './soql.ts';
import { fromWire } from './values.ts';

/** Bounce management: set by the platform, no consent ("undeliverable", notes 3). */
const BOUNCES: Readonly<Record<string, string>> = {
  IsEmailBounced: 'mail to the address bounced',
  EmailBouncedReason: 'why mail to the address bounced',
  EmailBouncedDate: 'since when mail to the address bounces',
};
/** Record types that have no such field (notes, 3). */
const NOT_OF_LEADS = 'IsEmailBounced';

const COLUMNS = [
  'Id',
  'Email',
  'IsDeleted',
  'MasterRecordId',
  'IsConverted',
  PERSON_ACCOUNT,
  'IndividualId',
  OPT_OUT,
  ...Object.keys(BOUNCES),
] as const;

/** As many ids as one query has room for. */
const IDS = 300;

interface Asked {
  readonly api: Api;
  readonly shapes: Shapes;
  readonly signal: AbortSignal;
}

/**
 * What decides, of every Contact and Lead with the address (notes, 4). There is no leading property: each record has a box of its
 * own, and the least permissive wins. A field that the profile names (`optOut.customField`) is the engine's affair.
 * One query per type, and where there are records: their history, Individuals and consents, if the user may see those.
 */
export const decidingFor = async (
  api: Api,
  shapes: Shapes,
  email: string,
  signal: AbortSignal,
): Promise<readonly Deciding[]> => {
  const all = await Promise.all(RECORD_TYPES.map((type) => ofType({ api, shapes, signal }, type, email)));
  return all.flat();
};

const ofType = async (asked: Asked, type: string, email: string): Promise<readonly Deciding[]> => {
  const { api, shapes, signal } = asked;
  const shape = await shapes(type, signal);
  if (shape === null) return [unread(type, 'the integration user may not read it: what stands there is unknown')];
  if (!shape.fields.has('Email'))
    return [unread(`${type}.Email`, 'hidden by permissions: which records have the address is unknown')];
  const columns = COLUMNS.filter((name) => shape.fields.has(name));
  const soql = `SELECT ${columns.join(', ')} FROM ${type} WHERE Email = ${text(email)}`;
  const records = await api.everyPage(soql, 'all', signal);
  const living = records.filter((record) => record.IsDeleted !== true && record.IsConverted !== true);
  const since = await optOutDates(asked, type, shape, living);
  const individuals = await consentsOf(api, shapes, living, signal);
  return records.flatMap((record) =>
    living.includes(record)
      ? ofRecord(shape, record, since(record), individuals(record))
      : [gone({ type, id: idOf(record) }, record)],
  );
};

const unread = (name: string, why: string): Deciding => ({
  record: null,
  name,
  value: null,
  blocks: null,
  since: null,
  why,
});

/** Deletion is never an opt-out (C12); what became of a merged or converted one counts by itself. */
const gone = (record: RecordRef, { IsDeleted: isDeleted, MasterRecordId: master }: WireRecord): Deciding => {
  const told = { record, value: true, blocks: null, since: null };
  if (isDeleted !== true)
    return { ...told, name: 'IsConverted', why: 'the lead was converted: the properties of its contact count' };
  if (typeof master === 'string')
    return { ...told, name: 'IsDeleted', why: 'merged into another record, whose properties count' };
  return {
    ...told,
    name: 'IsDeleted',
    why: 'in the Recycle Bin: it gets no mail, and says nothing about others (C12)',
  };
};

const ofRecord = (
  shape: ObjectShape,
  wire: WireRecord,
  optedOutSince: Millis | null,
  individual: Individual,
): readonly Deciding[] => {
  const record = { type: shape.name, id: idOf(wire) };
  const told = (name: string, blocks: (value: FieldValue) => boolean | null, since: Millis | null, why: string) =>
    oneOf(shape, wire, record, { name, blocks, since, why });
  const bouncedSince = momentIn(wire.EmailBouncedDate);
  return [
    told(
      OPT_OUT,
      (value) => value === true,
      optedOutSince,
      'the box "Email Opt Out" of this record; ticked on any record of the address it counts for all (C14)',
    ),
    ...Object.entries(BOUNCES)
      .filter(([name]) => shape.name !== 'Lead' || name !== NOT_OF_LEADS)
      .map(([name, why]) => told(name, isSet, bouncedSince, `${why}: undeliverable, no opt-out (C10)`)),
    told('IsDeleted', (value) => value === true, null, 'a deleted record gets no mail'),
    ...(shape.fields.has('IsConverted')
      ? [told('IsConverted', (value) => value === true, null, 'a converted lead lives on as a contact')]
      : []),
    ...(wire[PERSON_ACCOUNT] === true
      ? [
          told(
            PERSON_ACCOUNT,
            () => null,
            null,
            'a person account, which Heed does not sync: its box is on the Account',
          ),
        ]
      : []),
    ...(shape.fields.has('IndividualId')
      ? individual.map((one) => ({ record, ...one }))
      : [{ ...unread('IndividualId', 'hidden by permissions: privacy preferences are unknown'), record }]),
  ];
};

const isSet = (value: FieldValue): boolean => value !== null && value !== false;

interface Rule {
  readonly name: string;
  readonly blocks: (value: FieldValue) => boolean | null;
  readonly since: Millis | null;
  readonly why: string;
}

/** A field that permissions hide is unknown, never "not opted out" (C18). */
const oneOf = (
  shape: ObjectShape,
  wire: WireRecord,
  record: RecordRef,
  { name, blocks, since, why }: Rule,
): Deciding => {
  const field = shape.fields.get(name);
  if (field === undefined || !(name in wire))
    return { ...unread(name, `${why}; hidden from the integration user, so it is unknown (C18)`), record };
  const value = fromWire(fieldTypeOf(field), wire[name]);
  return { record, name, value, blocks: blocks(value), since, why };
};

/**
 * Since when each box is as it is. The record has no such date; the field history has one where an administrator switched it on
 * for the field, and it counts only if its latest entry led to what the box shows now.
 */
const optOutDates = async (
  { api, shapes, signal }: Asked,
  type: string,
  shape: ObjectShape,
  living: readonly WireRecord[],
): Promise<(record: WireRecord) => Millis | null> => {
  const history = living.length === 0 || !shape.fields.has(OPT_OUT) ? null : await shapes(`${type}History`, signal);
  if (history === null) return () => null;
  const [key, start] = [`${type}Id`, `SELECT ${type}Id, NewValue, CreatedDate FROM ${history.name} WHERE`];
  const latest = new Map<string, WireRecord>();
  for (const ids of chunk(living.map(idOf), IDS)) {
    const soql = `${start} Field = ${text(OPT_OUT)} AND ${isIn(key, ids)} ORDER BY CreatedDate DESC`;
    for (const row of await api.everyPage(soql, 'live', signal)) {
      const id = idKey(String(row[key]));
      if (!latest.has(id)) latest.set(id, row);
    }
  }
  return (record) => {
    const row = latest.get(idKey(idOf(record)));
    return String(row?.NewValue) === String(record[OPT_OUT]) ? momentIn(row?.CreatedDate) : null;
  };
};
