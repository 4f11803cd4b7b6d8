import { contact, eachObject, member, reads } from '../stage/people.ts';
import type { Json, World } from '../stage/world.ts';
import type { BadRecord } from './records.ts';

const A = 'ann@example.org';
const NAMES = [
  { crm: 'FirstName', marketing: 'FNAME' },
  { crm: 'LastName', marketing: 'LNAME' },
];
const withBirthday = {
  fields: [
    ...NAMES,
    { crm: 'Birthdate', marketing: 'BIRTHDAY', direction: 'crm-to-marketing', transform: { date: 'MM/DD' } },
  ],
};

/** A Contact of Ann's who reads with these values. */
const annReads =
  (values: Json) =>
  (world: World): string => {
    const id = contact(world, A);
    reads(world, id, values);
    return id;
  };

/** What stands in the CRM, or what it says stands there. */
export const badCrmRecords: readonly BadRecord[] = [
  // addresses
  { name: 'no address', given: (w) => contact(w, null, { HasOptedOutOfEmail: true }), exit: 0 },
  {
    name: 'an address that is an empty text',
    given: annReads({ Email: '' }),
    listed: 'no-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'an address of spaces',
    given: annReads({ Email: '  ' }),
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'an address that is none',
    given: annReads({ Email: 'ann at example.org' }),
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'two addresses in one field',
    given: (w) => {
      const id = contact(w, A);
      reads(w, id, { Email: 'ann@example.org; bob@example.org' });
      return id;
    },
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody', 'bob@example.org': 'nobody' },
  },
  {
    name: 'an address with its name',
    given: annReads({ Email: 'Ann <ann@example.org>' }),
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'an address with a zero byte',
    given: annReads({ Email: 'ann\u0000@example.org' }),
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'an address written backwards by an invisible mark',
    given: annReads({ Email: '\u202egro.elpmaxe@nna' }),
    listed: 'invalid-address',
    exit: 0,
  },
  {
    name: 'an address with a wide @',
    given: annReads({ Email: 'ann＠example.org' }),
    listed: 'invalid-address',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'an address of 400 characters',
    given: annReads({ Email: `${'a'.repeat(388)}@example.org` }),
    listed: 'invalid-address',
    exit: 0,
  },
  {
    name: 'an address that looks like the one of somebody who left: its first letter is Cyrillic',
    given: (w) => {
      member(w, A, {}, true);
      const id = contact(w, A);
      reads(w, id, { Email: 'аnn@example.org' });
      return id;
    },
    exit: 0,
    members: { [A]: 'unsubscribed' },
    record: { HasOptedOutOfEmail: false },
  },
  {
    name: 'one address in three spellings, one of them opted out',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      contact(w, 'ANN@EXAMPLE.ORG', { HasOptedOutOfEmail: true });
      contact(w, 'Ann@Example.Org');
      return contact(w, A);
    },
    listed: 'opted-out',
    syncs: 2,
    exit: 0,
    members: { [A]: 'unsubscribed Ann' },
    record: { HasOptedOutOfEmail: true },
  },
  // values
  {
    name: 'a name of 5,000 characters',
    given: annReads({ FirstName: 'x'.repeat(5000) }),
    exit: 0,
  },
  {
    name: 'a name with control characters and line breaks',
    given: annReads({ FirstName: 'A\u0000n\u001b[2Jn\r\n' }),
    exit: 0,
  },
  {
    name: 'a name with half a character',
    given: annReads({ FirstName: 'Ann\ud83d' }),
    exit: 0,
  },
  {
    name: 'a name that a spreadsheet would calculate',
    given: (w) => contact(w, A, { FirstName: '=cmd|"/c calc"!A1' }),
    exit: 0,
  },
  {
    name: 'a name that is a number',
    given: annReads({ FirstName: 7 }),
    exit: 0,
    members: { [A]: 'subscribed 7' },
  },
  {
    name: 'a name that is a list',
    given: annReads({ FirstName: ['Ann', 'Bob'] }),
    members: { [A]: 'nobody' },
    exit: 0,
  },
  {
    name: 'a name that is an object',
    given: annReads({ FirstName: { first: 'Ann' } }),
    members: { [A]: 'nobody' },
    exit: 0,
  },
  {
    name: 'a name that is not in the answer, and one at the other side',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      const id = contact(w, A);
      reads(w, id, { FirstName: undefined });
      return id;
    },
    exit: 0,
    members: { [A]: 'subscribed Ann' },
  },
  {
    name: 'a day that no month has',
    profile: withBirthday,
    given: annReads({ Birthdate: '1980-02-31' }),
    listed: 'the value cannot be written as MM/DD',
    syncs: 2,
    members: { [A]: 'subscribed Bad' },
    exit: 5,
  },
  {
    name: 'a day that is a number',
    profile: withBirthday,
    given: annReads({ Birthdate: 315532800000 }),
    listed: 'the value is not a date',
    syncs: 2,
    members: { [A]: 'subscribed Bad' },
    exit: 5,
  },
  {
    name: 'a day of the year 12026',
    profile: withBirthday,
    given: annReads({ Birthdate: '12026-01-01' }),
    listed: 'the value cannot be written as MM/DD',
    syncs: 2,
    members: { [A]: 'subscribed Bad' },
    exit: 5,
  },
  // consent
  {
    name: 'opted out as a text',
    given: annReads({ HasOptedOutOfEmail: 'true' }),
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'opted out as a number',
    given: annReads({ HasOptedOutOfEmail: 1 }),
    exit: 0,
    members: { [A]: 'nobody' },
  },
  {
    name: 'opted out left out of the answer',
    given: annReads({ HasOptedOutOfEmail: undefined }),
    listed: 'consent-unreadable',
    exit: 0,
    members: { [A]: 'nobody' },
  },
  // lives
  {
    name: 'a merge into itself',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      const id = contact(w, A, { HasOptedOutOfEmail: true });
      reads(w, id, { IsDeleted: true, MasterRecordId: id });
      return id;
    },
    exit: 0,
    members: { [A]: 'unsubscribed Ann' },
  },
  {
    name: 'two records merged into each other, one of them opted out',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      const one = contact(w, A, { HasOptedOutOfEmail: true });
      const other = contact(w, A);
      w.rewrite(
        'salesforce',
        eachObject((record) => {
          if (record.Id === one) return { ...record, IsDeleted: true, MasterRecordId: other };
          return record.Id === other ? { ...record, IsDeleted: true, MasterRecordId: one } : null;
        }),
      );
      return one;
    },
    exit: 0,
    members: { [A]: 'unsubscribed Ann' },
  },
  {
    name: 'a merge into a record that is not there, opted out',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      const id = contact(w, A, { HasOptedOutOfEmail: true });
      reads(w, id, { IsDeleted: true, MasterRecordId: '003000000000000AAA' });
      return id;
    },
    exit: 0,
    members: { [A]: 'unsubscribed Ann' },
  },
  {
    name: 'a merge into something that is no id',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      const id = contact(w, A, { HasOptedOutOfEmail: true });
      reads(w, id, { IsDeleted: true, MasterRecordId: '../../Account' });
      return id;
    },
    exit: 0,
    members: { [A]: 'unsubscribed Ann' },
  },
  {
    name: 'the same record twice in an answer, once with another address',
    given: (w) => {
      const id = contact(w, A);
      w.rewrite(
        'salesforce',
        eachObject((answer) => {
          const records = answer.records as readonly Readonly<Record<string, unknown>>[] | undefined;
          const twin = records?.find((record) => record.Id === id && record.Email !== undefined);
          return twin === undefined || records === undefined
            ? null
            : {
                ...answer,
                totalSize: records.length + 1,
                records: [...records, { ...twin, Email: 'twin@example.org' }],
              };
        }),
      );
      return id;
    },
    exit: 0,
  },
  // times and users
  {
    name: 'a change at no time',
    given: annReads({ SystemModstamp: 'yesterday', LastModifiedDate: null }),
    exit: 0,
    members: { [A]: 'subscribed Bad' },
  },
  {
    name: 'a change in the year 9999',
    given: annReads({ SystemModstamp: '9999-12-31T23:59:59.000+0000' }),
    exit: 0,
    members: { [A]: 'subscribed Bad' },
  },
  {
    name: 'a change by nobody',
    given: annReads({ LastModifiedById: ['005'] }),
    exit: 0,
    members: { [A]: 'subscribed Bad' },
  },
  // refusals
  {
    name: 'a record that is locked, whose person left',
    given: (w) => {
      member(w, A, { FNAME: 'Bad', LNAME: 'Record' }, true);
      const id = contact(w, A);
      w.salesforce.act('admin/lock', { type: 'Contact', id });
      return id;
    },
    listed: 'Salesforce was busy with this',
    exit: 5,
    members: { [A]: 'unsubscribed Bad' },
    record: { HasOptedOutOfEmail: false },
  },
  {
    name: 'an address that the marketing tool takes for a fake',
    given: (w) => contact(w, 'looks-fake.ann@example.org'),
    listed: 'fake',
    exit: 5,
    members: { 'looks-fake.ann@example.org': 'nobody' },
  },
];
