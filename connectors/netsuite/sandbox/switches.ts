import type { SwitchDeclaration } from '@heed/sandbox';

/** What no source confirms about NetSuite ([UNV]), or what the customer's account decides. */
export const SWITCHES = {
  // The account.
  unsubscribedByDefault: {
    default: false,
    about: 'The preference "Unsubscribed to Marketing By Default": new records without a status are 2 instead of 1.',
  },
  oneWorld: {
    default: false,
    about: 'OneWorld: subsidiary is mandatory on customers, and on contacts without a company.',
  },
  subscriptionCategories: {
    default: true,
    about: 'The feature Subscription Categories: campaignSubscription and the sublist subscriptions on customers.',
  },
  defaultCustomerType: {
    default: 'company',
    values: ['company', 'person'],
    about: 'What a new customer without isPerson is.',
  },
  uniqueContactNames: { default: true, about: 'Whether entityId of contacts must be unique per company.' },
  fieldChecks: {
    default: true,
    about: 'Whether length (names 32), addresses and phone numbers (7 digits) are checked; not in our notes.',
  },
  sessionTimeZone: { default: 'America/Los_Angeles', about: "The user's time zone: SuiteQL and q filters live in it." },
  dateFormat: { default: 'M/D/YYYY', about: "The user's date format, as D.M.YYYY or YYYY-MM-DD." },
  accountConcurrency: {
    default: 5,
    about: 'Calls served at once: 5, 15 or 20 by service tier, +10 per SuiteCloud Plus.',
  },
  othersConcurrency: { default: 0, about: 'How many of these other integrations occupy all the time.' },
  tokenBasedAuthentication: { default: true, about: 'Whether TBA still works; new integrations end with 2027.1.' },
  tokenLifetimeMs: { default: 3_600_000, about: 'How long an OAuth 2.0 access token lives.' },
  timestampSkewMs: {
    default: 300_000,
    about:
      "How far oauth_timestamp may be from the sandbox's clock; -1: not checked (netsuite-rest always uses the machine's clock).",
  },
  expiresInType: { default: 'string', values: ['string', 'number'], about: 'expires_in as "3600" or 3600 [UNV].' },
  // Subscription status.
  confirmedStatusWrite: {
    default: 'INVALID_CONTENT',
    values: ['INVALID_CONTENT', 'USER_ERROR', 'ignored'],
    about: 'What a write of 3 or 4, or of anything over a 4, gets: an error, or 204 without effect [UNV].',
  },
  confirmedOptInWritable: {
    default: true,
    about: 'Whether the API may set a Confirmed Opt-In (3) to 1 or 2; else as confirmedStatusWrite [UNV].',
  },
  recipientActMovesLastModified: {
    default: true,
    about: "Whether a recipient's click moves lastModifiedDate; if not, no incremental read can see it [UNV].",
  },
  confirmedOptOutClearsSubscriptions: {
    default: true,
    about: 'Whether 4 clears the category subscriptions as 2 does [UNV].',
  },
  recipientSpellings: {
    default: 'any-case',
    values: ['any-case', 'as-written'],
    about: "Whether a recipient's click reaches records that spell the address with other capitals [UNV].",
  },
  unsubscribeBox: {
    default: 'independent',
    values: ['independent', 'follows-status'],
    about: 'The checkbox unsubscribe: a field of its own, or always what the status says [UNV].',
  },
  // Records.
  sharedExternalIds: { default: true, about: 'Whether contacts and customers share one set of external ids [UNV].' },
  duplicateExternalIdCode: {
    default: 'USER_ERROR',
    values: ['USER_ERROR', 'INVALID_CONTENT', 'DUP_RCRD'],
    about: 'The code of a create with an external id that exists [UNV].',
  },
  deleteWithTransactions: {
    default: 'refused',
    values: ['refused', 'allowed'],
    about: 'DELETE of an entity that has transactions (admin/transaction).',
  },
  // SuiteQL.
  suiteqlNulls: { default: 'omitted', values: ['omitted', 'null'], about: 'Empty columns in SuiteQL results [UNV].' },
  suiteqlKeys: { default: 'lower', values: ['lower', 'as-written'], about: 'Keys in SuiteQL results [UNV].' },
  suiteqlBooleans: { default: 'T/F', values: ['T/F', 'true/false'], about: 'Checkboxes in SuiteQL results [UNV].' },
  suiteqlNumbers: {
    default: 'strings',
    values: ['strings', 'numbers'],
    about: 'Numbers in SuiteQL results; the documentation shows strings.',
  },
  suiteqlTextCase: {
    default: 'sensitive',
    values: ['sensitive', 'insensitive'],
    about: 'Whether = and LIKE on text mind capitals [UNV].',
  },
  suiteqlParams: { default: true, about: 'Whether "params" with ? are supported by the query service.' },
  suiteqlFetchFirst: { default: true, about: 'Whether FETCH FIRST n ROWS ONLY is supported [UNV].' },
  rowCap: { default: 100_000, about: 'Most rows of one query, over all its pages.' },
  aboveRowCap: {
    default: 'truncated',
    values: ['truncated', 'error'],
    about: 'A query with more rows: cut off without a word, or refused [UNV].',
  },
  offsetMultipleOfLimit: { default: true, about: 'Whether offset must be a multiple of limit, else 400 [UNV].' },
  unorderedRows: {
    default: 'shuffled',
    values: ['shuffled', 'by-id'],
    about: 'Rows of a query without ORDER BY: in another order at each call, or by id.',
  },
  deletedRecordId: { default: true, about: 'Whether deletedrecord has a column recordid [UNV].' },
  deletedRecordType: {
    default: 'name',
    values: ['name', 'number'],
    about: 'What recordtypeid holds: CONTACT, or the internal number -6 [UNV].',
  },
  mergeLeavesDeletedRecord: { default: false, about: 'Whether the loser of a merge shows up in deletedrecord [UNV].' },
  groupMemberTable: {
    default: 'entitygroupmember',
    about: 'How SuiteQL calls the members of groups: columns "entitygroup" and "member" [UNV].',
  },
  subscriptionTable: {
    default: '',
    about: "How SuiteQL calls the customers' category subscriptions; empty: it has no such table [UNV].",
  },
  workbookRefusal: {
    default: 403,
    values: [403, 404],
    about: 'What SuiteQL and datasets answer without the permission SuiteAnalytics Workbook.',
  },
  // Asynchronous requests.
  jobLooks: { default: 1, about: 'How many reads of a job show it unfinished; -1: looking does not move it.' },
  jobMs: { default: 10_000, about: 'After how long a job is done though nobody looks; -1: time does not move it.' },
  resultTooEarly: { default: 404, values: [404, 400], about: 'The result of a task that is not done [UNV].' },
} as const satisfies Readonly<Record<string, SwitchDeclaration>>;
