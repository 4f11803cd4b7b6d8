import type { FaultRule, SeededRandom } from '@heed/sandbox';
import type { Setup } from './plan.ts';

/** What may become of any call. Rates are such that most syncs get through somehow: a kill in the middle is what is looked for. */
const ANYWHERE: readonly FaultRule[] = [
  { kind: 'reset', rate: 0.08, count: 6 },
  { kind: 'reset-after', rate: 0.08, count: 6 },
  { kind: 'throttle', rate: 0.1, count: 6 },
  { kind: 'throttle', rate: 0.1, count: 3, retryAfterS: 1 },
  { kind: 'server-error', status: 500, rate: 0.08, count: 6 },
  { kind: 'server-error', status: 503, rate: 0.08, count: 6, retryAfterS: 1 },
  { kind: 'html', status: 502, rate: 0.06, count: 4 },
  { kind: 'slow', rate: 0.3, delayMs: 40 },
  { kind: 'truncated', rate: 0.06, count: 4 },
  { kind: 'empty', rate: 0.02, count: 1 },
];

/** The answer to a write is lost, or the write never came. */
const writesOf = (routes: readonly string[]): readonly FaultRule[] =>
  routes.flatMap((route): readonly FaultRule[] => [
    { kind: 'reset-after', route, rate: 0.5, count: 4 },
    { kind: 'reset', route, rate: 0.5, count: 4 },
    { kind: 'timeout-after', route, count: 1, rate: 0.3 },
    { kind: 'timeout-before', route, count: 1, rate: 0.3 },
    { kind: 'truncated', route, rate: 0.4, count: 3 },
    { kind: 'server-error', status: 500, route, rate: 0.5, count: 5 },
    { kind: 'throttle', route, rate: 0.5, count: 5 },
    { kind: 'slow', route, rate: 0.7, delayMs: 80 },
  ]);

const SALESFORCE: readonly FaultRule[] = [
  ...ANYWHERE,
  { kind: 'expired-token', rate: 0.1, count: 1 },
  { kind: 'partial-batch', rate: 0.5, count: 2, details: { every: 3, statusCode: 'UNABLE_TO_LOCK_ROW' } },
  { kind: 'fewer-results', rate: 0.5, count: 2 },
  { kind: 'reordered-results', rate: 0.8 },
];
const SALESFORCE_WRITES = writesOf([
  'PATCH /services/data/*/composite/sobjects',
  'POST /services/data/*/composite/sobjects',
]);
const SALESFORCE_JOBS: readonly FaultRule[] = [
  ...writesOf(['POST /services/data/*/jobs/ingest', 'PUT /services/data/*/jobs/ingest/*/batches']),
  { kind: 'bulk-job-failed', count: 1, rate: 0.7, details: { at: 0.4 } },
  { kind: 'bulk-job-aborted', count: 1, rate: 0.7, details: { at: 0.6 } },
  { kind: 'bulk-job-stuck', count: 1, rate: 0.5 },
  { kind: 'bulk-upload-lost', count: 1, rate: 0.7 },
  { kind: 'bulk-upload-lost', count: 1, rate: 0.7, details: { stored: true } },
  { kind: 'bulk-results-truncated', count: 2, rate: 0.7 },
  { kind: 'bulk-results-missing', count: 1, rate: 0.7 },
  { kind: 'bulk-locator-expired', count: 1 },
];

const MAILCHIMP: readonly FaultRule[] = [
  ...ANYWHERE,
  { kind: 'partial-batch', rate: 0.5, count: 2 },
  { kind: 'batch-fewer-rows', rate: 0.5, count: 2 },
  { kind: 'batch-reordered-rows', rate: 0.8 },
];
const MAILCHIMP_WRITES = writesOf(['PATCH /3.0/lists/*/members/*', 'PUT /3.0/lists/*/members/*', 'POST /3.0/lists/*']);
const MAILCHIMP_BATCHES: readonly FaultRule[] = [
  ...writesOf(['POST /3.0/batches']),
  { kind: 'async-lost', count: 1, rate: 0.6 },
  { kind: 'async-lost', count: 1, rate: 0.6, details: { applied: true } },
  { kind: 'async-failing', count: 1, rate: 0.6 },
  { kind: 'async-stuck', count: 1, rate: 0.4 },
  { kind: 'archive-expired', count: 1 },
  { kind: 'archive-error', count: 2 },
  { kind: 'archive-reset', count: 1 },
  { kind: 'archive-truncated', count: 1 },
  { kind: 'archive-corrupt', count: 1 },
];

/** What goes wrong while this seed's syncs run: at each system none to three things of what can. */
export const faultsOf = (
  random: SeededRandom,
  many: Setup['many'],
): { readonly salesforce: readonly FaultRule[]; readonly mailchimp: readonly FaultRule[] } => {
  const some = (...sets: readonly (readonly FaultRule[])[]): readonly FaultRule[] =>
    Array.from({ length: random.int(4) }, () => random.pick(random.pick(sets)));
  const jobs = many?.where === 'audience' ? [SALESFORCE_JOBS, SALESFORCE_JOBS] : [];
  const batches = many?.where === 'CRM' ? [MAILCHIMP_BATCHES, MAILCHIMP_BATCHES] : [];
  return {
    salesforce: some(SALESFORCE, SALESFORCE_WRITES, ...jobs),
    mailchimp: some(MAILCHIMP, MAILCHIMP_WRITES, ...batches),
  };
};
