import { batches, type Calls, type LeastAsMarketing, once, pages, together } from './least.ts';

/** What one call carries at most, or what a rule fixes. */
export const MAILCHIMP = {
  /** Members in a page. (`count` of GET /lists/{list_id}/members) */
  memberRows: 1_000,
  /** Members in one `POST /lists/{list_id}`. (batch subscribe or unsubscribe) */
  batchMembers: 500,
  /** Operations in one `POST /batches`: no limit is documented, this many keep a lost job cheap (the connector's lane). */
  batchOperations: 1_000,
  /** Fewer field updates than these go one by one, and are answered at once (the connector's lane). */
  operationsFrom: 500,
} as const;

/** Asked by every run, before it reads or writes anything. */
const everyRun: Calls = {
  'GET /': once('credentials'),
  'GET /lists': once('a list that is gone stops the run'),
  'GET /merge-fields': once('a field that is gone stops the run'),
  'GET /segments': once('reads.md'),
  'GET /interest-categories': once('reads.md'),
  'GET /interest-categories/{id}/interests': once('reads.md: per category, and there is one'),
  'GET /abuse-reports': { calls: 2, source: 'C1, C10: at the beginning, and at the end' },
};

export const mailchimpAsMarketing: LeastAsMarketing = {
  firstSync: (members) =>
    together(everyRun, {
      'GET /members (everybody)': once('C12a, C19: the audience is empty'),
      'GET /members (archived, everybody)': once('C12a'),
      'GET /members (archived, changes)': once('C12a: who was archived since the read, before the first batch'),
      'POST /lists/{audience}': {
        calls: batches(members, MAILCHIMP.batchMembers),
        source: '500 members a call; the answer shows each',
      },
    }),
  later: (changed, optedOut) =>
    together(everyRun, {
      'GET /members (changes)': { calls: pages(changed, MAILCHIMP.memberRows), source: 'C1: 1,000 rows a page' },
      'GET /members (archived, changes)': once('C12a'),
      'GET /members (unsubscribed since)': {
        calls: pages(optedOut, MAILCHIMP.memberRows),
        source: 'C1: not documented that every opt-out moves last_changed',
      },
    }),
  fields(members) {
    if (members < MAILCHIMP.operationsFrom)
      return {
        'PATCH /members/{hash}': { calls: members, source: 'no call changes fields of several existing members' },
      };
    const calls = batches(members, MAILCHIMP.batchOperations);
    const ended = 'it has ended: asked once at least; its results are a file elsewhere, and no call';
    return {
      'POST /batches': { calls, source: '1,000 operations a job' },
      'GET /batches/{id}': { calls, source: ended },
    };
  },
  optOuts: (people) => ({
    'GET /members (changes)': {
      calls: 1 + pages(people, MAILCHIMP.memberRows),
      source: 'C21 what others did just before, once; C22 read back, 1,000 rows a page',
    },
    'GET /members (archived, changes)': once('C12a: with the look just before'),
    'POST /lists/{audience}': { calls: batches(people, MAILCHIMP.batchMembers), source: '500 members a call' },
  }),
};
