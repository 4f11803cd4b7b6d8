import type { Customer, NewFact, PersonToErase, Remembered, VendorRecord } from '@heed/core';
import { paragraph } from '../terminal/text.ts';
import { iso, moment, plural } from '../terminal/words.ts';
import type { Hindrance } from './deliver-first.ts';

const systemName = (customer: Customer, { system }: VendorRecord): string => {
  const title = customer.connections.get(system.connection)?.connector.title;
  const where = [system.connection, system.container].filter((part) => part !== '').join('/');
  return title === undefined ? where : `${title} (${where})`;
};

const remainingJson = (customer: Customer, one: VendorRecord) => ({
  system: systemName(customer, one),
  connection: one.system.connection,
  container: one.system.container,
  type: one.record.type,
  id: one.record.id,
  seen: one.seen,
});

const remainingLines = (customer: Customer, person: PersonToErase): readonly string[] =>
  person.remaining.map((one) =>
    paragraph(
      `${systemName(customer, one)}: ${one.record.type} ${one.record.id}${one.seen ? '' : ', not shown by the last look'}`,
      '      ',
      '    ',
    ),
  );

/** Who said it, without whom it is about. */
export const optOutText = ({ source, by, complaint, topic, when }: NewFact): string => {
  const where = [source.connection, source.container].filter((part) => part !== '').join('/');
  const what = complaint
    ? 'complaint'
    : source.role === 'list'
      ? 'opt-out list'
      : `opted out (${source.field}) by ${by}`;
  const about = topic === '*' ? '' : `, topic ${topic}`;
  return `${where === '' ? '' : `${where}: `}${what}${about}, ${moment(when.until)} at the latest`;
};

export const optOutJson = ({ source, by, complaint, topic, says, when }: NewFact) => ({
  source,
  says,
  by,
  complaint,
  topic,
  when: { from: iso(when.from), until: iso(when.until), exact: when.exact },
});

/** What is about to happen, before anybody says yes to it. */
export const previewText = (customer: Customer, person: PersonToErase): string => {
  const { known, kept, isUnknown } = person;
  if (isUnknown) {
    return paragraph(
      `Heed has nothing about this address of ${customer.name}. Erasing keeps a keyed hash of it all the same: it would never become a member by Heed.`,
    );
  }
  const others = known.addresses.filter((one) => one.includes('@')).length - 1;
  const lines = [
    paragraph(
      `Erasing removes what Heed has of this person at ${customer.name}: ${plural(known.shadows.length, 'record')}, ${plural(known.ledger.facts.length, 'fact')} of the ledger${others > 0 ? `, ${plural(others, 'further address', 'further addresses')} of theirs` : ''}, and what runs and lists say about them.`,
    ),
    paragraph(
      kept.length === 0
        ? 'A keyed hash stays: they never become a member by Heed again.'
        : `A keyed hash stays, with ${plural(kept.length, 'opt-out')}: they never become a member by Heed again, and stay opted out.`,
    ),
  ];
  return [...lines, ...remainingText(customer, person)].join('\n');
};

const remainingText = (customer: Customer, person: PersonToErase): readonly string[] =>
  person.remaining.length === 0
    ? ['No record of theirs is known to remain at a vendor.']
    : [
        paragraph('These records remain at the vendors. Heed cannot delete them; somebody must, there:'),
        ...remainingLines(customer, person),
      ];

export const erasedText = (customer: Customer, person: PersonToErase, wiped: boolean): string =>
  [
    paragraph(
      `Erased from ${customer.name}. The ledger is whole (heed ledger verify ${customer.name}); backups made before still hold the person.`,
    ),
    ...(wiped
      ? []
      : [
          paragraph(
            'Another process reads the database now, so deleted rows are still readable in its file: the next heed command that finds it free wipes them.',
          ),
        ]),
    ...remainingText(customer, person),
  ].join('\n');

/** `remembered`: null for a dry run. */
export const erasedJson = (customer: Customer, person: PersonToErase, remembered: Remembered | null) => ({
  customer: customer.name,
  erased: remembered !== null,
  hash: remembered?.name ?? null,
  erasedAt: iso(remembered?.erasedAt ?? null),
  wiped: remembered?.wiped ?? false,
  removed: {
    addresses: person.known.addresses.length,
    records: person.known.shadows.length,
    facts: person.known.ledger.facts.length,
  },
  kept: person.kept.map(optOutJson),
  remaining: person.remaining.map((one) => remainingJson(customer, one)),
});

/** Refused: what is owed, to whom, and what stands in the way. */
export const hinderedText = (customer: Customer, person: PersonToErase, { why }: Hindrance): string => {
  const owed = person.owed.map(({ profile, side, record, rule, why: reason }) => {
    const to = record === null ? side : `${side} ${record.type} ${record.id}`;
    return paragraph(`${profile}: ${to}: ${reason} (${rule})`, '    ', '  ');
  });
  return [
    paragraph(
      `Nothing was erased from ${customer.name}${owed.length === 0 ? '.' : `: ${plural(owed.length, 'opt-out')} of this person ${owed.length === 1 ? 'is' : 'are'} still owed, and would be lost (C25):`}`,
    ),
    ...owed,
    ...why.map((one) => paragraph(one, '    ', '  ')),
    ...(owed.length > 0 ? [paragraph(`heed status ${customer.name} says more. Erase again once it is done.`)] : []),
  ].join('\n');
};

export const hinderedJson = (customer: Customer, person: PersonToErase, { why }: Hindrance) => ({
  customer: customer.name,
  erased: false,
  owed: person.owed.map(({ profile, side, record, rule, why: reason, since }) => ({
    profile,
    side,
    record,
    rule,
    why: reason,
    since: iso(since),
  })),
  why,
  remaining: person.remaining.map((one) => remainingJson(customer, one)),
});

/** For `explain` and `ledger export`: that it was erased, when, and what is kept. */
export const rememberedText = (customer: string, { name, erasedAt, optOuts }: Remembered): string =>
  [
    paragraph(
      `This address was erased from ${customer} on ${moment(erasedAt)} (C25). Heed keeps its keyed hash, by which later reads know it again and drop it: it is never created, invited, subscribed or changed by Heed, and opt-outs of it are honoured.`,
    ),
    paragraph(name, '  '),
    optOuts.length === 0 ? '  No opt-out is kept under it.' : '  Kept under it:',
    ...optOuts.map(({ n, fact }) => paragraph(`${n}  ${optOutText(fact)}`, '      ', '    ')),
  ].join('\n');

export const rememberedJson = ({ name, erasedAt, optOuts }: Remembered) => ({
  hash: name,
  at: iso(erasedAt),
  kept: optOuts.map(({ n, fact }) => ({ entry: n, ...optOutJson(fact) })),
});
