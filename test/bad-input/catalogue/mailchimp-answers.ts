import type { Json } from '../stage/world.ts';
import { answersTo, type BadAnswer } from './answer.ts';

const account = answersTo('mailchimp', /^GET \/3\.0\/(\?|$)/);
const lists = answersTo('mailchimp', /^GET \/3\.0\/lists\?/);
const members = answersTo('mailchimp', /^GET \/3\.0\/lists\/\w+\/members\?/);
const one = answersTo('mailchimp', /^GET \/3\.0\/lists\/\w+\/members\/\w+\?/);
const mergeFields = answersTo('mailchimp', /^GET \/3\.0\/lists\/\w+\/merge-fields/);
const reports = answersTo('mailchimp', /^GET \/3\.0\/lists\/\w+\/abuse-reports/);
const patch = answersTo('mailchimp', /^PATCH \/3\.0\/lists\/\w+\/members\/\w+/);
const put = answersTo('mailchimp', /^PUT \/3\.0\/lists\/\w+\/members\/\w+/);

const without = (right: Json, key: string): Json => {
  const { [key]: _, ...others } = right;
  return others;
};
const eachMember = (right: Json, change: (member: Json) => unknown): Json => ({
  ...right,
  members: (right.members as readonly Json[]).map(change),
});

export const badMailchimpAnswers: readonly BadAnswer[] = [
  account('account: no id', (right) => without(right, 'account_id'), 1, [
    "acme/newsletter: account: Mailchimp's answer names no account.",
    'What was owed is still owed; the next run goes on.',
  ]),
  account('account: an id that is a number', (right) => ({ ...right, account_id: 7 }), 1, [
    "acme/newsletter: account: Mailchimp's answer names no account.",
    'What was owed is still owed; the next run goes on.',
  ]),
  account('account: null', () => null, 1, [
    "acme/newsletter: account: Mailchimp's answer names no account.",
    'What was owed is still owed; the next run goes on.',
  ]),
  lists('audiences: none in the answer', (right) => without(right, 'lists'), 1, [
    "acme/newsletter: lists: Mailchimp's answer has no lists.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: none in the answer', (right) => without(right, 'members'), 1, [
    "acme/newsletter: members: Mailchimp's answer has no members.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members(
    'members: by id in place of a list',
    (right) => ({
      ...right,
      members: Object.fromEntries((right.members as readonly Json[]).map((one) => [one.id, one])),
    }),
    1,
    [
      "acme/newsletter: members: Mailchimp's answer has no members.",
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  members('members: null', () => null, 1, [
    "acme/newsletter: members: Mailchimp's answer has no members.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: a text', () => 'members', 1, [
    "acme/newsletter: members: Mailchimp's answer has no members.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members(
    'members: an error with status 200',
    () => ({ title: 'Internal Server Error', status: 500, detail: 'left@example.org' }),
    1,
    [
      "acme/newsletter: members: Mailchimp's answer has no members.",
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  members('members: no count', (right) => without(right, 'total_items'), 1, [
    "acme/newsletter: members: Mailchimp's answer does not say how many members there are.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: a count as a text', (right) => ({ ...right, total_items: String(right.total_items) }), 1, [
    "acme/newsletter: members: Mailchimp's answer does not say how many members there are.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: a count below zero', (right) => ({ ...right, total_items: -1 }), 1, [
    "acme/newsletter: members: Mailchimp's answer does not say how many members there are.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: half a member', (right) => ({ ...right, total_items: 2.5 }), 1, [
    "acme/newsletter: members: Mailchimp's answer does not say how many members there are.",
    'What was owed is still owed; the next run goes on.',
  ]),
  members('members: many more counted than come', (right) => ({ ...right, total_items: 1_000_000_000 }), 1, [
    'acme/newsletter: members: the read does not move on.',
    'What was owed is still owed; the next run goes on.',
  ]),
  members(
    'members: a change at no time',
    (right) => eachMember(right, (member) => ({ ...member, last_changed: 'yesterday' })),
    1,
    [
      "acme/newsletter: members: the vendor's rows are not in the order of their changes.",
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  members(
    'members: a change without a time zone',
    (right) => eachMember(right, (member) => ({ ...member, last_changed: '2026-03-04T12:00:00' })),
    1,
    [
      "acme/newsletter: members: the vendor's rows are not in the order of their changes.",
      'What was owed is still owed; the next run goes on.',
    ],
  ),
  mergeFields('merge fields: none in the answer', (right) => without(right, 'merge_fields'), 1, [
    "acme/newsletter: merge_fields: Mailchimp's answer has no merge_fields.",
    'What was owed is still owed; the next run goes on.',
  ]),
  mergeFields(
    'merge fields: without their tags',
    (right) => ({ ...right, merge_fields: (right.merge_fields as readonly Json[]).map((one) => without(one, 'tag')) }),
    2,
    [
      'profiles/acme/newsletter.yaml:12:16: error: Mailchimp has no field "FNAME" in this audience. heed fields shows those there are.',
    ],
  ),
  mergeFields(
    'merge fields: choices that are a text',
    (right) => ({
      ...right,
      merge_fields: (right.merge_fields as readonly Json[]).map((one) => ({ ...one, options: { choices: 'a, b' } })),
    }),
    0,
    [],
    { written: true },
  ),
  reports('reports of abuse: none in the answer', (right) => without(right, 'abuse_reports'), 1, [
    "acme/newsletter: abuse_reports: Mailchimp's answer has no abuse_reports.",
    'What was owed is still owed; the next run goes on.',
  ]),
  reports('reports of abuse: without end', (right) => ({ ...right, total_items: 1e15 }), 0, [], { written: true }),
  reports('reports of abuse: no count', (right) => without(right, 'total_items'), 1, [
    "acme/newsletter: abuse_reports: Mailchimp's answer does not say how many abuse_reports there are.",
    'What was owed is still owed; the next run goes on.',
  ]),
  one(
    'look-up: somebody else',
    (right) => ({ ...right, id: '0123456789abcdef0123456789abcdef' }),
    1,
    ["acme/newsletter: member: Mailchimp's answer is no member.", 'What was owed is still owed; the next run goes on.'],
    {
      written: true,
    },
  ),
  patch(
    'opt-out: answered with the member as it was',
    (right) => ({ ...right, status: 'subscribed' }),
    5,
    ['1 opt-out still owed: heed status acme/newsletter --people'],
    {
      written: true,
    },
  ),
  patch('opt-out: answered with nobody', () => ({}), 0, [], { written: true }),
  put('create: answered with nobody', () => ({}), 0, [], { written: true }),
  put('create: answered with a list', (right) => [right], 0, [], { written: true }),
];
