import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS_OF_CUSTOMERS } from './mutants-of-customers.ts';

const OBSERVE = 'packages/core/src/consent/observe.ts';
const FIELDS = 'packages/core/src/plan/field-writes.ts';
const MEMBERLESS = 'packages/core/src/plan/memberless-record.ts';
const RECORDLESS = 'packages/core/src/plan/member-without-record.ts';
const WINDOWED = 'packages/toolkit/src/windowed-read.ts';
const REACH = 'packages/core/src/consent/reach.ts';
const JOBS = 'packages/core/src/sync/jobs.ts';
/** Nearly every field update goes by a job. */
const WITH_JOBS: SimulationOptions = {
  quirks: { crmJobs: { fromOps: 1, mostOps: 3 }, marketingJobs: { fromOps: 1, mostOps: 3 } },
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'address change sends "subscribed"',
    mistake: 'Grouparoo: consent was no part of the contract, so a new address was written as a new subscriber',
    edits: [
      {
        file: MEMBERLESS,
        from: "const op = { kind: 'rename', record: member.record, from: member.email ?? '', to: winner.email } as const;",
        to: "const op = { kind: 'create', type: 'member', email: winner.email, reference: null, fields: {}, as: 'subscribed', set: {} } as const;",
      },
    ],
    options: {
      acts: ['rename record', 'rename back', 'edit record field', 'unsubscribe'],
      rules: { createMarketing: true, lists: false },
    },
  },
  {
    name: 'create defaults to subscribed',
    mistake: 'plug-ins whose sign-up call has `subscribed` as its default, whatever was agreed with the customer',
    edits: [
      {
        file: 'packages/core/src/consent/newcomer.ts',
        from: "if (newMembers === 'non-subscribed') {",
        to: "if (newMembers !== 'subscribe') return { as: 'subscribed' };\n  if (newMembers === 'non-subscribed') {",
      },
    ],
  },
  {
    name: 'whole-record writes',
    mistake: 'syncs that send every mapped field whenever one changed, and undo what was edited on the other side',
    edits: [
      {
        file: 'packages/core/src/plan/merge-record.ts',
        from: '  const created = record === null ? toCrm : toMarketing;',
        to: `  if (record !== null && member !== null && Object.keys(toMarketing.values).length > 0)
    for (const field of view.fields)
      if (field.crm[type] !== undefined && !(field.marketing.name in toMarketing.values))
        toMarketing.add(field.marketing.name, record.values[field.mapping.crm] ?? null, null, null);
  const created = record === null ? toCrm : toMarketing;`,
      },
    ],
  },
  {
    name: 'list filter before consent',
    mistake: 'opt-outs are looked for only among the people of the synced list',
    edits: [
      {
        file: 'packages/core/src/sync/consent-read.ts',
        from: 'const ask = everyone(columns.consent, initially);',
        to: 'const ask: Ask = { ...columns.consent, lists: run.view.profile.crm.lists, initially };',
      },
    ],
    options: { rules: { lists: true, scope: 'everyone', crmToMarketing: true } },
  },
  {
    name: '`>` instead of `>=` on resume',
    mistake: 'pages that go on behind the last time stamp and lose the rows that share it',
    edits: [
      {
        file: WINDOWED,
        from: 'const from = state.stream === stream.name ? state.from : startOf(state.since);',
        to: `const place = state.stream === stream.name ? state.from : startOf(state.since);
    const from = place === null || place.at === null ? place : { at: place.at + 1, id: null };`,
      },
    ],
  },
  {
    name: 'no overlap',
    mistake: 'the next read begins exactly where the last one began, so what was committed late is never seen',
    edits: [{ file: WINDOWED, from: 'earlierBegin(state) - read.overlapMs', to: 'earlierBegin(state)' }],
    options: { quirks: { overlapMs: 300_000, lateMs: 150_000 } },
  },
  {
    name: 'unknown treated as done',
    mistake: 'a time-out is taken for success',
    edits: [
      {
        file: 'packages/core/src/sync/write.ts',
        from: "if (outcome.result === 'unknown' || isUnshown(outcome, intent)) return intent;",
        to: "if (outcome.result === 'unknown') return { ...intent, state: 'applied', answeredAt: intent.sentAt };",
      },
    ],
    options: { opFaults: ['lost, not applied'] },
  },
  {
    name: 'cursor before facts',
    mistake: 'the cursor is stored when the page arrives, the page is worked on afterwards',
    edits: [
      {
        file: 'packages/core/src/sync/ingest.ts',
        from: 'const isNews = (address: AddressKey): boolean =>',
        to: `if (reading.cursor !== null)
    await store.commitPage(
      run.lease,
      { system, run: run.id, shadows: [], facts: [], intents: [], dirty: [], dirtyFields: [], cursor: reading.cursor },
      clock.now(),
    );
  const isNews = (address: AddressKey): boolean =>`,
      },
    ],
  },
  {
    name: 'largest-seen watermark',
    mistake: 'Nango templates and others: the watermark is the newest time stamp of the rows that came',
    edits: [
      {
        file: WINDOWED,
        from: 'const since = earlierBegin(state) - read.overlapMs;',
        to: 'const since = rows.at(-1)?.modifiedAt ?? state.since ?? state.beganAt;',
      },
    ],
  },
  {
    name: 'create keyed by e-mail only',
    mistake: 'no reference of our own: after a crash or an address change the same person is made twice',
    edits: [
      {
        file: RECORDLESS,
        from: 'view.profile.reference === null ? null : { field',
        to: 'view.profile.reference !== undefined ? null : { field',
      },
    ],
    options: {
      acts: ['sign up', 'rename record', 'edit record field'],
      rules: { createCrm: true, reference: true, lists: false },
      quirks: { poison: null },
      opFaults: ['crash-after', 'lost, applied'],
    },
  },
  {
    name: 'echo treated as a new opt-out',
    mistake: 'what we wrote ourselves comes back as news, and outlives the opt-out behind it',
    edits: [{ file: OBSERVE, from: 'echoOf: echo?.because[0] ?? null,', to: 'echoOf: null,' }],
  },
  {
    name: 'untick treated as opt-in',
    mistake: 'an operator who unticks a box subscribes a person who opted out',
    edits: [
      {
        file: OBSERVE,
        from: "say(rule.field, 'opted-in', { by: 'unknown' });",
        to: "say(rule.field, 'opted-in', { by: 'person', at: row.modifiedAt, proof: 'unticked' });",
      },
      {
        file: 'packages/core/src/consent/standing.ts',
        from: "if (target.role === 'marketing') return sameSystem(optIn.source, target);",
        to: "if (target.role === 'marketing') return true;",
      },
    ],
  },
  {
    name: 'archived treated as absent',
    mistake: 'mc-woocommerce#951, jethro-pmm#656: an archived member is created again, and its opt-out is gone',
    edits: [
      {
        file: 'packages/core/src/plan/consent-case.ts',
        from: "if (member.life.kind !== 'live') return { kind: 'vanished' };",
        to: "if (member.member.status === 'archived') return { kind: 'none' };\n  if (member.life.kind !== 'live') return { kind: 'vanished' };",
      },
      {
        file: FIELDS,
        from: "const member = around.member?.life.kind === 'live' ? around.member : null;",
        to: "const member = around.member?.life.kind === 'live' && around.member.member?.status !== 'archived' ? around.member : null;",
      },
    ],
    options: { rules: { createMarketing: true } },
  },
  {
    name: 'a fact needs an address',
    mistake: 'a record without an e-mail address is nobody, so its opt-out is nobody’s',
    edits: [
      {
        file: OBSERVE,
        from: "return known ?? (system.role === 'crm' ? recordAddress(system.connection, row.record) : null);",
        to: 'return known;',
      },
    ],
    seed: 33431,
  },
  {
    name: 'silence of a hidden field is a word',
    mistake: 'a read that could not show the field counts as one that showed it not ticked',
    edits: [
      {
        file: 'packages/core/src/consent/when.ts',
        from: 'return sight === undefined ? null : (sight ?? now);',
        to: 'return now;',
      },
    ],
    seed: 34743,
  },
  {
    name: 'whoever acts while we wait for an answer is us',
    mistake: 'a lost answer explains every change of its time',
    edits: [
      {
        file: 'packages/core/src/consent/echo.ts',
        from: "if (intent.state === 'open' && row.modifiedBy !== 'us') return false;",
        to: '',
      },
    ],
    seed: 34749,
  },
  {
    name: 'all clocks are one',
    mistake: 'times of two vendors, or of two transactions, are compared to the millisecond',
    edits: [{ file: REACH, from: 'fact.when.from - doubtOf(fact)', to: 'fact.when.from' }],
    seed: 39136,
  },
  {
    name: 'an address opts in for whoever comes there',
    mistake: 'an opt-in is looked up by address alone, also for somebody who had another one when it was made',
    edits: [{ file: REACH, from: 'if (origin.address === address) return true;', to: 'return true;' }],
    seed: 44974,
  },
  {
    name: 'gone from elsewhere is new here',
    mistake: 'a member that moved and was deleted is created again where it had been',
    edits: [
      {
        file: 'packages/core/src/plan/consent-case.ts',
        from: "(shadow) => shadow.life.kind !== 'continued' && shadow.address",
        to: "(shadow) => shadow.life.kind === 'live' && shadow.address",
      },
    ],
    seed: 504749,
  },
  {
    name: 'any link makes the winner',
    mistake: 'which record supplies the fields hangs on a link of another address that the same run replaces',
    edits: [
      {
        file: FIELDS,
        from: 'member === null ? around.linkOfRecord(shadow) !== null',
        to: 'partner !== undefined ? around.linkOfRecord(shadow) !== null',
      },
    ],
    seed: 50790,
  },
  {
    name: 'a list is empty until it is read',
    mistake: 'a read that was cut off decides who has left',
    edits: [
      {
        file: 'packages/core/src/sync/read-records.ts',
        from: 'if (asked !== null && asked !== stream) await store.dropCursor(run.lease, stream);',
        to: '',
      },
      { file: FIELDS, from: '|| mayHaveLeft(shadow, view)', to: '' },
    ],
    seed: 103083,
  },
  {
    name: 'a job is remembered once it runs',
    mistake: 'a process that is killed between handing a job over and noting it sends everything twice',
    edits: [
      { file: JOBS, from: 'await store.saveJob(run.lease, job, intents);', to: '' },
      {
        file: JOBS,
        from: 'await bulk.start(ticket, ops, run.signal) }, []);',
        to: 'await bulk.start(ticket, ops, run.signal) }, intents);',
      },
    ],
    options: WITH_JOBS,
  },
  {
    name: 'a job is not waited for',
    mistake: 'who is in a running job is planned and sent again by the next run',
    edits: [
      {
        file: 'packages/core/src/plan/neighbours.ts',
        from: 'inJob: [...addresses].some((one) => inJob.has(one)),',
        to: 'inJob: false,',
      },
    ],
    options: WITH_JOBS,
  },
  {
    name: 'a job that never started is done',
    mistake: 'a job that the vendor does not know (any more) has surely ended well',
    edits: [
      {
        file: JOBS,
        from: 'outcome: byOp.get(intent.id) ?? lost(intent),',
        to: "outcome: ((one = byOp.get(intent.id) ?? lost(intent)) => one.result === 'rejected' && one.refusal.kind === 'stale' ? { op: intent.id, result: 'applied', record: 'record' in intent.op ? intent.op.record : null, row: null, at: intent.sentAt } as Outcome : one)(),",
      },
    ],
    options: WITH_JOBS,
  },
  {
    name: 'opt-outs wait for jobs',
    mistake: 'a run that waits for a slow job does nothing else',
    edits: [{ file: JOBS, from: 'await between();', to: 'void between;' }],
    options: {
      acts: ['unsubscribe', 'edit record field'],
      rules: { lists: false },
      quirks: { crmJobs: null, marketingJobs: { fromOps: 1, mostOps: 3, fate: 'slow' } },
    },
  },
  ...MUTANTS_OF_CUSTOMERS,
];
