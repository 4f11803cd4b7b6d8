import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/** A mistake that a known product has made, put into the engine on purpose: the simulation must notice it. */
export interface Mutant {
  readonly name: string;
  readonly mistake: string;
  readonly edits: readonly Edit[];
  /** Where the mistake shows rarely, what happens often while it is looked for. */
  readonly options?: SimulationOptions;
}

const OBSERVE = 'packages/core/src/consent/observe.ts';
const FIELDS = 'packages/core/src/plan/field-writes.ts';
const MEMBERLESS = 'packages/core/src/plan/memberless-record.ts';
const RECORDLESS = 'packages/core/src/plan/member-without-record.ts';
const WINDOWED = 'packages/toolkit/src/windowed-read.ts';

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
        file: 'packages/core/src/sync/read.ts',
        from: 'return everyone(columns.consent, initially);',
        to: 'return { ...columns.consent, lists: run.view.profile.crm.lists, initially };',
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
    edits: [{ file: WINDOWED, from: 'state.beganAt - read.overlapMs', to: 'state.beganAt' }],
    options: { quirks: { overlapMs: 300_000, lateMs: 150_000 } },
  },
  {
    name: 'unknown treated as done',
    mistake: 'a time-out is taken for success',
    edits: [
      {
        file: 'packages/core/src/sync/write.ts',
        from: "if (outcome === undefined || outcome.result === 'unknown' || isUnshown(outcome, intent)) return intent;",
        to: "if (outcome === undefined || outcome.result === 'unknown') return { ...intent, state: 'applied', answeredAt: intent.sentAt };",
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
        from: 'for (const one of await relatives(run, [...spread])) dirty.add(one);',
        to: `if (reading.cursor !== null)
    await store.commitPage(
      run.lease,
      { system, run: run.id, shadows: [], facts: [], intents: [], dirty: [], cursor: reading.cursor },
      clock.now(),
    );
  for (const one of await relatives(run, [...spread])) dirty.add(one);`,
      },
    ],
  },
  {
    name: 'largest-seen watermark',
    mistake: 'Nango templates and others: the watermark is the newest time stamp of the rows that came',
    edits: [
      {
        file: WINDOWED,
        from: 'const since = state.beganAt - read.overlapMs;',
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
        from: '? sameSystem(optIn.source, target)',
        to: '? true',
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
];
