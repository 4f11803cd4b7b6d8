import { batches, type Calls, type LeastAsCrm, once, pages, together } from './least.ts';

/** What one call carries at most. (vendor notes, "SuiteQL"; connectors/netsuite/README.md, "Calls") */
const NETSUITE = {
  /** Rows in an answer of a query. */
  queryRows: 1_000,
  /** Values in one `IN (...)`: the connector's bound, half of what the database takes. */
  values: 500,
} as const;

/** All queries are one call: what they ask stands in the body. */
const queries = (calls: number, source: string): Calls => ({ 'POST /suiteql': { calls, source } });

/** Asked by every run. One record type, contact; no lists. Both types are looked at, since a profile may name either. */
const everyRun: Calls = {
  'POST /auth/oauth2/v1/token': once('credentials'),
  'GET /metadata-catalog/contact': once('C18'),
  'GET /metadata-catalog/customer': once('C18'),
  'GET /dataset/': once('a list that is gone stops the run'),
  ...queries(4, 'C18: is the status shown, per type; categories (C17); groups'),
};

/** Each read finds the time zone out: a query, and a look at the record if it is another one than before. */
const zone = (isOther: boolean): Calls => ({
  ...queries(2, 'time zone, once for consent, once for fields'),
  'GET /contact/{id}': { calls: isOther ? 1 : 0, source: 'time zone, if another record was changed last' },
});

export const netsuiteAsCrm: LeastAsCrm = {
  firstSync: (contacts, optedOut) =>
    together(
      everyRun,
      zone(true),
      queries(pages(optedOut, NETSUITE.queryRows), 'C1, C2, C5: who is opted out, 1,000 rows a page'),
      queries(pages(contacts, NETSUITE.queryRows), 'C19, fields: 1,000 rows a page'),
    ),
  later: (changed) =>
    together(
      everyRun,
      zone(changed > 0),
      queries(2 * pages(changed, NETSUITE.queryRows), 'C1, C21: changes, once for consent, once for fields'),
      queries(2, 'C1: number of confirmed opt-outs, with each'),
      queries(2, 'C12: deletions, with each'),
    ),
  lookedFor: (addresses) => queries(batches(addresses, NETSUITE.values), 'C1: by address, 500 values a call'),
  optOuts: (people) => ({
    // Fields are read after opt-outs were carried (C21), and so show them.
    ...queries(
      3 * batches(people, NETSUITE.values) + pages(people, NETSUITE.queryRows) - 1,
      'C1: by address; C21 just before; C22 read back; 500 values a call; what was just written, 1,000 rows a page',
    ),
    'PATCH /contact/{id}': { calls: people, source: 'one record a call' },
  }),
};
