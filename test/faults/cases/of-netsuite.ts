import { ATTENTION, DONE, FAILED, type FaultCase, UNREACHABLE, WAITING, WRONG } from '../runner/fault-case.ts';
import type { World } from '../runner/world.ts';
import { leadingElsewhere } from './elsewhere.ts';
import { NETSUITE, on } from './points.ts';

const system = 'netsuite';
const { reading, writing } = NETSUITE;

/** Behind the overlap of two reads: what a read of everybody has missed no read of changes would bring. */
const LONG_AGO_MS = 3_600_000;

const STATUS = 'globalSubscriptionStatus';

/** The administrator puts a field back that was taken away, with all that it held. */
const fieldBack =
  (record: string, name: string) =>
  ({ netsuite }: World) => {
    const { tables, fieldChanges } = netsuite.state();
    const table = tables.get(record);
    const field = table?.field(name);
    if (field === undefined) throw new Error(`${record} has no ${name}`);
    const changes = fieldChanges.length;
    return () => {
      table?.putField(field);
      fieldChanges.splice(changes);
    };
  };

const withoutField = (record: string, field: string) => (world: World) => {
  const undo = fieldBack(record, field)(world);
  world.netsuite.act('admin/remove-field', { record, field });
  return undo;
};

/** The role of the integration user gets less, and later what it had. */
const withLess = (less: Readonly<Record<string, unknown>>, all: Readonly<Record<string, unknown>>) => {
  return ({ netsuite }: World) => {
    netsuite.act('admin/permission', less);
    return () => void netsuite.act('admin/permission', all);
  };
};

/** Other integrations of the account are busy. */
const busy =
  (othersConcurrency: number) =>
  ({ netsuite }: World) => {
    netsuite.switches({ othersConcurrency });
    return () => netsuite.switches({ othersConcurrency: 0 });
  };

/** What a query cannot show while the field is hidden is no harm: nothing was written there. */
const HIDDEN_STATUS = /^contact \w+@x\.org is half written: [^s]*"lastname":"\w+"(,"status":"")?,"optedOut":false/;

/** The group comes back with the members it had. */
const groupBack = ({ netsuite, campaign }: World) => {
  const { tables, groupMembers } = netsuite.state();
  const groups = tables.get('entitygroup');
  const row = groups?.get(campaign ?? '');
  if (groups === undefined || row === undefined) throw new Error('there is no group');
  const members = groupMembers.filter(({ group }) => group === campaign);
  return () => {
    groups.put(row);
    if (!groupMembers.some(({ group }) => group === campaign)) groupMembers.push(...members);
  };
};

/** What would make the other cases worthless. */
const batchesSent = ({ netsuite }: World): readonly string[] =>
  netsuite.calls().some(({ method, path }) => method === 'PATCH' && /\/record\/v1\/\w+(\?|$)/.test(path))
    ? []
    : ['no batch was sent'];

/** An answer that looks like success to whoever looks at the status alone. */
const ERROR_IN_200 = {
  title: 'Internal Server Error',
  status: 500,
  'o:errorDetails': [{ detail: 'An unexpected error occurred.', 'o:errorCode': 'UNEXPECTED_ERROR' }],
};

/** What only NetSuite can do wrong. */
export const netsuiteCases: readonly FaultCase[] = [
  {
    name: 'every token is revoked, in the middle of reading and of writing',
    system,
    rules: on([reading[0], writing[0]], { kind: 'token-revoked', count: 1 }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'no token is ever good enough',
    alike: true,
    system,
    rules: on([...reading, ...writing, ...NETSUITE['naming its fields']], { kind: 'expired-token' }),
    exit: [UNREACHABLE],
    says: [/Login Audit Trail|session|tokens/],
  },
  {
    name: 'the certificate is taken away',
    system,
    begin: ({ netsuite }) => {
      const { certificates } = netsuite.state().credentials;
      const kept = certificates.splice(0);
      netsuite.act('admin/revoke-tokens');
      return () => void certificates.push(...kept);
    },
    exit: [UNREACHABLE],
    says: [/certificate is mapped to an active role/],
  },
  {
    name: 'the role may send no queries any more',
    system,
    begin: withLess({ name: 'workbook', granted: false }, { name: 'workbook', granted: true }),
    exit: [WRONG, UNREACHABLE],
    says: [/SuiteAnalytics Workbook|permission/],
  },
  {
    name: 'the role may look at contacts and change none',
    system,
    begin: withLess({ record: 'contact', level: 'view' }, { record: 'contact', level: 'full' }),
    exit: [UNREACHABLE],
    says: [/permission/],
    carriedAnyway: ['member bob@x.org', 'member dee@x.org'],
  },
  {
    name: 'other integrations leave no request free',
    system,
    begin: busy(5),
    exit: [UNREACHABLE],
    says: [/CONCURRENCY_LIMIT_EXCEEDED/],
  },
  { name: 'other integrations leave one request free', alike: true, system, begin: busy(4), exit: [DONE, ATTENTION] },
  {
    name: 'a mapped field is gone before the run',
    alike: true,
    system,
    begin: withoutField('contact', 'firstName'),
    exit: [DONE, WRONG, ATTENTION],
    mayShow:
      /^contact sue@x\.org is half written: \{"lastname":"sue"|^member new\d+@x\.org is half written: .*"FNAME":""/,
  },
  {
    name: 'a mapped field vanishes while records are read',
    system,
    begin: fieldBack('contact', 'firstName'),
    rules: on(reading, { kind: 'field-vanished', details: { record: 'contact', field: 'firstName' } }),
    exit: [DONE, WRONG, UNREACHABLE, ATTENTION],
    mayShow:
      /^contact sue@x\.org is half written: \{"lastname":"sue"|^member new\d+@x\.org is half written: .*"FNAME":""/,
  },
  {
    name: 'the status is hidden from the role before the run',
    system,
    begin: withoutField('contact', STATUS),
    exit: [WRONG, ATTENTION],
    says: [/globalSubscriptionStatus/],
    mayShow: HIDDEN_STATUS,
  },
  {
    name: 'the status is hidden while records are read',
    system,
    begin: fieldBack('contact', STATUS),
    rules: on(reading, { kind: 'field-vanished', details: { record: 'contact', field: STATUS } }),
    exit: [WRONG, UNREACHABLE, ATTENTION],
    mayShow: HIDDEN_STATUS,
  },
  {
    name: 'reads of changes come back empty',
    system,
    isHidden: true,
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a full read comes back empty',
    system,
    command: ['sync', 'acme', '--full'],
    stepMs: LONG_AGO_MS,
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [WAITING],
    says: [/C24/],
  },
  {
    name: '200 with an error inside, reading',
    alike: true,
    system,
    rules: on(reading, { kind: 'wrong-shape', details: { body: ERROR_IN_200 } }),
    exit: [FAILED],
  },
  // The transport is HubSpot's, whose redirects are always played.
  leadingElsewhere('reads are redirected to another host', system, (to) => ({
    alike: true,
    rules: on(reading, { kind: 'redirect', details: { to } }),
    exit: [FAILED],
    says: [/redirect/],
  })),
  leadingElsewhere('writes are redirected to another host, body and all', system, (to) => ({
    alike: true,
    rules: on(writing, { kind: 'redirect', status: 307, details: { to } }),
    exit: [ATTENTION],
    says: [/redirect/],
  })),
  leadingElsewhere('signing in is redirected to another host', system, (to) => ({
    begin: ({ netsuite }) => {
      netsuite.act('admin/revoke-tokens');
      return () => {};
    },
    rules: on(NETSUITE['signing in'], { kind: 'redirect', status: 307, details: { to } }),
    exit: [FAILED],
    says: [/redirect/],
  })),
  {
    name: 'nobody answers at the address',
    alike: true,
    system,
    begin: async ({ netsuite }) => {
      await netsuite.down();
      return () => netsuite.up();
    },
    exit: [UNREACHABLE],
    says: [/ECONNREFUSED/],
  },
];

const batches = NETSUITE['many changes at once'];

/** Of a profile with a group, and with more changed fields than single calls carry: they travel in an asynchronous batch. */
export const netsuiteCrowdCases: readonly FaultCase[] = [
  {
    name: 'the batch stops in the middle, for ever',
    system,
    rules: on(batches, { kind: 'job-stuck', count: 1 }),
    exit: [ATTENTION],
    says: [/\bjob\b/],
    waitMs: 2 * 3_600_000,
  },
  {
    name: 'the batch fails in the middle',
    system,
    alsoWrong: batchesSent,
    rules: on(batches, { kind: 'job-failed', count: 1 }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'every second record of the batch fails',
    alike: true,
    system,
    rules: on(batches, { kind: 'partial-batch', count: 1, details: { every: 2 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the answer to the batch is lost after it was taken, and every look at it as well',
    system,
    rules: [
      ...on(batches, { kind: 'timeout-after', count: 1 }),
      ...on(NETSUITE['looking at a job'], { kind: 'server-error', status: 500, count: 2 }),
    ],
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the group is deleted before the run',
    alike: true,
    system,
    begin: (world) => {
      const undo = groupBack(world);
      world.netsuite.act('admin/delete-group', { group: world.campaign });
      return undo;
    },
    exit: [WRONG],
    says: [/group|list/i],
  },
  {
    name: 'the group is deleted while records are read',
    system,
    begin: groupBack,
    rules: ({ campaign }) => on(reading, { kind: 'list-deleted', count: 1, details: { group: campaign } }),
    exit: [DONE, WRONG, ATTENTION],
  },
];
