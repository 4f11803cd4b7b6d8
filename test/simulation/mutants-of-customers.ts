import type { Mutant } from './mutant.ts';

const FIELDS = 'packages/core/src/plan/field-writes.ts';
const MEMBERLESS = 'packages/core/src/plan/memberless-record.ts';
const REACH = 'packages/core/src/consent/reach.ts';

/** Mistakes about time, about what operators say, and about customers with more than two systems. */
export const MUTANTS_OF_CUSTOMERS: readonly Mutant[] = [
  {
    name: 'searches show what is',
    mistake: 'a read that lags behind our own writes is taken for somebody’s edit',
    edits: [
      {
        file: 'packages/core/src/sync/older-rows.ts',
        from: 'row.modifiedAt < before.modifiedAt',
        to: 'row.modifiedAt < 0',
      },
    ],
    seed: 626,
  },
  {
    name: 'clocks are right',
    mistake: 'dates of a vendor whose clock is an hour ahead are compared with those of another one',
    edits: [
      {
        file: 'packages/core/src/consent/standing.ts',
        from: 'const doubtMs = doubtOf(optIn) + (optOut.when.doubtMs ?? 0);',
        to: 'const doubtMs = DOUBT_MS;',
      },
    ],
    seed: 2004,
  },
  {
    name: 'a date is a date',
    mistake: 'what a clock says counts more than the order in which reads have shown it',
    edits: [
      {
        file: 'packages/core/src/consent/remember.ts',
        from: 'const at = Math.max(stamp, since ?? stamp);',
        to: 'const at = stamp;',
      },
    ],
    seed: 1416,
  },
  {
    name: 'an erased person is somebody new',
    mistake: 'whoever was deleted on request is imported again by the next read, and made a member again',
    edits: [
      {
        file: 'packages/store/src/erased.ts',
        from: 'if (addresses.length === 0 || !this.any()) return new Map();',
        to: 'if (addresses.length >= 0) return new Map();',
      },
      {
        file: 'packages/core/src/sync/ingest.ts',
        from: 'if (names.size === 0) return { reading, gone: [] };',
        to: 'return { reading, gone: [] };',
      },
    ],
    options: { alone: true },
  },
  {
    name: 'an opt-out list is not the customer’s word',
    mistake: 'a list is imported into one tool, and the next sync of another one knows nothing of it',
    edits: [{ file: REACH, from: 'return fact.topic === said && all.includes(connection);', to: 'return false;' }],
    options: { alone: true },
  },
  {
    name: 'what another profile wrote is known',
    mistake: 'a change is told to the profile that made it alone',
    edits: [{ file: 'packages/store/src/marks.ts', from: 'markIn(database, name, addresses, at);', to: 'void name;' }],
    seed: 372,
  },
  {
    name: 'opted out elsewhere is mailable here',
    mistake: 'two CRMs and one audience: who opted out in one of them is made a member by the other',
    edits: [
      {
        file: MEMBERLESS,
        from: "optedOutElsewhere: anywhere.some((binding) => binding.via === 'doubtful' || standsAnywhere(binding)),",
        to: 'optedOutElsewhere: false,',
      },
      {
        file: MEMBERLESS,
        from: "anywhere.length > 0 || around.ledger.facts.some((fact) => fact.address === address && fact.says === 'opted-out'),",
        to: 'false,',
      },
    ],
    options: { alone: false },
  },
  {
    name: 'resubscribed by a create',
    mistake: 'HubSpot v4: who is unsubscribed is written as a new subscriber, and the vendor takes it',
    edits: [
      {
        file: 'packages/core/src/plan/consent-case.ts',
        from: "if (member.life.kind !== 'live') return { kind: 'vanished' };",
        to: "if (member.member.status === 'unsubscribed') return { kind: 'none' };\n  if (member.life.kind !== 'live') return { kind: 'vanished' };",
      },
      {
        file: FIELDS,
        from: "const member = around.member?.life.kind === 'live' ? around.member : null;",
        to: "const member = around.member?.life.kind === 'live' && around.member.member?.status !== 'unsubscribed' ? around.member : null;",
      },
      {
        file: REACH,
        from: "if (role === 'marketing') return fact.topic === said && isOf(scope, fact.source);",
        to: "if (role === 'marketing') return false;",
      },
      {
        file: MEMBERLESS,
        from: "optedOutElsewhere: anywhere.some((binding) => binding.via === 'doubtful' || standsAnywhere(binding)),",
        to: 'optedOutElsewhere: false,',
      },
      {
        file: MEMBERLESS,
        from: "anywhere.length > 0 || around.ledger.facts.some((fact) => fact.address === address && fact.says === 'opted-out'),",
        to: 'false,',
      },
      {
        file: 'packages/testkit/src/simulation/marketing.ts',
        from: 'return this.#applyPatch(there, op.fields);',
        to: "this.change(there, 'us', 'create', { status });\n    return { told: 'applied', member: there };",
      },
    ],
    options: { alone: true, rules: { createMarketing: true } },
  },
];
