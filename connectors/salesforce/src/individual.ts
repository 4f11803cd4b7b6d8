import type { Deciding, Millis } from '@heed/contract';
import { chunk, momentIn } from '@heed/toolkit';
import type { Api, WireRecord } from './api.ts';
import type { ObjectShape, Shapes } from './object-shape.ts';
import { idOf } from './rows.ts';
import { idKey, isId, isIn } from './soql.ts';

/** What the person's own privacy record says; `explain` shows it, the sync does not read it. Without the record that leads there. */
export type Individual = readonly Omit<Deciding, 'record'>[];

/** Notes, 3: the vendor's own check for `email` asks none of these; 4: whether they forbid it, the org's policy says. */
const WISHES: Readonly<Record<string, string>> = {
  HasOptedOutSolicit: 'asked not to be solicited',
  HasOptedOutProcessing: 'asked not to have personal data processed, which covers handing it to a marketing tool',
  ShouldForget: 'asked to be forgotten, which covers handing the data to a marketing tool',
};

const CONSENTS = 'ContactPointTypeConsent';
const CONSENT_COLUMNS = ['PrivacyConsentStatus', 'EffectiveFrom', 'EffectiveTo', 'CaptureDate', 'DataUsePurposeId'];

/** As many ids as one query has room for. */
const IDS = 300;

/** Of each record's Individual (Data Protection and Privacy): one query, and one of its consents for e-mail. */
export const consentsOf = async (
  api: Api,
  shapes: Shapes,
  records: readonly WireRecord[],
  signal: AbortSignal,
): Promise<(record: WireRecord) => Individual> => {
  const ids = [...new Set(records.flatMap((record) => individualIdOf(record) ?? []))];
  if (ids.length === 0) return () => [];
  /** Null: the user may not see the object, or the org has none. */
  const found = async (object: string, key: string, columns: readonly string[], more: string) => {
    const shape = await shapes(object, signal);
    if (shape === null || !shape.fields.has(key)) return null;
    const selected = [key, ...columns.filter((name) => shape.fields.has(name))].join(', ');
    const rows: WireRecord[] = [];
    for (const some of chunk(ids, IDS))
      rows.push(
        ...(await api.everyPage(`SELECT ${selected} FROM ${object} WHERE ${isIn(key, some)}${more}`, 'live', signal)),
      );
    return { shape, rows };
  };
  const wishes = await found('Individual', 'Id', Object.keys(WISHES), '');
  const consents = await found(CONSENTS, 'PartyId', CONSENT_COLUMNS, " AND ContactPointType = 'Email'");
  const now = api.now();
  return (record) => {
    const id = individualIdOf(record);
    if (id === null) return [];
    const own = wishes?.rows.find((one) => idKey(idOf(one)) === idKey(id)) ?? null;
    const given = consents?.rows.filter(({ PartyId: party }) => idKey(String(party)) === idKey(id)) ?? [];
    return [...wishesIn(wishes?.shape ?? null, own), ...given.map((one) => consentIn(one, now))];
  };
};

const individualIdOf = ({ IndividualId: id }: WireRecord): string | null =>
  typeof id === 'string' && isId(id) ? id : null;

const wishesIn = (shape: ObjectShape | null, row: WireRecord | null): Individual => {
  if (shape === null || row === null)
    return [
      {
        name: 'Individual',
        value: null,
        blocks: null,
        since: null,
        why: 'the record has an Individual that the integration user may not read: its privacy preferences are unknown',
      },
    ];
  return Object.entries(WISHES).map(([name, wish]) => {
    const value = row[name];
    const isKnown = typeof value === 'boolean';
    return {
      name: `Individual.${name}`,
      value: isKnown ? value : null,
      blocks: value === false ? false : null,
      since: null,
      why: isKnown
        ? `the person ${wish}; Salesforce's own check of e-mail does not ask for it, and Heed does not read it: that is for your policy`
        : 'hidden from the integration user, so it is unknown',
    };
  });
};

/** Consulted by the vendor's own check of e-mail, in its effective window (notes, 3). */
const consentIn = (row: WireRecord, now: Millis): Individual[number] => {
  const { PrivacyConsentStatus: status, DataUsePurposeId: purpose } = row;
  const [from, to] = [momentIn(row.EffectiveFrom), momentIn(row.EffectiveTo)];
  const isInForce = (from === null || from <= now) && (to === null || to > now);
  const forWhat = typeof purpose === 'string' ? ' for one purpose' : '';
  return {
    name: `${CONSENTS}.PrivacyConsentStatus`,
    value: typeof status === 'string' ? status : null,
    blocks: status === 'OptOut' ? isInForce : status === 'OptIn' ? false : null,
    since: from ?? momentIn(row.CaptureDate),
    why: `the person's consent to e-mail${forWhat}${isInForce ? '' : ', outside the time it holds for'}; the least permissive counts, and Heed does not read it when it syncs`,
  };
};
