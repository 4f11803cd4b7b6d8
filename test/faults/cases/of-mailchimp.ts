import { ATTENTION, DONE, FAILED, type FaultCase, UNREACHABLE, WAITING, WRONG } from '../runner/fault-case.ts';
import type { World } from '../runner/world.ts';
import { leadingElsewhere } from './elsewhere.ts';
import { MAILCHIMP, on } from './points.ts';

const system = 'mailchimp';
const { reading, writing } = MAILCHIMP;

const audienceOf = ({ mailchimp }: World) => {
  const audience = mailchimp.state().audiences.get(mailchimp.audience);
  if (audience === undefined) throw new Error('the audience is gone');
  return audience;
};

/** The administrator restores what was deleted, field by field, from a backup of his own. */
const restored = (world: World) => {
  const audience = audienceOf(world);
  const fields = [...audience.mergeFields];
  const names = [...audience.members.all()].map((member) => [member, member.mergeFields.FNAME] as const);
  return () => {
    world.mailchimp.state().audiences.set(audience.id, audience);
    audience.mergeFields.splice(0, audience.mergeFields.length, ...fields);
    for (const [member, FNAME] of names) {
      if (member.mergeFields.FNAME === FNAME) continue;
      if (member.status === 'archived') Object.assign(member.mergeFields, { FNAME });
      else world.mailchimp.act('admin/edit', { email: member.email, mergeFields: { FNAME } });
    }
  };
};

const inState =
  (account: string) =>
  ({ mailchimp }: World) => {
    mailchimp.switches({ account });
    return () => mailchimp.switches({ account: 'active' });
  };

/** What only Mailchimp can do wrong. */
export const mailchimpCases: readonly FaultCase[] = [
  {
    name: 'the key is refused',
    system,
    rules: [{ kind: 'expired-token' }],
    exit: [UNREACHABLE],
    says: [/credentials/],
  },
  {
    name: 'the key is refused between reading and writing',
    system,
    rules: on(writing, { kind: 'expired-token' }),
    exit: [UNREACHABLE],
    says: [/credentials/],
  },
  { name: 'the user is disabled', system, begin: inState('user-disabled'), exit: [UNREACHABLE], says: [/disabled/] },
  { name: 'the account is under review', system, begin: inState('compliance'), exit: [UNREACHABLE], says: [/review/] },
  {
    name: 'the audience is deleted before the run',
    system,
    begin: (world) => {
      const undo = restored(world);
      world.mailchimp.state().audiences.delete(world.mailchimp.audience);
      return undo;
    },
    exit: [WRONG],
    says: [/audience/],
  },
  {
    name: 'the audience is deleted while members are read',
    system,
    begin: restored,
    rules: on(reading, { kind: 'audience-deleted', count: 1 }),
    exit: [WRONG],
    says: [/audience/],
  },
  {
    name: 'the audience is deleted while members are written',
    system,
    begin: restored,
    rules: on(writing, { kind: 'audience-deleted', count: 1 }),
    exit: [WRONG, ATTENTION],
  },
  {
    name: 'a merge field is gone before the run',
    system,
    begin: restored,
    rules: [{ kind: 'merge-field-vanished', details: { tag: 'FNAME' } }],
    exit: [WRONG],
    says: [/FNAME/],
  },
  {
    name: 'a merge field vanishes while members are read',
    system,
    begin: restored,
    rules: on(reading, { kind: 'merge-field-vanished', details: { tag: 'FNAME' } }),
    exit: [DONE, WRONG, ATTENTION],
    // Made from a member without the field; it is filled in when the field is back.
    mayShow: /^Contact sue@x\.org is half written: \{"FirstName":null,/,
  },
  {
    name: 'a merge field has another type',
    system,
    begin: restored,
    rules: on(MAILCHIMP['naming its fields'], {
      kind: 'merge-field-retyped',
      details: { tag: 'FNAME', type: 'number' },
    }),
    exit: [DONE, WRONG, ATTENTION],
    // A name is no number: people become members without it, and it is filled in when the type is right again.
    mayShow:
      /^member new\d+@x\.org is half written: .*"FNAME":"",|^Contact sue@x\.org is half written: \{"FirstName":null,/,
    recovery: ['retry', 'acme'],
  },
  {
    // An empty answer about changes looks like a quiet day. What is older than the overlap of two reads (5 minutes) only the
    // weekly complete read would bring.
    name: 'reads of changes come back empty',
    system,
    stepMs: 120_000,
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a full read comes back empty',
    system,
    command: ['sync', 'acme', '--full'],
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [WAITING],
    says: [/C24/],
  },
  {
    // Behind by more than the overlap of two reads (5 minutes), only the weekly complete read would see it.
    name: 'a search index lags behind by four minutes',
    system,
    stepMs: 60_000,
    laterIsMeanwhile: true,
    rules: on(reading, { kind: 'search-lag', details: { lagMs: 240_000 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'reads show a minute late what was written',
    system,
    rules: [{ kind: 'read-lag', details: { lagMs: 60_000 } }],
    exit: [DONE, ATTENTION],
  },
  {
    name: 'every second member of a batch fails',
    system,
    rules: on(writing, { kind: 'partial-batch', details: { every: 2 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch answers fewer rows',
    system,
    rules: on(writing, { kind: 'batch-fewer-rows', details: { every: 2 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch answers its rows in another order, and some not at all',
    system,
    rules: on(writing, { kind: 'batch-reordered-rows' }).flatMap((rule) => [
      rule,
      { ...rule, kind: 'batch-fewer-rows', details: { every: 3 } },
    ]),
    exit: [DONE, ATTENTION],
  },
  leadingElsewhere('reads are redirected to another host', system, (to) => ({
    rules: on(reading, { kind: 'redirect', details: { to } }),
    exit: [FAILED],
    says: [/redirect/],
  })),
  leadingElsewhere('writes are redirected to another host, body and all', system, (to) => ({
    rules: on(writing, { kind: 'redirect', status: 307, details: { to } }),
    exit: [ATTENTION],
    says: [/redirect/],
  })),
  {
    name: 'nobody answers at the address',
    system,
    begin: async ({ mailchimp }) => {
      await mailchimp.down();
      return () => mailchimp.up();
    },
    exit: [UNREACHABLE],
    says: [/ECONNREFUSED/],
  },
];
