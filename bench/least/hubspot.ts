import { batches, type Calls, type LeastAsCrm, type LeastAsMarketing, once, pages, together } from './least.ts';

/** What one call carries at most. (vendor notes, "Limits"; connectors/hubspot/README.md, "Calls") */
const HUBSPOT = {
  /** Contacts in a page of `GET /objects/contacts`. */
  contactRows: 100,
  /** Contacts in a page of a search. */
  searchRows: 200,
  /** Contacts in one call of `batch/read`, `batch/create`, `batch/update`, and of a list's `memberships/add`, which follows them. */
  batchContacts: 100,
  /** Members of a list in a page. */
  memberRows: 250,
} as const;

/** Asked by every run; what `check` asked for serves the schema as well. */
const everyRun: Calls = {
  'GET /account-info/v3/details': once('credentials'),
  'GET /properties/contacts': once('C18'),
  'GET /objects/contacts': once('may contacts be read?'),
  'GET /communication-preferences/v4/definitions': once('C17; may opt-outs be written?'),
  'POST /lists/search': once('a list that is gone stops the run'),
};

const inBatches = (contacts: number): number => batches(contacts, HUBSPOT.batchContacts);

/** On the Professional plan, which has no batches of preferences: they are refused once. */
const unsubscribed = (people: number): Calls => ({
  'POST /communication-preferences/v4/statuses/{address}/unsubscribe-all': {
    calls: people,
    source: 'batches of them need Marketing Hub Enterprise',
  },
});

export const hubspotAsCrm: LeastAsCrm = {
  firstSync: (contacts, optedOut) =>
    together(everyRun, {
      'GET /objects/contacts': { calls: pages(contacts, HUBSPOT.contactRows), source: 'C19, fields: 100 rows a page' },
      'POST /objects/contacts/search': {
        calls: pages(optedOut, HUBSPOT.searchRows),
        source: 'C1, C2, C5: who is opted out, 200 rows a page',
      },
    }),
  later: (changed) =>
    together(everyRun, {
      'GET /objects/contacts': { calls: 2, source: 'C12: archived ones, once for consent, once for fields' },
      'POST /objects/contacts/search': {
        calls: 2 * pages(changed, HUBSPOT.searchRows),
        source: 'C1, C21: once for consent, once for fields, 200 rows a page',
      },
    }),
  lookedFor: (addresses) => ({
    'POST /objects/contacts/batch/read': { calls: inBatches(addresses), source: 'C1: by address, 100 a call' },
  }),
  optOuts: (people) => ({
    'POST /objects/contacts/batch/read': {
      calls: 3 * inBatches(people),
      source: 'C1: by address; C21 just before; C22 read back; 100 contacts a call',
    },
    // Fields are read after opt-outs were carried (C21), and so show them.
    'POST /objects/contacts/search': {
      calls: pages(people, HUBSPOT.searchRows) - 1,
      source: 'what was just written, 200 rows a page',
    },
    ...unsubscribed(people),
  }),
};

export const hubspotAsMarketing: LeastAsMarketing = {
  firstSync: (members, contacts) =>
    together(everyRun, {
      'GET /lists/{id}/memberships': once('C12a, C19: the list is empty'),
      'POST /objects/contacts/search': once('C1: who is opted out, in the list or not'),
      'POST /objects/contacts/batch/read': {
        calls: inBatches(contacts),
        source: 'C1, C9: whoever has no member is asked about, 100 addresses a call',
      },
      'GET /communication-preferences/v4/statuses/{address}/unsubscribe-all': {
        calls: contacts,
        source: 'C1: an opt-out needs no contact; batches of them need Marketing Hub Enterprise',
      },
      'POST /objects/contacts/batch/create': { calls: inBatches(members), source: '100 contacts a call' },
      'PUT /lists/{id}/memberships/add': { calls: inBatches(members), source: 'those of a batch' },
    }),
  later(changed, optedOut) {
    // Who is opted out is a row, in the list or not.
    const asked = changed - optedOut;
    const memberships = Math.min(asked, batches(asked, HUBSPOT.memberRows));
    return together(everyRun, {
      'GET /objects/contacts': once('C12: archived ones'),
      'POST /objects/contacts/search': { calls: pages(changed, HUBSPOT.searchRows), source: 'C1: 200 rows a page' },
      'GET /lists/{id}/memberships': { calls: memberships, source: 'who of the changed is in the list, 250 a page' },
    });
  },
  fields: (members) => ({
    'POST /objects/contacts/batch/update': { calls: inBatches(members), source: '100 contacts a call' },
  }),
  optOuts: (people) => ({
    'POST /objects/contacts/batch/read': {
      calls: 2 * inBatches(people),
      source: 'C21 just before; C22 read back; 100 contacts a call',
    },
    ...unsubscribed(people),
  }),
};
