import { ConnectorError, type Deciding, type RecordRef, type Row } from '@heed/contract';
import { readOptOutField } from '../consent/opt-out-field.ts';
import { type AddressKey, addressKey } from '../identity/address.ts';
import type { View } from '../plan/view.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { OpenSystem } from '../sync/engine.ts';
import { spellingsOf } from '../sync/spellings.ts';

/** What one system answers now: every property that decides there, by its vendor's name. */
export interface AnswerNow {
  readonly side: 'crm' | 'marketing';
  readonly system: string;
  /** Why it could not be asked, so that what Heed last read is all there is; null: it answered. */
  readonly unreachable: string | null;
  /** What it says about this address: whether mail may be sent, as far as it decides that. */
  readonly mailable: 'yes' | 'no' | 'unknown';
  /** Of the vendor's and, in a CRM, the opt-out fields that the profile names. */
  readonly properties: readonly Deciding[];
  /** The one that decides by itself; null: none, or several, each of which can block. */
  readonly leading: string | null;
  /** It says something else than what Heed last read: the next sync takes that in first. */
  readonly changed: boolean;
}

export interface Question {
  readonly address: AddressKey;
  readonly view: View;
  /** What Heed last read of records of the address. */
  readonly shadows: readonly Shadow[];
}

/** Answers without the system. */
export const notAsked = (side: AnswerNow['side'], system: string, unreachable: string): AnswerNow => ({
  side,
  system,
  unreachable,
  mailable: 'unknown',
  properties: [],
  leading: null,
  changed: false,
});

/** Asks one system about one address: what decides there, and the rows as a sync would read them. Writes nothing. */
export const askNow = async (
  side: AnswerNow['side'],
  { connector, session }: OpenSystem,
  question: Question,
  signal: AbortSignal,
): Promise<AnswerNow> => {
  const { address, view } = question;
  const shadows = question.shadows.filter((shadow) => shadow.system.role === side);
  try {
    const emails = spellingsOf(shadows, [address]);
    const told = new Map<string, Deciding>();
    // What belongs to no spelling is told with each.
    for (const email of distinct(emails))
      for (const one of await session.deciding(email, signal)) told.set(JSON.stringify(one), one);
    const columns = side === 'crm' ? view.columns.consent : view.columns.members;
    const by = { emails };
    const found = await session.lookup({ ...columns, by, evidenceSince: null, changedSince: null }, signal);
    const rows = found.filter(({ email, life }) => addressKey(email) === address && life.kind === 'live');
    const own = side === 'crm' ? rows.flatMap((row) => namedByProfile(row, view)) : [];
    const properties = together([...told.values()], own);
    return {
      side,
      system: connector.title,
      unreachable: null,
      mailable: side === 'crm' ? inCrm(properties, rows, view) : inMarketing(properties, rows),
      properties,
      leading: leadingOf(properties),
      changed: rows.some((row) => isNews(row, shadows, view)) || (side === 'marketing' && isGone(rows, shadows)),
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || signal.aborted) throw error;
    return notAsked(side, connector.title, error.message);
  }
};

/** Vendors compare without regard to case. */
const distinct = (emails: readonly string[]): readonly string[] => [
  ...new Map(emails.map((email) => [email.toLowerCase(), email])).values(),
];

const keyOf = (record: RecordRef | null): string => (record === null ? '' : recordKey(record));

const isSame = (one: Deciding, other: Deciding): boolean =>
  one.name === other.name && keyOf(one.record) === keyOf(other.record);

/** The vendor's own word about a field counts, and where it has none, because the field is the customer's, the profile's does. */
const together = (told: readonly Deciding[], own: readonly Deciding[]): readonly Deciding[] => [
  ...told.map((one) => {
    const mine = one.blocks === null ? own.find((other) => isSame(one, other)) : undefined;
    return mine === undefined || mine.blocks === null ? one : { ...one, blocks: mine.blocks, why: mine.why };
  }),
  ...own.filter((mine) => !told.some((one) => isSame(one, mine))),
];

/** The opt-out fields of the profile (C4), which no connector knows; `barrier`: a standard field that only keeps from creating. */
const rulesOf = ({ settings }: View, type: string) => [
  ...(settings.optOutFields[type] ?? []).map((rule) => ({ rule, isBarrier: false })),
  ...(settings.barrierFields[type] ?? []).map((rule) => ({ rule, isBarrier: true })),
];

const namedByProfile = ({ record, values }: Row, view: View): readonly Deciding[] =>
  rulesOf(view, record.type).map(({ rule, isBarrier }) => {
    const reading = readOptOutField(rule, values);
    return {
      record,
      name: rule.field,
      value: values[rule.field] ?? null,
      blocks: reading === 'unreadable' ? null : reading !== 'not-opted-out',
      since: null,
      why:
        reading === 'unreadable'
          ? 'an opt-out field of the profile that cannot be read: unknown, never "not opted out" (C18)'
          : isBarrier
            ? 'replaced by the field that the profile names, so it only keeps from becoming a member (C4)'
            : 'an opt-out field of the profile (C4)',
    };
  });

const blocks = (properties: readonly Deciding[]): boolean => properties.some((one) => one.blocks === true);

const inCrm = (properties: readonly Deciding[], rows: readonly Row[], view: View): AnswerNow['mailable'] => {
  if (blocks(properties)) return 'no';
  const isHidden = ({ record, values }: Row): boolean => {
    const rules = rulesOf(view, record.type);
    return rules.length === 0 || rules.some(({ rule }) => readOptOutField(rule, values) === 'unreadable');
  };
  return rows.length === 0 || rows.some(isHidden) ? 'unknown' : 'yes';
};

/** Who is not there gets no mail; and what the status does not allow, no other property gives back. */
const inMarketing = (properties: readonly Deciding[], rows: readonly Row[]): AnswerNow['mailable'] => {
  const isIn = rows.some(({ member }) => member?.status === 'subscribed' && !member.complaint);
  return isIn && !blocks(properties) ? 'yes' : 'no';
};

/** A property that tells nothing by itself leads nobody. */
const leadingOf = (properties: readonly Deciding[]): string | null => {
  const deciding = properties.filter((one) => one.blocks !== null);
  return deciding.length === 1 ? (deciding[0]?.name ?? null) : null;
};

/** It shows what Heed has not read yet. A record that no read was asked for, and that has not opted out, is none. */
const isNews = (row: Row, shadows: readonly Shadow[], view: View): boolean => {
  const shadow = shadows.find((one) => recordKey(one.record) === recordKey(row.record)) ?? null;
  if (row.member !== null) {
    const { status, complaint } = row.member;
    return shadow?.member?.status !== status || shadow.member.complaint !== complaint;
  }
  return rulesOf(view, row.record.type).some(({ rule }) => {
    const now = readOptOutField(rule, row.values);
    const before = shadow === null ? 'not-opted-out' : readOptOutField(rule, shadow.values);
    return now !== 'unreadable' && before !== 'unreadable' && now !== before;
  });
};

/** A member whom Heed last read is not there. */
const isGone = (rows: readonly Row[], shadows: readonly Shadow[]): boolean =>
  shadows.some(
    ({ life, record }) => life.kind === 'live' && !rows.some((row) => recordKey(row.record) === recordKey(record)),
  );
