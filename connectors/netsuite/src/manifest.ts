import type { Capabilities, RateLimit } from '@heed/contract';
import type { NetSuiteConfig } from './config.ts';
import { lane } from './jobs.ts';
import { LIST_KINDS } from './lists.ts';
import { RECORD_TYPES } from './record-shape.ts';

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
  conditionalWrite: false,
  rename: true,
  tag: false,
  archive: false,
  // Only the recipient opts in again (section_N994827).
  clear: false,
  deletions: true,
  // The loser of a merge is gone from queries; nothing tells its heir.
  heirs: false,
  // Nothing that a look-up could bring: what proves it is a value of the opt-out field, seen to come (`provesOptIn`).
  proofs: [],
  changesKeptDays: null,
  listKinds: LIST_KINDS,
  unnamedLists: ['filter', 'savedSearch'],
  bulk: lane,
};

const SOURCE =
  'requests at once of all integrations of an account: 5 to 20 by service tier (bridgehead_1500275603); Heed takes 2 unless told';

export const limits: readonly RateLimit[] = [{ kind: 'concurrent', max: 2, source: SOURCE }];

/** As many as the customer says that Heed may take. */
export const limitsOf = ({ concurrency }: NetSuiteConfig): readonly RateLimit[] => [
  { kind: 'concurrent', max: concurrency, source: SOURCE },
];
