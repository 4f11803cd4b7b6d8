import { ATTENTION, DONE, FAILED, type FaultCase, UNREACHABLE, WAITING, WRONG } from '../runner/fault-case.ts';
import type { World } from '../runner/world.ts';
import { leadingElsewhere } from './elsewhere.ts';
import { HUBSPOT, on } from './points.ts';

const system = 'hubspot';
const { reading, searching, writing } = HUBSPOT;

const HOUR_MS = 3_600_000;
/** The day's budget begins anew at midnight of the account, at the latest. */
const TOMORROW_MS = 25 * HOUR_MS;

/** Behind the overlap of two reads: what a read of everybody has missed no read of changes would bring. */
const LONG_AGO_MS = HOUR_MS;

/** The administrator puts back what was taken away, and nothing that people did meanwhile. */
const propertyBack =
  (name: string) =>
  ({ hubspot }: World) => {
    const { properties } = hubspot.state();
    const property = properties.get(name);
    if (property === undefined) throw new Error(`there is no ${name}`);
    return () => void properties.set(name, property);
  };

const listBack = ({ hubspot }: World) => {
  const list = hubspot.state().lists.get(hubspot.audience);
  if (list === undefined) throw new Error('the list is gone');
  return () => {
    list.deletedAtMs = undefined;
  };
};

/** The app keeps every scope but one. */
const withoutScope =
  (lost: RegExp) =>
  ({ hubspot }: World) => {
    const { access } = hubspot.state();
    const all = access.scopes;
    access.scopes = all.filter((scope) => !lost.test(scope));
    return () => {
      access.scopes = all;
    };
  };

const erased =
  (...names: readonly string[]) =>
  ({ hubspot }: World) => {
    for (const name of names) hubspot.act('admin/privacy-delete', { email: `${name}@x.org` });
    return () => {};
  };

/** An answer that looks like success to whoever looks at the status alone. */
const ERROR_IN_200 = {
  status: 'error',
  message: 'internal error',
  category: 'INTERNAL_ERROR',
  correlationId: '1c4b7c3e-0000-4000-8000-000000000000',
};

/** A new contact that is in the list when its own row was seen: till then nobody mails it. */
const NOT_YET_LISTED = /^member new\d@x\.org is half written: .*"isListed":false,"optedOut":false/;

/** What HubSpot can do wrong in either role. */
const inBothRoles: readonly FaultCase[] = [
  {
    name: 'the budget of the day is used up',
    system,
    rules: [{ kind: 'daily-limit' }],
    waitMs: TOMORROW_MS,
    exit: [UNREACHABLE],
    says: [/DAILY/],
  },
  {
    name: 'the budget of the day is used up between reading and writing',
    alike: true,
    system,
    rules: on(writing, { kind: 'daily-limit' }),
    waitMs: TOMORROW_MS,
    exit: [UNREACHABLE, ATTENTION],
  },
  {
    name: 'the searches of a second are used up, by somebody else',
    system,
    rules: on(searching, { kind: 'throttle', count: 2, details: { policy: 'SEARCH' } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the account is locked for a moment',
    alike: true,
    system,
    rules: on([...reading, ...writing], { kind: 'locked', count: 1 }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the account is moved to another data centre, for a day',
    system,
    rules: [{ kind: 'migrating', retryAfterS: 86_400 }],
    waitMs: TOMORROW_MS,
    exit: [UNREACHABLE],
    says: [/another data centre/],
  },
  {
    name: 'the app may write no opt-out any more',
    system,
    begin: withoutScope(/^communication_preferences\.(read_)?write$/),
    exit: [UNREACHABLE],
    says: [/communication_preferences\.write/],
    carriedAnyway: ['Contact ann@x.org', 'Contact cid@x.org', 'Lead cid@x.org', 'Contact lou@x.org'],
  },
  {
    name: 'a mapped property is gone before the run',
    alike: true,
    system,
    begin: (world) => {
      const undo = propertyBack('firstname')(world);
      world.hubspot.act('admin/remove-property', { name: 'firstname' });
      return undo;
    },
    exit: [WRONG],
    says: [/firstname/],
  },
  {
    name: 'a mapped property vanishes while contacts are read',
    system,
    begin: propertyBack('firstname'),
    rules: on(searching, { kind: 'property-vanished', details: { name: 'firstname' } }),
    exit: [WRONG],
    says: [/firstname is gone/],
  },
  {
    name: 'a mapped property becomes a number while contacts are read',
    alike: true,
    system,
    begin: propertyBack('firstname'),
    rules: on(searching, { kind: 'property-retyped', details: { name: 'firstname', type: 'number' } }),
    exit: [DONE, WRONG, ATTENTION],
    recovery: ['retry', 'acme'],
  },
  {
    name: 'reads of changes come back empty',
    system,
    stepMs: 120_000,
    isHidden: true,
    rules: on(searching, { kind: 'reads-empty' }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'the search index lags behind by four minutes',
    system,
    stepMs: 60_000,
    isHidden: true,
    laterIsMeanwhile: true,
    rules: on(searching, { kind: 'search-lag', details: { lagMs: 240_000 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: '200 with an error inside, reading',
    system,
    rules: on(reading, { kind: 'wrong-shape', status: 200, details: { body: ERROR_IN_200 } }),
    exit: [FAILED],
  },
];

/** What HubSpot can do wrong as the marketing tool. */
export const hubspotMarketingCases: readonly FaultCase[] = [
  ...inBothRoles,
  {
    name: 'the key is revoked',
    alike: true,
    system,
    begin: ({ hubspot }) => {
      hubspot.act('admin/revoke', { tokens: 'static' });
      return () => void hubspot.state().access.revoked.splice(0);
    },
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
  {
    name: 'the list is deleted before the run',
    alike: true,
    system,
    begin: (world) => {
      world.hubspot.act('admin/delete-list', { list: world.hubspot.audience });
      return listBack(world);
    },
    exit: [WRONG],
    says: [/list|audience/i],
  },
  {
    name: 'the list is deleted while it is read',
    system,
    begin: listBack,
    rules: on(HUBSPOT['reading the list'], { kind: 'list-deleted', count: 1 }),
    exit: [WRONG],
    says: [/list|audience/i],
  },
  {
    name: 'the list is deleted while new members are put into it',
    system,
    begin: listBack,
    rules: on(['PUT /crm/v3/lists/*/memberships/add'], { kind: 'list-deleted', count: 1 }),
    exit: [WRONG, ATTENTION],
    mayShow: NOT_YET_LISTED,
  },
  {
    name: 'a full read comes back empty',
    system,
    command: ['sync', 'acme', '--full'],
    stepMs: LONG_AGO_MS,
    rules: on([...searching, ...HUBSPOT['reading the list'], ...HUBSPOT['reading what is archived']], {
      kind: 'reads-empty',
    }),
    exit: [WAITING],
    says: [/C24/],
  },
  {
    name: 'every write is applied, and its answer never comes',
    system,
    rules: on(writing, { kind: 'timeout-after' }),
    exit: [DONE, UNREACHABLE, ATTENTION],
    mayShow: NOT_YET_LISTED,
  },
  {
    name: 'every second contact of a batch fails',
    system,
    rules: on(writing, { kind: 'partial-batch', details: { every: 2 } }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'a batch answers fewer rows',
    alike: true,
    system,
    rules: on(writing, { kind: 'batch-fewer-rows', details: { every: 2 } }),
    exit: [DONE, ATTENTION],
    mayShow: NOT_YET_LISTED,
  },
  {
    name: 'batches answer in another order, reading and writing, and some rows not at all',
    system,
    rules: on([...writing, 'POST /crm/v3/objects/contacts/batch/read'], { kind: 'batch-reordered-rows' }).flatMap(
      (rule) => [rule, { ...rule, kind: 'batch-fewer-rows', details: { every: 3 } }],
    ),
    exit: [DONE, ATTENTION],
    mayShow: NOT_YET_LISTED,
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
    // HubSpot forgets the opt-out with the person, and an API could create both again: nobody may come back (C12a, C25).
    name: 'people are deleted for reasons of privacy, one of them opted out',
    system,
    command: ['sync', 'acme', '--full'],
    begin: erased('hal', 'fay'),
    goneForGood: ['member hal@x.org', 'member fay@x.org'],
    exit: [DONE, ATTENTION],
  },
  {
    name: 'nobody answers at the address',
    alike: true,
    system,
    begin: async ({ hubspot }) => {
      await hubspot.down();
      return () => hubspot.up();
    },
    exit: [UNREACHABLE],
    says: [/ECONNREFUSED/],
  },
];

/** Somebody else signs in with the same refresh token: where those are rotated, ours is worth nothing. */
const rotatedElsewhere = ({ hubspot }: World) => {
  const { access } = hubspot.state();
  const [tokens, refreshTokens] = [{ ...access.tokens }, { ...access.refreshTokens }];
  hubspot.act('admin/revoke', { tokens: 'oauth' });
  return () => {
    Object.assign(access.tokens, tokens);
    Object.assign(access.refreshTokens, refreshTokens);
  };
};

const signedOut = ({ hubspot }: World) => {
  for (const token of Object.keys(hubspot.state().access.tokens)) delete hubspot.state().access.tokens[token];
};

/** What HubSpot can do wrong as the CRM, asked as an app that signs in by OAuth. */
export const hubspotCrmCases: readonly FaultCase[] = [
  {
    name: 'tokens run out in the middle of reading and of writing',
    system,
    rules: on([reading[0], writing[1]], { kind: 'expired-token', count: 1 }),
    exit: [DONE, ATTENTION],
  },
  {
    name: 'no token is ever good enough',
    alike: true,
    system,
    rules: [{ kind: 'expired-token' }],
    exit: [UNREACHABLE],
    says: [/credentials|session|tokens/],
  },
  {
    name: 'somebody else rotated the refresh token',
    system,
    begin: rotatedElsewhere,
    exit: [UNREACHABLE],
    says: [/BAD_REFRESH_TOKEN.*Install the app again/],
  },
  {
    name: 'the answer with the rotated refresh token is lost, and the old one ends with it',
    system,
    begin: (world) => {
      const { refreshTokens } = world.hubspot.state().access;
      const kept = { ...refreshTokens };
      signedOut(world);
      return () => void Object.assign(refreshTokens, kept); // The app is installed again.
    },
    rules: on(HUBSPOT['signing in'], { kind: 'reset-after', count: 1 }),
    exit: [UNREACHABLE],
    says: [/Install the app again/],
  },
  leadingElsewhere('signing in is redirected to another host', system, (to) => ({
    begin: (world) => {
      signedOut(world);
      return () => {};
    },
    rules: on(HUBSPOT['signing in'], { kind: 'redirect', status: 307, details: { to } }),
    exit: [FAILED],
    says: [/redirect/],
  })),
  ...inBothRoles.filter(({ name }) => /vanishes|lags/.test(name)),
  {
    name: 'a full read comes back empty',
    system,
    command: ['sync', 'acme', '--full'],
    rules: on([...searching, ...HUBSPOT['reading what is archived']], { kind: 'reads-empty' }),
    stepMs: LONG_AGO_MS,
    exit: [WAITING],
    says: [/C24/],
  },
  {
    name: 'people are deleted for reasons of privacy, one of them opted out',
    system,
    command: ['sync', 'acme', '--full'],
    begin: erased('hal', 'gus'),
    goneForGood: ['contact hal@x.org', 'contact gus@x.org'],
    exit: [DONE, ATTENTION],
  },
];
