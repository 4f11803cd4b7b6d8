import { contact, eachObject, member, memberReads } from '../stage/people.ts';
import type { Json, World } from '../stage/world.ts';
import type { BadRecord } from './records.ts';

const A = 'ann@example.org';
const left = { members: { [A]: 'unsubscribed Ann' }, record: { HasOptedOutOfEmail: true } } as const;

/** A bounced address says nothing; only the report tells that she complained. */
const complained = { members: { [A]: 'cleaned Ann' }, record: { HasOptedOutOfEmail: true } } as const;

/** Ann is in both systems, has unsubscribed, or not, and her member reads with these values. */
const annAsMember =
  (hasLeft: boolean) =>
  (values: Json) =>
  (world: World): string => {
    const id = contact(world, A);
    member(world, A, { FNAME: 'Ann' }, hasLeft);
    memberReads(world, A, values);
    return id;
  };
const leftAnd = annAsMember(true);
const staysAnd = annAsMember(false);

/** What stands in the marketing tool, or what it says stands there; the opt-out of the person flows in any case. */
export const badMembers: readonly BadRecord[] = [
  {
    name: 'a reason for leaving that is null',
    given: leftAnd({ unsubscribe_reason: null }),
    exit: 0,
    ...left,
  },
  {
    name: 'a reason for leaving that is a number',
    given: leftAnd({ unsubscribe_reason: 7 }),
    exit: 0,
    ...left,
  },
  {
    name: 'no merge fields, of somebody who left',
    given: leftAnd({ merge_fields: null }),
    exit: 0,
    ...left,
  },
  {
    name: 'merge fields that are a list, of somebody who left',
    given: leftAnd({ merge_fields: ['Ann'] }),
    exit: 0,
    ...left,
  },
  {
    name: 'interests that are a list, of somebody who left',
    given: leftAnd({ interests: [true] }),
    exit: 0,
    ...left,
  },
  {
    name: 'a name that Salesforce cannot hold, of somebody who left',
    given: (w) => {
      const id = contact(w, A, { FirstName: null });
      member(w, A, { FNAME: 'x'.repeat(200) }, true);
      return id;
    },
    listed: 'FirstName -> FNAME',
    syncs: 2,
    exit: 5,
    record: { HasOptedOutOfEmail: true, FirstName: null },
  },
  {
    name: 'a name that is a list',
    given: (w) => {
      const id = contact(w, A);
      member(w, A, { FNAME: 'Ann', LNAME: 'Record' });
      memberReads(w, A, { merge_fields: { FNAME: ['Ann'], LNAME: 'Record' } });
      return id;
    },
    exit: 0,
    record: { FirstName: 'Bad' },
  },
  {
    name: 'a status that nobody knows',
    given: staysAnd({ status: 'zombie' }),
    listed: 'archived',
    exit: 0,
    members: { [A]: 'subscribed Ann' },
    record: { HasOptedOutOfEmail: false },
  },
  {
    name: 'a status of another case',
    given: staysAnd({ status: 'Subscribed' }),
    listed: 'archived',
    exit: 0,
    members: { [A]: 'subscribed Ann' },
  },
  {
    name: 'no status at all',
    given: staysAnd({ status: null }),
    listed: 'archived',
    exit: 0,
    members: { [A]: 'subscribed Ann' },
    record: { HasOptedOutOfEmail: false },
  },
  {
    name: 'an id that is missing, of somebody who left',
    given: leftAnd({ id: undefined }),
    exit: 0,
    ...left,
  },
  {
    name: 'an address that is none',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      memberReads(w, A, { email_address: 'ann at example.org' });
      return contact(w, 'other@example.org');
    },
    exit: 0,
    members: { [A]: 'subscribed Ann' },
  },
  {
    name: 'no address: a contact for text messages only',
    given: (w) => {
      member(w, A, { FNAME: 'Ann' });
      memberReads(w, A, { email_address: '' });
      return contact(w, 'other@example.org');
    },
    exit: 0,
    members: { [A]: 'subscribed Ann' },
  },
  {
    name: 'an address in the other form of Unicode, of somebody who left',
    given: (w) => {
      const id = contact(w, 'andré@example.org'.normalize('NFC'));
      member(w, 'andré@example.org'.normalize('NFD'), {}, true);
      return id;
    },
    exit: 0,
    record: { HasOptedOutOfEmail: true },
  },
  {
    name: 'a report of abuse whose number is a text',
    given: (w) => {
      const id = contact(w, A);
      member(w, A, { FNAME: 'Ann' });
      w.mailchimp.switches({ complaintBecomes: 'cleaned' });
      w.mailchimp.act('person/complain', { email: A });
      w.rewrite(
        'mailchimp',
        eachObject((one) => (one.email_id === undefined ? null : { ...one, id: String(one.id) })),
      );
      return id;
    },
    exit: 0,
    ...complained,
  },
  {
    name: 'a report of abuse without a date and a number',
    given: (w) => {
      const id = contact(w, A);
      member(w, A, { FNAME: 'Ann' });
      w.mailchimp.switches({ complaintBecomes: 'cleaned' });
      w.mailchimp.act('person/complain', { email: A });
      w.rewrite(
        'mailchimp',
        eachObject((one) => (one.email_id === undefined ? null : { email_address: one.email_address })),
      );
      return id;
    },
    exit: 0,
    ...complained,
  },
  {
    name: 'an unsubscription beside a sign-up of the year 2099',
    given: (w) => {
      const id = contact(w, A);
      member(w, A, { FNAME: 'Ann' }, true);
      w.rewrite(
        'mailchimp',
        eachObject((one) =>
          Array.isArray(one.activity)
            ? { activity: [{ activity_type: 'website_signup', created_at_timestamp: '2099-01-01T00:00:00+00:00' }] }
            : null,
        ),
      );
      return id;
    },
    exit: 0,
    ...left,
  },
];
