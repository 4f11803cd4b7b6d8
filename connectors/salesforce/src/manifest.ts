import type { Capabilities, RateLimit } from '@heed/contract';
import { RECORD_TYPES } from './object-shape.ts';
import { CHANGES_KEPT_DAYS } from './read.ts';

export const can: Capabilities = {
  optOutBy: 'field',
  customOptOutField: true,
  optOutIsWide: false,
  // Opt-outs stand on records; an address without a record has none.
  listsOptedOutWithoutContact: true,
  optOutUnknown: false,
  newMembers: [],
  creates: RECORD_TYPES,
  reference: true,
  // Single records only, by whole seconds of LastModifiedDate: used for `clear`, too weak to be relied on.
  conditionalWrite: false,
  rename: true,
  tag: false,
  archive: false,
  clear: true,
  deletions: true,
  heirs: true,
  // C7: Salesforce proves nothing.
  proofs: [],
  changesKeptDays: CHANGES_KEPT_DAYS,
  listKinds: ['campaign'],
  bulk: {
    kinds: ['patch'],
    fromOps: 2_000,
    mostOps: 10_000,
    source:
      'REST collections up to 2,000 records, Bulk API 2.0 above; a batch of a job has 10,000 (Bulk API 2.0 Developer Guide)',
  },
};

export const limits: readonly RateLimit[] = [
  {
    kind: 'concurrent',
    max: 5,
    source:
      'long-running requests: 25, 5 in Developer and trial orgs (App Limits Cheat Sheet, concurrent API requests)',
  },
  {
    kind: 'daily',
    max: 15_000,
    source: 'Developer Edition: 15,000 a day; Enterprise from 100,000 (App Limits Cheat Sheet, total API requests)',
  },
];
