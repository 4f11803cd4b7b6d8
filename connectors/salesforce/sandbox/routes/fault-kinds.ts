/** Fault kinds of this vendor; see the README for what each does. */
export const faultKinds = [
  // Answers to many records at once, REST and bulk.
  'partial-batch',
  'fewer-results',
  'reordered-results',
  // Queries and lists.
  'expired-locator',
  'repeating-next-link',
  'foreign-next-link',
  'reads-empty',
  'error-in-200',
  // What somebody else did between two calls.
  'field-vanished',
  'field-retyped',
  'list-deleted',
  'token-rotated',
  // Bulk jobs.
  'bulk-job-stuck',
  'bulk-job-failed',
  'bulk-job-aborted',
  'bulk-upload-lost',
  'bulk-results-truncated',
  'bulk-results-missing',
  'bulk-locator-expired',
] as const;
