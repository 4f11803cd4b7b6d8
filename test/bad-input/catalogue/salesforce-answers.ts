import type { Json } from '../stage/world.ts';
import { answersTo, type BadAnswer } from './answer.ts';

const token = answersTo('salesforce', /^POST \/services\/oauth2\/token/);
const describe = answersTo('salesforce', /^GET \S+\/sobjects\/Contact\/describe/);
const query = answersTo('salesforce', /^GET \S+\/queryAll\?q=SELECT\S+FROM%20Contact/);
const queries = answersTo('salesforce', /^GET \S+\/query(All)?[/?]/);
const deleted = answersTo('salesforce', /^GET \S+\/deleted/);
const save = answersTo('salesforce', /^PATCH \S+\/composite\/sobjects$/);

const without = (right: Json, key: string): Json => {
  const { [key]: _, ...others } = right;
  return others;
};
const fieldsOf = ({ fields }: Json): readonly Json[] => fields as readonly Json[];
const recordsOf = ({ records }: Json): readonly Json[] => (records ?? []) as readonly Json[];
const eachRecord = (right: Json, change: (record: Json) => unknown): Json => ({
  ...right,
  records: recordsOf(right).map(change),
});
const LINK = '/services/data/v66.0/query/01gxx0000000000AAA-2000';

export const badSalesforceAnswers: readonly BadAnswer[] = [
  token('token: none in the answer', (right) => without(right, 'access_token'), 1, [
    'acme/newsletter: salesforce token: the answer is no token.',
    'What was owed is still owed; the next run goes on.',
  ]),
  token('token: a number', (right) => ({ ...right, access_token: 5 }), 1, [
    'acme/newsletter: salesforce token: the answer is no token.',
    'What was owed is still owed; the next run goes on.',
  ]),
  token('token: an error with status 200', () => ({ error: 'invalid_grant', error_description: 'expired' }), 1, [
    'acme/newsletter: salesforce token: the answer is no token.',
    'What was owed is still owed; the next run goes on.',
  ]),
  token('token: for another host', (right) => ({ ...right, instance_url: 'https://evil.example' }), 2, [
    'acme/newsletter: salesforce: the token is for evil.example; write that My Domain host as "domain"',
  ]),
  token('token: for no host at all', (right) => ({ ...right, instance_url: 'javascript:alert(1)' }), 1, [
    'salesforce token: the answer is no token.',
  ]),
  token('token: of nobody', (right) => ({ ...right, id: 'https://login.salesforce.com/id' }), 1, [
    'acme/newsletter: salesforce token: the answer is no token.',
    'What was owed is still owed; the next run goes on.',
  ]),
  describe('describe: no fields', (right) => without(right, 'fields'), 1, [
    'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  describe(
    'describe: fields by name in place of a list',
    (right) => ({ ...right, fields: Object.fromEntries(fieldsOf(right).map((one) => [one.name, one])) }),
    1,
    [
      'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  describe('describe: yes and no as texts', (right) => ({ ...right, createable: 'true' }), 1, [
    'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  describe(
    'describe: a field without a type',
    (right) => ({ ...right, fields: fieldsOf(right).map((one) => without(one, 'type')) }),
    1,
    [
      'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  describe('describe: an empty list of fields', (right) => ({ ...right, fields: [] }), 3, [
    'profiles/acme/newsletter.yaml:16:3: error: Contact.HasOptedOutOfEmail cannot be read by this user, so nobody\'s consent can be known (C18). field-level security hides it: grant the integration user read and edit access to Contact.HasOptedOutOfEmail ("Email Opt Out") by a permission set.',
  ]),
  describe('describe: null', () => null, 1, [
    'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  describe('describe: a list', () => [], 1, [
    'acme/newsletter: salesforce describe: the answer for Contact has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query('query: no records', (right) => without(right, 'records'), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query(
    'query: records by id',
    (right) => ({ ...right, records: Object.fromEntries(recordsOf(right).map((one) => [one.Id, one])) }),
    1,
    [
      'acme/newsletter: salesforce query: the answer has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  query('query: a record that is null', (right) => ({ ...right, records: [...recordsOf(right), null] }), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query('query: a count as a text', (right) => ({ ...right, totalSize: String(right.totalSize) }), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query('query: no word about more', (right) => without(right, 'done'), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query('query: more, but not where', (right) => ({ ...right, done: false }), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query(
    'query: more at another host',
    (right) => ({ ...right, done: false, nextRecordsUrl: `https://evil.example${LINK}` }),
    1,
    [
      'acme/newsletter: salesforce query: the answer links to another host for its next page; not followed.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  query(
    'query: more at another host, without a scheme',
    (right) => ({ ...right, done: false, nextRecordsUrl: `//evil.example${LINK}` }),
    1,
    [
      'acme/newsletter: salesforce query: the answer links to another host for its next page; not followed.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  query(
    'query: more at a place that is no query',
    (right) => ({ ...right, done: false, nextRecordsUrl: '/services/oauth2/token' }),
    1,
    [
      'acme/newsletter: salesforce query: the answer has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  query('query: more at no address', (right) => ({ ...right, done: false, nextRecordsUrl: 7 }), 1, [
    'acme/newsletter: salesforce query: the answer has not the documented form.',
    'What was owed is still owed; the next run goes on.',
  ]),
  queries(
    'query: a next page that leads to itself',
    (right) => ({ ...right, totalSize: 9000, done: false, nextRecordsUrl: LINK, records: recordsOf(right) }),
    1,
    [
      'acme/newsletter: salesforce query: the answer has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
    { refusals: true },
  ),
  query('query: a record without id', (right) => eachRecord(right, (one) => without(one, 'Id')), 1, [
    'acme/newsletter: salesforce query: a record of the answer has no id.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query('query: an id that is a page', (right) => eachRecord(right, (one) => ({ ...one, Id: '<html></html>' })), 1, [
    'acme/newsletter: salesforce query: a record of the answer has no id.',
    'What was owed is still owed; the next run goes on.',
  ]),
  query(
    'query: records without the address that was asked for',
    (right) => eachRecord(right, (one) => without(one, 'Email')),
    1,
    [
      'acme/newsletter: salesforce query: a record of the answer lacks the address that was asked for.',
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  query('query: an address that is a number', (right) => eachRecord(right, (one) => ({ ...one, Email: 5 })), 1, [
    'acme/newsletter: salesforce query: a record of the answer lacks the address that was asked for.',
    'What was owed is still owed; the next run goes on.',
  ]),
  deleted(
    'deletions: none in the answer',
    (right) => without(right, 'deletedRecords'),
    1,
    [
      'acme/newsletter: salesforce deleted: the answer has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
    { later: true },
  ),
  deleted(
    'deletions: an id that is none',
    (right) => ({ ...right, deletedRecords: [{ id: '..', deletedDate: '2026-01-01T00:00:00.000+0000' }] }),
    1,
    [
      'acme/newsletter: salesforce deleted: the answer has not the documented form.',
      'What was owed is still owed; the next run goes on.',
    ],
    { later: true },
  ),
  deleted(
    'deletions: a date that is none',
    (right) => ({ ...right, deletedRecords: [{ id: '003000000000000AAA', deletedDate: 'soon' }] }),
    0,
    [],
    { later: true, written: true },
  ),
  save('saving: no answer for the record', () => [], 0, [], { written: true }),
  save(
    'saving: two answers for one record',
    (right) => [...(right as unknown as Json[]), ...(right as unknown as Json[])],
    0,
    [],
    { written: true },
  ),
  save(
    'saving: success as a text',
    (right) => (right as unknown as Json[]).map((one) => ({ ...one, success: 'true' })),
    0,
    [],
    { written: true },
  ),
  save('saving: an object in place of a list', (right) => ({ results: right }), 0, [], { written: true }),
  save(
    'saving: refused without a reason',
    (right) => (right as unknown as Json[]).map(() => ({ success: false, errors: [] })),
    0,
    [],
    { written: true },
  ),
  save(
    'saving: refused with a code that is a sentence about somebody',
    (right) =>
      (right as unknown as Json[]).map(() => ({
        success: false,
        errors: [
          { statusCode: 'left@example.org is locked', message: 'left@example.org', fields: ['left@example.org'] },
        ],
      })),
    0,
    [],
    { written: true },
  ),
];
