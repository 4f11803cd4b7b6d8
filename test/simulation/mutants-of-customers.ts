import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';
import type { Mutant } from './mutant.ts';

const FIELDS = 'packages/core/src/plan/field-writes.ts';
const MEMBERLESS = 'packages/core/src/plan/memberless-record.ts';
const REACH = 'packages/core/src/consent/reach.ts';

/** The customer has one profile, and that a topic. */
const WITH_TOPIC: SimulationOptions = { alone: true, rules: { topic: true } };

/** Mistakes about time, about what operators say, about topics, and about customers with more than two systems. */
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
    name: 'what a look-up does not show was never said',
    mistake: 'the newest answer is taken for all there is to know: who left and was taken back at once never left (C1)',
    edits: [
      {
        file: 'packages/core/src/sync/said-meanwhile.ts',
        from: 'if (told.length === 0) return [];',
        to: 'return [];',
      },
    ],
    seed: 8766,
  },
  {
    name: 'an echo keeps the oldest opt-out behind it',
    mistake: 'one that was lifted where it is carried to, so that the box is cleared and set by turns (C7, C8)',
    edits: [
      {
        file: 'packages/core/src/consent/decide.ts',
        from: '(one.stands(target) ? STANDS : 0)',
        to: '(one.stands(target) ? 0 : 0)',
      },
    ],
    seed: 39444,
  },
  {
    name: 'what we opted out ourselves stays where it was said',
    mistake:
      'an echo is taken for nothing at all: of several records of the address only the ticked one is opted out (C8, C1)',
    edits: [
      {
        file: 'packages/core/src/consent/decide.ts',
        from: ' || isListed(optOut) || saidByMarketing(one, optOut));',
        to: ' || isListed(optOut));',
      },
      {
        file: 'packages/core/src/consent/decide.ts',
        from: 'const spreads = said || (forCrm.length > 0 && isOutAsDemanded(one, forMarketing));',
        to: 'const spreads = said;',
      },
    ],
    // Another profile of the audience carries opt-outs to it, this one does not.
    options: {
      alone: false,
      faults: false,
      rules: { crmToMarketing: false },
      acts: ['tick', 'tick', 'edit record field'],
    },
  },
  {
    name: 'whoever is opted out already needs nothing more',
    mistake:
      'a member that was opted out at another address and brought here keeps the other records mailable (C8, example 5)',
    edits: [
      {
        file: 'packages/core/src/consent/decide.ts',
        from: ' || (forCrm.length > 0 && isOutAsDemanded(one, forMarketing));',
        to: ';',
      },
    ],
    seed: 85087,
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
    name: 'an opt-out of another audience counts here',
    mistake:
      'whoever leaves the newsletter of one brand gets none of the others any more, though they share a CRM only (C2)',
    edits: [
      {
        file: 'packages/core/src/consent/decide.ts',
        from: '  origin.complaint || (fact.echoOf === null',
        to: "  origin.source.role === 'marketing' || (fact.echoOf === null",
      },
    ],
    options: { alone: false, rules: { crmToMarketing: false } },
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
  {
    name: 'who follows whom in the other connections is not asked',
    mistake: 'only what was said of the very address counts there, not what came to it with the person (C15, C26)',
    edits: [{ file: MEMBERLESS, from: '[around, ...around.elsewhere()].flatMap(', to: '[around].flatMap(' }],
    seed: 460,
  },
  {
    name: 'an opt-out of one topic is one of everything',
    mistake: 'plug-ins that know one box only: whoever leaves a newsletter gets no mail at all any more',
    edits: [
      {
        file: REACH,
        from: "if (role === 'marketing') return fact.topic === said && isOf(scope, fact.source);",
        to: "if (role === 'marketing') return (said === ALL_MAIL || fact.topic === said) && isOf(scope, fact.source);",
      },
    ],
    options: WITH_TOPIC,
  },
  {
    name: 'a box of one topic is one of everything',
    mistake: 'the same from the other side: every box that says "no" unsubscribes',
    edits: [
      {
        file: REACH,
        from: 'return !wider && isOf(scope, fact.source) && scope.crmFields.includes(field);',
        to: 'return !wider && isOf(scope, fact.source) && (scope.topic === null || scope.crmFields.includes(field));',
      },
    ],
    options: { ...WITH_TOPIC, rules: { topic: true, crmToMarketing: true } },
  },
  {
    name: 'opt-outs of a topic are not seen',
    mistake: 'only the status of a member is looked at, not which of the mailings it left',
    edits: [
      {
        file: 'packages/core/src/consent/observe.ts',
        from: 'observeTopics(read, before, by, say);',
        to: 'void observeTopics;',
      },
    ],
    options: WITH_TOPIC,
  },
  {
    name: 'boxes of a topic are not carried to marketing',
    mistake: 'a topic goes one way only, whatever the profile says',
    edits: [
      {
        file: 'packages/core/src/plan/consent-writes.ts',
        from: "if (verdict.member === 'opt-out' && topic.id !== null) {",
        to: "if (verdict.member === 'opt-out' && topic.name === ALL_MAIL && topic.id !== null) {",
      },
    ],
    options: { ...WITH_TOPIC, rules: { topic: true, crmToMarketing: true } },
  },
  {
    name: 'created into a topic that they left',
    mistake: 'a new member is in everything by default, whatever the box of the topic says',
    edits: [
      {
        file: 'packages/core/src/plan/topics.ts',
        from: 'create: verdict.create && !joins,',
        to: 'create: verdict.create,',
      },
    ],
    options: { ...WITH_TOPIC, rules: { topic: true, createMarketing: true } },
  },
];
