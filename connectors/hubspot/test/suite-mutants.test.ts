// The suite must be able to fail: connectors with one fault each, and the check that has to notice it.
import { connector, type HubspotConfig } from '@heed/connector-hubspot';
import type { MemberState, Op, Outcome, Row, Values } from '@heed/contract';
import { describeMutants, faultsIn, type Mutant, type Opening } from '@heed/testkit';
import { createApi } from '../src/api.ts';
import { askerOf } from '../src/ask.ts';
import { ADDRESS, contactRef } from '../src/contact.ts';
import { pathsOf } from '../src/paths.ts';
import { createPreferences } from '../src/preferences.ts';
import { consentChecks } from './consent-checks.ts';
import { crmCase, marketingCase } from './suite-case.ts';

const { withFault, withRows, withOutcomes, withOps, writing } = faultsIn(connector);

/** The connector's own ways to the portal, with nothing of its care. */
const portalOf = ({ request: { config }, tools }: Opening<HubspotConfig>) => {
  const paths = pathsOf(config);
  const asker = askerOf(config, tools, new AbortController().signal);
  return { ...asker, paths, api: createApi(asker, paths), preferences: createPreferences(asker, paths) };
};

const applied = (op: Op): Outcome => ({
  op: op.id,
  result: 'applied',
  record: 'record' in op ? op.record : null,
  row: null,
  at: 0,
});

const withMember = (change: (member: MemberState) => Partial<MemberState>) =>
  withRows((row) => (row.member === null ? row : { ...row, member: { ...row.member, ...change(row.member) } }));

const addressIn = (op: Op): string => ('to' in op ? op.to : op.email);

/** By v4, which lets anybody do so: every type of every address that it writes such an op for. */
const alsoSubscribes = (kind: Op['kind']) =>
  withFault((session, opening) => ({
    async write(ops, signal) {
      const outcomes = await session.write(ops, signal);
      const { ask, paths, preferences } = portalOf(opening);
      const types = await preferences.definitions(signal);
      for (const op of ops.filter((one) => one.kind === kind))
        for (const { id } of types) {
          const path = `${paths.preferences}/statuses/${encodeURIComponent(addressIn(op))}`;
          const json = { channel: 'EMAIL', statusState: 'SUBSCRIBED', subscriptionId: Number(id) };
          const request = { name: 'resubscribe', method: 'POST', path, json } as const;
          await ask(request, { kind: 'write', repeatable: true }, signal).catch(() => null);
        }
      return outcomes;
    },
  }));

/** The address alone: what the old one opted out of is forgotten. */
const renamesOnly = writing('rename', async (op, _, opening, signal) => {
  if (op.kind !== 'rename') throw new TypeError('no rename');
  await portalOf(opening).api.write('update', [{ id: op.record.id, properties: { email: op.to } }], signal);
  return applied(op);
});

const forgetsTopics = writing('rename', async (op, _, opening, signal) => {
  if (op.kind !== 'rename') throw new TypeError('no rename');
  const { api, preferences } = portalOf(opening);
  if ((await preferences.wide([op.from], signal)).size > 0) await preferences.optOutOfAll(op.to, signal);
  await api.write('update', [{ id: op.record.id, properties: { email: op.to } }], signal);
  return applied(op);
});

/** Whoever has the contact now is opted out, and not who asked for it. */
const optsOutTheContact = withFault((session) => ({
  async write(ops, signal) {
    const records = ops.flatMap((op) => (op.kind === 'opt-out' && op.record !== null ? [op.record] : []));
    const asked = { types: [], fields: [], consent: [], reference: null, evidenceSince: null, changedSince: null };
    const rows = await session.lookup({ ...asked, by: { records } }, signal);
    const present = new Map(rows.map(({ record, email }) => [record.id, email]));
    const turned = ops.map((op) =>
      op.kind === 'opt-out' ? { ...op, email: present.get(op.record?.id ?? '') ?? op.email } : op,
    );
    return session.write(turned, signal);
  },
}));

/** Nobody has a contact of the address, so one is made. */
const makesWithoutALook = writing('create', async (op, _, opening, signal) => {
  if (op.kind !== 'create') throw new TypeError('no create');
  const [row] = await portalOf(opening).api.write('create', [{ properties: { email: op.email } }], signal);
  return row != null && 'contact' in row ? { ...applied(op), record: contactRef(row.contact.id) } : applied(op);
});

const oneSpelling = withFault((session) => ({
  async lookup(request, signal) {
    const rows = await session.lookup(request, signal);
    const { by } = request;
    return 'emails' in by ? rows.filter(({ email }) => email !== null && by.emails.includes(email)) : rows;
  },
}));

const makesAs = (set: Values) => withOps((op) => (op.kind === 'create' ? { ...op, set } : op));

/** Of what is written to either role. */
const both: readonly Mutant[] = [
  ['looks addresses up in one spelling', 'write: an address is the same in whatever spelling', oneSpelling],
  ['subscribes whom a create hits', 'write: a create that hits', alsoSubscribes('create')],
  ['subscribes whom it patches', 'write: a patch changes its fields', alsoSubscribes('patch')],
  ['subscribes the new address', 'write: a changed address', alsoSubscribes('rename')],
  ['subscribes whom it opts out', 'write: the same opt-out twice', alsoSubscribes('opt-out')],
  ['loses the opt-out with the address', 'write: a changed address', renamesOnly],
  ['loses the opt-out of a type with the address', 'topics: a changed address', forgetsTopics],
  [
    'says that it opted out and sends nothing',
    'write: an opt-out is applied',
    writing('opt-out', async (op) => applied(op)),
  ],
  [
    'takes doubt for an opt-out',
    'write: a request lost before',
    withOutcomes((one, op) => (one.result === 'unknown' && op !== undefined ? applied(op) : one)),
  ],
  [
    'takes a refusal for an opt-out',
    'write: a request lost before',
    withOutcomes((one, op) => (one.result === 'applied' || op === undefined ? one : applied(op))),
  ],
  ['opts out whoever has the contact now', 'consent: an opt-out is of the address', optsOutTheContact],
];

describeMutants(
  connector,
  marketingCase(),
  [
    ...both,
    [
      'takes a status that is billing for an opt-out',
      'read: a full read equals',
      withMember(({ paidFor }) => (paidFor === false ? { status: 'unsubscribed' } : {})),
    ],
    [
      'shows whoever is paid for as subscribed',
      'read: a status that is billing',
      withMember(({ paidFor }) => (paidFor === true ? { status: 'subscribed' } : {})),
    ],
    [
      'subscribes a new member who opted out of a type',
      'consent: nobody who opted out of a type',
      alsoSubscribes('create'),
    ],
    [
      'opts out of everything where one type is meant',
      'topics: an opt-out of one is of that one',
      withOps((op) => (op.kind === 'opt-out' ? { ...op, topic: '*' } : op)),
    ],
    ['makes members without a look', 'write: a create makes no member', makesWithoutALook],
    [
      'makes nobody of an opted-out address, and does not say why',
      'write: a create makes no member',
      withOutcomes((one) => (one.result === 'unchanged' ? { ...one, row: null } : one)),
    ],
    [
      'forgets who opted out without a contact',
      'manifest: an address without a record',
      withFault((session) => ({
        lookup: async (request, signal) =>
          (await session.lookup(request, signal)).filter(({ record }: Row) => record.type !== ADDRESS),
      })),
    ],
  ],
  consentChecks,
);

describeMutants(
  connector,
  crmCase(),
  [
    ...both,
    [
      'opts out of everything where one type is meant',
      'topics: an opt-out of one is of that one',
      withOps((op) => (op.kind === 'opt-out' ? { ...op, set: { hs_email_optout: true } } : op)),
    ],
    [
      'shows the opted-out as mailable',
      'read: a full read equals',
      withRows((row) => ({ ...row, values: { ...row.values, hs_email_optout: false } })),
    ],
    ['makes everybody mailable', 'manifest: records of the types', makesAs({ hs_email_optout: false })],
  ],
  consentChecks,
);
