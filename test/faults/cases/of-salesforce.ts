import { ATTENTION, DONE, FAILED, type FaultCase, UNREACHABLE, WAITING, WRONG } from '../runner/fault-case.ts';
import type { World } from '../runner/world.ts';
import { leadingElsewhere } from './elsewhere.ts';
import { on, SALESFORCE } from './points.ts';

const system = 'salesforce';
const { reading, writing } = SALESFORCE;
const NEXT_PAGE = 'GET /services/data/*/query/*';

/** Reads come in several pages. */
const inPages = ({ salesforce }: World) => {
  salesforce.switches({ pageSize: 5 });
  return () => salesforce.switches({ pageSize: 2_000 });
};

const hidden =
  (type: string, field: string) =>
  ({ salesforce }: World) => {
    salesforce.act('admin/hide-field', { type, field });
    return () => void salesforce.act('admin/grant', { type, field });
  };

/** What only Salesforce can do wrong. */
export const salesforceCases: readonly FaultCase[] = [
  {
    name: 'a token runs out between two pages',
    system,
    begin: inPages,
    rules: [{ kind: 'expired-token', route: NEXT_PAGE, count: 1 }],
    exit: [DONE, ATTENTION],
  },
  {
    name: 'no token is ever good enough',
    system,
    rules: [{ kind: 'expired-token' }],
    exit: [UNREACHABLE],
    says: [/session|tokens/],
  },
  {
    name: 'somebody else rotated the token, in the middle of reading and of writing',
    system,
    rules: on([reading[0], writing[0]], { kind: 'token-rotated', count: 1 }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a query locator has ended',
    system,
    begin: inPages,
    rules: [{ kind: 'expired-locator', route: NEXT_PAGE, count: 1 }],
    exit: [DONE, ATTENTION],
  },
  {
    // Asked again from the stamp on, which needs a page with more than one stamp; these have fewer.
    name: 'no query locator lasts, and a page is full of records with one stamp',
    system,
    begin: inPages,
    rules: [{ kind: 'expired-locator', route: NEXT_PAGE }],
    exit: [FAILED],
    says: [/no longer kept/],
  },
  {
    name: 'the link to the next page leads to the same page',
    system,
    begin: inPages,
    rules: on([NEXT_PAGE, ...reading], { kind: 'repeating-next-link' }),
    exit: [FAILED],
  },
  leadingElsewhere('the link to the next page leads to another host', system, (url) => ({
    begin: inPages,
    rules: on([NEXT_PAGE, ...reading], { kind: 'foreign-next-link', details: { url } }),
    exit: [FAILED],
    says: [/another host/],
  })),
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
  leadingElsewhere('signing in is redirected to another host', system, (to) => ({
    rules: on(SALESFORCE['signing in'], { kind: 'redirect', status: 307, details: { to } }),
    exit: [FAILED],
    says: [/redirect/],
  })),
  {
    name: 'reads come back empty',
    system,
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [ATTENTION],
  },
  {
    name: 'a full read comes back empty',
    system,
    stepMs: 3_600_000, // Behind the overlap of two reads: no read of changes brings it.
    command: ['sync', 'acme', '--full'],
    rules: on(reading, { kind: 'reads-empty' }),
    exit: [WAITING],
  },
  { name: '200 with an error inside, reading', system, rules: on(reading, { kind: 'error-in-200' }), exit: [FAILED] },
  {
    name: '200 with an error inside, writing',
    system,
    rules: on(writing, { kind: 'error-in-200' }),
    exit: [ATTENTION],
  },
  {
    name: 'every second record of a batch is locked',
    system,
    rules: on(writing, { kind: 'partial-batch', details: { every: 2, statusCode: 'UNABLE_TO_LOCK_ROW' } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch answers fewer results',
    system,
    rules: on(writing, { kind: 'fewer-results' }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch answers its results in another order',
    system,
    rules: on(writing, { kind: 'reordered-results' }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch fails in part and answers in another order',
    system,
    rules: on(writing, { kind: 'reordered-results' }).flatMap((rule) => [
      rule,
      { ...rule, kind: 'partial-batch', details: { every: 2 } },
    ]),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a commit becomes visible after the read has passed its stamp',
    system,
    begin: (world) => {
      world.salesforce.act('admin/edit', {
        email: 'ned@x.org',
        fields: { HasOptedOutOfEmail: true },
        visibleAfterMs: 12 * 60_000,
      });
      return () => {};
    },
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the opt-out field of a type is hidden',
    system,
    begin: hidden('Contact', 'HasOptedOutOfEmail'),
    exit: [DONE, WRONG, ATTENTION],
    says: [/HasOptedOutOfEmail/],
  },
  {
    name: 'the opt-out field vanishes while records are read',
    system,
    begin:
      ({ salesforce }) =>
      () =>
        void salesforce.act('admin/grant', { type: 'Contact', field: 'HasOptedOutOfEmail' }),
    rules: on(reading, {
      kind: 'field-vanished',
      count: 1,
      details: { type: 'Contact', field: 'HasOptedOutOfEmail' },
    }),
    exit: [DONE, WRONG, UNREACHABLE, ATTENTION],
    says: [/HasOptedOutOfEmail|What was owed is still owed/],
  },
  {
    name: 'a mapped field vanishes while records are read',
    system,
    begin:
      ({ salesforce }) =>
      () =>
        void salesforce.act('admin/grant', { type: 'Contact', field: 'FirstName' }),
    rules: on(reading, { kind: 'field-vanished', count: 1, details: { type: 'Contact', field: 'FirstName' } }),
    exit: [DONE, WRONG, UNREACHABLE, ATTENTION],
  },
  {
    name: 'nobody answers at the address',
    system,
    begin: async ({ salesforce }) => {
      await salesforce.down();
      return () => salesforce.up();
    },
    exit: [UNREACHABLE],
    says: [/ECONNREFUSED/],
  },
];

/** The campaign and its members come back from the Recycle Bin. */
const putBack = ({ salesforce, campaign }: World): void => {
  salesforce.act('admin/undelete', { id: campaign });
  for (const { Id, CampaignId, IsDeleted } of [...salesforce.state().needTable('CampaignMember').rows()])
    if (CampaignId === campaign && IsDeleted === true) salesforce.act('admin/undelete', { id: Id });
};

/** Of a profile with a campaign and a custom opt-out field. */
export const campaignCases: readonly FaultCase[] = [
  {
    name: 'the campaign is deleted before the run',
    system,
    begin: (world) => {
      world.salesforce.act('admin/delete', { id: world.campaign });
      return () => putBack(world);
    },
    exit: [WRONG],
    says: [/list|campaign/i],
  },
  {
    name: 'the campaign is deleted while records are read',
    system,
    begin: (world) => () => putBack(world),
    rules: ({ campaign }) => on(reading.slice(0, 1), { kind: 'list-deleted', count: 1, details: { campaign } }),
    exit: [DONE, WRONG, ATTENTION],
  },
  {
    name: 'the custom opt-out field has another type',
    system,
    begin: ({ salesforce }) => {
      const field = { type: 'Contact', field: 'Newsletter_Opt_Out__c' };
      salesforce.act('admin/retype-field', { ...field, fieldType: 'string' });
      return () => void salesforce.act('admin/retype-field', { ...field, fieldType: 'boolean' });
    },
    exit: [DONE, WRONG, ATTENTION],
    says: [/Newsletter_Opt_Out__c/],
  },
  {
    name: 'the custom opt-out field gets another type while records are read',
    system,
    begin: ({ salesforce }) => {
      const field = { type: 'Contact', field: 'Newsletter_Opt_Out__c', fieldType: 'boolean' };
      return () => void salesforce.act('admin/retype-field', field);
    },
    rules: on(reading, {
      kind: 'field-retyped',
      count: 1,
      details: { type: 'Contact', field: 'Newsletter_Opt_Out__c', fieldType: 'string' },
    }),
    exit: [DONE, WRONG, ATTENTION],
  },
];
