/** What this vendor can do to a client besides the faults of the kit; the README tells each in a line. */
export const FAULT_KINDS: readonly string[] = [
  'locked',
  'migrating',
  'daily-limit',
  'partial-batch',
  'batch-fewer-rows',
  'batch-reordered-rows',
  'search-lag',
  'reads-empty',
  'next-repeats',
  'next-foreign',
  'list-deleted',
  'property-vanished',
  'property-retyped',
];
