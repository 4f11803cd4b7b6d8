// The least possible number of calls of each case, worked out from what one call can carry at most and from docs/reads.md,
// which says what a run has to ask and why. Nothing here comes from a measurement.

/** What one call carries at most, or what a rule fixes. */
export const SIZES = {
  /** Rows in a page of a query; its next page has a locator. (Salesforce, REST API: default and maximum batch size) */
  queryRows: 2_000,
  /** Rows in a page of a query job's results: a page is made durable as one, and bounds our memory (docs/reads.md). */
  queryJobRows: 5_000,
  /** Ids in one `POST /composite/sobjects/{type}`. (Salesforce, sObject Collections) */
  retrieveIds: 2_000,
  /** Bytes of a request's URI and headers: a query travels in the URL. (Salesforce, App Limits Cheat Sheet) */
  headBytes: 16_384,
  /** Records in one `PATCH /composite/sobjects`. (Salesforce, sObject Collections) */
  collectionRecords: 200,
  /** Members in a page. (Mailchimp, `count` of GET /lists/{list_id}/members) */
  memberRows: 1_000,
  /** Members in one `POST /lists/{list_id}`. (Mailchimp, batch subscribe or unsubscribe) */
  batchMembers: 500,
  /** Operations in one `POST /batches`: no limit is documented, this many keep a lost job cheap (the connector's lane). */
  batchOperations: 1_000,
  /** Fewer field updates than these go one by one, and are answered at once (the connector's lane). */
  operationsFrom: 500,
} as const;

/** One kind of call: how often at least, and what says so. */
export interface Least {
  readonly calls: number;
  readonly source: string;
}

/** By kind, as `call-kinds.ts` names them. */
export interface LeastCalls {
  readonly salesforce: Readonly<Record<string, Least>>;
  readonly mailchimp: Readonly<Record<string, Least>>;
}

/** Calls for `rows` rows; an empty read costs one call, too. */
export const pages = (rows: number, perPage: number): number => Math.max(1, Math.ceil(rows / perPage));

/** Calls that are only made if there is something to write. */
export const batches = (writes: number, perCall: number): number => Math.ceil(writes / perCall);

/** Addresses of one length that fit into a query: quotes, a comma, and `%40` for the at sign; the rest needs some 1,000 bytes. */
export const addressesInQuery = (addressCharacters: number): number =>
  Math.floor((SIZES.headBytes - 1_000) / (addressCharacters + 5));

const once = (source: string): Least => ({ calls: 1, source });

/** Asked by every run, before it reads or writes anything. One record type, Contact; no lists. */
const everyRun: LeastCalls = {
  salesforce: {
    'POST /services/oauth2/token': once('credentials'),
    'GET /sobjects/Contact/describe': once('C18'),
    'GET /sobjects/Lead/describe': once('C18'),
    'GET /sobjects/Campaign/describe': once('C5'),
    'GET /query Campaign (names of lists)': once('C5'),
  },
  mailchimp: {
    'GET /': once('credentials'),
    'GET /lists': once('a list that is gone stops the run'),
    'GET /merge-fields': once('a field that is gone stops the run'),
    'GET /segments': once('reads.md'),
    'GET /interest-categories': once('reads.md'),
    'GET /interest-categories/{id}/interests': once('reads.md: per category, and there is one'),
    'GET /abuse-reports': { calls: 2, source: 'C1, C10: at the beginning, and at the end' },
  },
};

/** A beginning read of many rows: page after page, or a job whose results come in larger pages, whichever needs fewer calls. */
const beginningRead = (rows: number): Readonly<Record<string, Least>> => {
  const first = 'GET /queryAll Contact (everybody)';
  const byPages = pages(rows, SIZES.queryRows);
  const results = pages(rows, SIZES.queryJobRows);
  // A job costs one call to make it, one to see that it has ended, and one that counts what it must show.
  if (byPages <= results + 3) {
    return {
      [first]: once('C19, fields'),
      ...(byPages > 1 ? { 'GET /query/{locator}': { calls: byPages - 1, source: '2,000 rows a page' } } : {}),
    };
  }
  return {
    [first]: once('how many there are: a job that shows fewer is not believed'),
    'POST /jobs/query': once('Bulk API 2.0 above 2,000 rows'),
    'GET /jobs/query/{id}': once('it has ended: asked once at least'),
    'GET /jobs/query/{id}/results': { calls: results, source: '5,000 rows a page' },
  };
};

const changesOfSalesforce = (rows: number): Readonly<Record<string, Least>> => {
  const more = 2 * (pages(rows, SIZES.queryRows) - 1);
  return {
    'GET /queryAll Contact (changes)': { calls: 2, source: 'C1, C21: once for consent, once for fields' },
    ...(more > 0 ? { 'GET /query/{locator}': { calls: more, source: '2,000 rows a page' } } : {}),
    'GET /sobjects/Contact/deleted': { calls: 2, source: 'C12, C16: once for consent, once for fields' },
  };
};

/** `changed` members, of whom `unsubscribed` left. */
const changesOfMailchimp = (changed: number, unsubscribed = 0): Readonly<Record<string, Least>> => ({
  'GET /members (changes)': { calls: pages(changed, SIZES.memberRows), source: 'C1: 1,000 rows a page' },
  'GET /members (archived, changes)': once('C12a'),
  'GET /members (unsubscribed since)': {
    calls: pages(unsubscribed, SIZES.memberRows),
    source: 'C1: not documented that every opt-out moves last_changed',
  },
});

/** First sync of `contacts` Contacts into an empty audience; `optedOut` of them are opted out and become no members. */
export const firstSync = (contacts: number, optedOut: number): LeastCalls => {
  const optedOutMore = pages(optedOut, SIZES.queryRows) - 1;
  const begin = beginningRead(contacts);
  const locators = (begin['GET /query/{locator}']?.calls ?? 0) + optedOutMore;
  return {
    salesforce: {
      ...everyRun.salesforce,
      ...begin,
      'GET /queryAll Contact (opted out)': once('C1, C2, C5: 2,000 rows a page'),
      ...(locators > 0 ? { 'GET /query/{locator}': { calls: locators, source: '2,000 rows a page' } } : {}),
    },
    mailchimp: {
      ...everyRun.mailchimp,
      'GET /members (everybody)': once('C12a, C19: the audience is empty'),
      'GET /members (archived, everybody)': once('C12a'),
      'GET /members (archived, changes)': once('C12a: who was archived since the read, before the first batch'),
      'POST /lists/{audience}': {
        calls: batches(contacts - optedOut, SIZES.batchMembers),
        source: '500 members a call; the answer shows each',
      },
    },
  };
};

/** The sync after the first one: `members` have changed, by Heed itself. */
export const afterFirstSync = (members: number): LeastCalls => ({
  salesforce: { ...everyRun.salesforce, ...changesOfSalesforce(0) },
  mailchimp: { ...everyRun.mailchimp, ...changesOfMailchimp(members) },
});

/** Nobody changed anything. */
export const nothingChanged = (): LeastCalls => ({
  salesforce: { ...everyRun.salesforce, ...changesOfSalesforce(0) },
  mailchimp: { ...everyRun.mailchimp, ...changesOfMailchimp(0) },
});

/** `changed` Contacts have another title, which goes to their members. */
export const someChanged = (changed: number): LeastCalls => {
  const jobs = batches(changed, SIZES.batchOperations);
  return {
    salesforce: { ...everyRun.salesforce, ...changesOfSalesforce(changed) },
    mailchimp: {
      ...everyRun.mailchimp,
      ...changesOfMailchimp(0),
      ...(changed < SIZES.operationsFrom
        ? { 'PATCH /members/{hash}': { calls: changed, source: 'no call changes fields of several existing members' } }
        : {
            'POST /batches': { calls: jobs, source: '1,000 operations a job' },
            'GET /batches/{id}': {
              calls: jobs,
              source: 'it has ended: asked once at least; its results are a file elsewhere, and no call',
            },
          }),
    },
  };
};

/** Ids that fit into a query. */
const idsInQuery = addressesInQuery(18);

/** Twice: the record just before an opt-out (C21), and read back (C22). Few by a query, many by the 2,000. */
const contactsById = (people: number): Readonly<Record<string, Least>> => {
  const source = 'C21 just before, C22 read back';
  if (people <= idsInQuery) return { 'GET /queryAll Contact (by id)': { calls: 2, source } };
  const calls = 2 * batches(people, SIZES.retrieveIds);
  return { 'POST /composite/sobjects/Contact': { calls, source: `${source}; 2,000 ids a call` } };
};

/** `people` members unsubscribed; each has one Contact, at an address of so many characters. */
export const optOutsFromMailchimp = (people: number, addressCharacters: number): LeastCalls => ({
  salesforce: {
    ...everyRun.salesforce,
    ...changesOfSalesforce(0),
    'GET /queryAll Contact (by address)': {
      calls: batches(people, addressesInQuery(addressCharacters)),
      source: 'C1: every record of the address; as many as the URL takes',
    },
    ...contactsById(people),
    'PATCH /composite/sobjects': {
      calls: batches(people, SIZES.collectionRecords),
      source: '200 records a call; opt-outs never go by job (C21)',
    },
  },
  mailchimp: { ...everyRun.mailchimp, ...changesOfMailchimp(people, people) },
});

/** `people` Contacts were opted out; each has one member. `read` of them are read only now: none, if the guard held them before. */
export const optOutsFromSalesforce = (people: number, read: number): LeastCalls => ({
  salesforce: { ...everyRun.salesforce, ...changesOfSalesforce(read) },
  mailchimp: {
    ...everyRun.mailchimp,
    ...changesOfMailchimp(0),
    'GET /members (changes)': {
      calls: 2 + pages(people, SIZES.memberRows),
      source: 'C1 once; C21 what others did just before, once; C22 read back, 1,000 rows a page',
    },
    'GET /members (archived, changes)': { calls: 2, source: 'C12a: with each of the first two' },
    'POST /lists/{audience}': { calls: batches(people, SIZES.batchMembers), source: '500 members a call' },
  },
});

/** All calls of one system, or of both. */
export const sumOf = (least: LeastCalls): number =>
  [...Object.values(least.salesforce), ...Object.values(least.mailchimp)].reduce((sum, one) => sum + one.calls, 0);
