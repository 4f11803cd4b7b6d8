import { ARCHIVE_FLAWS } from './batches/async-batch.ts';

/** What this vendor can do to a client besides the faults of the kit; the README tells each in a line. */
export const FAULT_KINDS: readonly string[] = [
  'partial-batch',
  'batch-fewer-rows',
  'batch-reordered-rows',
  'search-lag',
  'read-lag',
  'reads-empty',
  'offset-repeats',
  'offset-skips',
  'offset-ignored',
  'audience-deleted',
  'merge-field-vanished',
  'merge-field-retyped',
  'async-stuck',
  'async-lost',
  'async-failing',
  'archive-expired',
  'archive-host',
  ...ARCHIVE_FLAWS,
];
