import { batches, type Calls, type Least, type LeastAsCrm, once, pages, together } from './least.ts';

/** What one call carries at most, or what a rule fixes. */
export const SALESFORCE = {
  /** Rows in a page of a query; its next page has a locator. (REST API: default and maximum batch size) */
  queryRows: 2_000,
  /** Rows in a page of a query job's results: a page is made durable as one, and bounds our memory (docs/reads.md). */
  queryJobRows: 5_000,
  /** Ids in one `POST /composite/sobjects/{type}`. (sObject Collections) */
  retrieveIds: 2_000,
  /** Bytes of a request's URI and headers: a query travels in the URL. (App Limits Cheat Sheet) */
  headBytes: 16_384,
  /** Records in one `PATCH /composite/sobjects`. (sObject Collections) */
  collectionRecords: 200,
} as const;

/**
 * Values of one length that fit into a query: `%27` twice and a comma each; the rest, token and headers among it, needs some 550
 * bytes. A URL has no plain `'` in its query (WHATWG URL, special-query percent-encode set), but commas and at signs (RFC 3986,
 * 3.4). In the body of a composite call a query may be longer (Salesforce Help 000386264); how long, no source says.
 */
export const valuesInQuery = (characters: number): number =>
  Math.floor((SALESFORCE.headBytes - 550) / (characters + 7));

/** Asked by every run, before it reads or writes anything. One record type, Contact; no lists. */
const everyRun: Calls = {
  'POST /services/oauth2/token': once('credentials'),
  'GET /sobjects/Contact/describe': once('C18'),
  'GET /sobjects/Lead/describe': once('C18'),
  'GET /sobjects/Campaign/describe': once('C5'),
  'GET /query Campaign (names of lists)': once('C5'),
};

/** A beginning read of many rows: page after page, or a job whose results come in larger pages, whichever needs fewer calls. */
const beginningRead = (rows: number): Calls => {
  const first = 'GET /queryAll Contact (everybody)';
  const byPages = pages(rows, SALESFORCE.queryRows);
  const results = pages(rows, SALESFORCE.queryJobRows);
  // A job costs one call to make it, one to see that it has ended, and one that counts what it must show.
  if (byPages <= results + 3) return { [first]: once('C19, fields'), ...locators(byPages - 1) };
  return {
    [first]: once('how many there are: a job that shows fewer is not believed'),
    'POST /jobs/query': once('Bulk API 2.0 above 2,000 rows'),
    'GET /jobs/query/{id}': once('it has ended: asked once at least'),
    'GET /jobs/query/{id}/results': { calls: results, source: '5,000 rows a page' },
  };
};

const locators = (calls: number): Readonly<Record<string, Least>> =>
  calls > 0 ? { 'GET /query/{locator}': { calls, source: '2,000 rows a page' } } : {};

/** Twice: the record just before an opt-out (C21), and read back (C22). Few by a query, many by the 2,000. */
const contactsById = (people: number): Calls => {
  const source = 'C21 just before, C22 read back';
  if (people <= valuesInQuery(18)) return { 'GET /queryAll Contact (by id)': { calls: 2, source } };
  const calls = 2 * batches(people, SALESFORCE.retrieveIds);
  return { 'POST /composite/sobjects/Contact': { calls, source: `${source}; 2,000 ids a call` } };
};

const lookedFor: LeastAsCrm['lookedFor'] = (addresses, addressCharacters) => ({
  'GET /queryAll Contact (by address)': {
    calls: batches(addresses, valuesInQuery(addressCharacters)),
    source: 'C1: every record of the address; as many as the URL takes',
  },
});

export const salesforceAsCrm: LeastAsCrm = {
  firstSync: (contacts, optedOut) =>
    together(
      everyRun,
      beginningRead(contacts),
      { 'GET /queryAll Contact (opted out)': once('C1, C2, C5: 2,000 rows a page') },
      locators(pages(optedOut, SALESFORCE.queryRows) - 1),
    ),
  later: (changed) =>
    together(
      everyRun,
      {
        'GET /queryAll Contact (changes)': { calls: 2, source: 'C1, C21: once for consent, once for fields' },
        'GET /sobjects/Contact/deleted': { calls: 2, source: 'C12, C16: once for consent, once for fields' },
      },
      locators(2 * (pages(changed, SALESFORCE.queryRows) - 1)),
    ),
  lookedFor,
  optOuts: (people, addressCharacters) => ({
    ...lookedFor(people, addressCharacters),
    ...contactsById(people),
    'PATCH /composite/sobjects': {
      calls: batches(people, SALESFORCE.collectionRecords),
      source: '200 records a call; opt-outs never go by job (C21)',
    },
    // Fields are read after opt-outs were carried (C21), and so show them.
    ...locators(pages(people, SALESFORCE.queryRows) - 1),
  }),
};
