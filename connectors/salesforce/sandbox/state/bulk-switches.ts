import type { SwitchDeclaration } from '@heed/sandbox';

/** How long jobs of the Bulk API take, its limits, and behaviours of it that no source confirms ([UNV]). */
export const bulkSwitches = {
  bulkJobLooks: {
    default: 1,
    about:
      'How many reads of its information show a job unfinished before one shows it done; -1: looking does not move it',
  },
  bulkJobMs: {
    default: 10_000,
    about: 'After how long a job is done though nobody looks; -1: time does not move it',
  },
  bulkRowsPerSecond: { default: 0, about: 'How fast time moves a job, on top of bulkJobMs; 0: rows cost no time' },
  bulkPartRows: {
    default: 100_000,
    about: 'Records of an object that a query job reads at one moment; later parts show later changes',
  },
  bulkPageRows: { default: 50_000, about: 'Most records of one page of query results' },
  bulkListJobs: { default: 1000, about: 'Jobs of one page of a list of jobs' },
  bulkUploadBytes: { default: 157_286_400, about: 'Largest upload, counted after base64: 150 MB' },
  dailyBulkBatches: { default: 15_000, about: 'Batches of ingest jobs in 24 hours, one for every 10,000 records' },
  dailyBulkQueryJobs: { default: 10_000, about: 'Query jobs in 24 hours' },
  bulkSecondUpload: {
    default: 'refused-at-close',
    values: ['refused-at-close', 'appended'],
    about: 'A second upload for a job: accepted, and the job cannot be closed (seen); or appended (one description)',
  },
  bulkCloseWithoutUpload: {
    default: 'refused',
    values: ['refused', 'completes'],
    about: 'A job that is closed without an upload: refused, or done with no records [UNV]',
  },
  bulkHiddenColumn: {
    default: 'job',
    values: ['job', 'record'],
    about: 'An upload with a column the user may not see: the job fails, or each of its records [UNV]',
  },
  bulkQueryRefusal: {
    default: 'call',
    values: ['call', 'job'],
    about: 'A query that cannot be: the call that makes its job is refused, or the job fails [UNV]',
  },
  bulkResultsTooEarly: {
    default: 'not-found',
    values: ['not-found', 'no-content', 'bad-request'],
    about: 'Results of a job that is not done: 404, an empty 204 (guide of v50), or 400 [UNV]',
  },
  bulkDateTimes: {
    default: 'zulu',
    values: ['zulu', 'offset'],
    about: 'Date-times in query results: 2026-11-21T10:00:00.000Z, or with +0000 as in the REST API [UNV]',
  },
  bulkLimitInfo: {
    default: true,
    about:
      'Sforce-Limit-Info on answers below /jobs: the REST guide says every answer, the Bulk guide lists no such header [UNV]',
  },
  bulkCompressed: { default: true, about: 'Query results are compressed when the caller accepts gzip' },
} as const satisfies Readonly<Record<string, SwitchDeclaration>>;
