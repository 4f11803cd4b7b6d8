// The suite must be able to fail: connectors with one fault each, and the check that has to notice it.
import { connector } from '@heed/connector-mailchimp';
import { type Capabilities, ConnectorError, type Op, type Outcome } from '@heed/contract';
import { describeMutants, faultsIn, type Mutant, NOON } from '@heed/testkit';
import { z } from 'zod';
import { mailchimpCase } from './suite-case.ts';

const { withFault, withPages, withOutcomes, withDeciding } = faultsIn(connector);

/** Opts out as well, whenever it writes such an op. */
const alsoOptsOut = (kind: Op['kind']) =>
  withFault((session) => ({
    async write(ops, signal) {
      const outcomes = await session.write(ops, signal);
      for (const op of ops.filter((one) => one.kind === kind)) {
        const record = outcomes.flatMap((one) => ('record' in one && one.op === op.id ? [one.record] : []))[0] ?? null;
        const email = 'to' in op ? op.to : op.email;
        await session.write([{ kind: 'opt-out', id: 'extra', record, email, topic: '*', set: {} }], signal);
      }
      return outcomes;
    },
  }));

const claiming = (more: Partial<Capabilities>): Mutant[2] => {
  const { marketing } = connector.roles;
  if (marketing === undefined) throw new Error('Mailchimp is a marketing tool');
  return { ...connector, roles: { marketing: { ...marketing, ...more } } };
};

const applied = ({ op }: { readonly op: string }): Outcome => ({
  op,
  result: 'applied',
  record: null,
  row: null,
  at: 0,
});

describeMutants(connector, mailchimpCase, [
  ['takes any settings', 'settings: each missing one', { ...connector, config: z.any() }],
  ['claims what it cannot', 'manifest: an opt-out can be cleared', claiming({ clear: true })],
  ['hides what it can', 'manifest: tag and archive', claiming({ archive: false })],
  ['loses a row', 'read: a full read', withPages((page) => ({ ...page, rows: page.rows.slice(1) }))],
  [
    'calls the opted-out mailable',
    'read: a full read',
    withPages((page) => ({
      ...page,
      rows: page.rows.map((row) => ({
        ...row,
        member: row.member === null ? null : { ...row.member, status: 'subscribed' as const, complaint: false },
      })),
    })),
  ],
  [
    'skips a row when it resumes',
    'read: resumed behind every page',
    withPages((page, after) => ({ ...page, rows: after === null ? page.rows : page.rows.slice(page.rows.length / 2) })),
  ],
  ['calls every read complete', 'read: changes bring', withPages((page) => ({ ...page, complete: page.last }))],
  [
    'has no overlap',
    'read: a commit that becomes visible late',
    withPages((page) => ({
      ...page,
      next: page.last ? page.next.replace(/"since":\d+/, `"since":${page.readAt}`) : page.next,
    })),
  ],
  [
    'begins again for any cursor',
    'read: a cursor that is not its own',
    withFault((session) => ({ read: (request, signal) => session.read({ ...request, after: null }, signal) })),
  ],
  [
    'says applied when it was so already',
    'write: the same opt-out twice',
    withOutcomes((one) => (one.result === 'unchanged' ? { ...one, result: 'applied' } : one)),
  ],
  [
    'explains an opt-out by nothing that blocks',
    'deciding: whoever opted out',
    withDeciding((all) => all.map((one) => ({ ...one, blocks: null }))),
  ],
  [
    'explains it by a property of the future',
    'deciding: whoever opted out',
    withDeciding((all) => all.map((one) => ({ ...one, since: NOON + 3_600_000 }))),
  ],
  [
    'finds something that blocks with everybody',
    'deciding: whoever can be mailed',
    withDeciding((all) => all.map((one) => ({ ...one, blocks: true }))),
  ],
  [
    'knows people in their first spelling only',
    'deciding: whoever can be mailed',
    withDeciding((all, email) => (email === email.toLowerCase() ? all : [])),
  ],
  [
    'explains people by their address',
    'deciding: whoever opted out',
    withDeciding((all, email) => all.map((one) => ({ ...one, why: `${email} opted out` }))),
  ],
  [
    'opts out whom it is asked about',
    'deciding: whoever can be mailed',
    withFault((session) => ({
      async deciding(email, signal) {
        await session.write([{ kind: 'opt-out', id: 'extra', record: null, email, topic: '*', set: {} }], signal);
        return [];
      },
    })),
  ],
  [
    'calls the unknown opted out',
    'deciding: an address that nobody knows',
    withDeciding((all) =>
      all.length > 0 ? all : [{ record: null, name: 'x', value: null, blocks: true, since: null, why: 'x' }],
    ),
  ],
  ['says applied to everything', 'write: a batch that fails in part', withOutcomes((one) => applied(one))],
  [
    'takes doubt for a refusal',
    'write: an answer lost after',
    withOutcomes((one) => (one.result === 'unknown' ? { ...one, result: 'rejected' } : one)),
  ],
  [
    'takes doubt for success',
    'write: a request lost before',
    withOutcomes((one) => (one.result === 'unknown' ? applied(one) : one)),
  ],
  [
    'forgets an outcome',
    'write: one bad op',
    withFault((session) => ({ write: async (ops, signal) => (await session.write(ops, signal)).slice(1) })),
  ],
  ['patches consent', 'write: a patch changes its fields', alsoOptsOut('patch')],
  ['creates over consent', 'write: a create that hits', alsoOptsOut('create')],
  ['loses consent with the address', 'write: a changed address', alsoOptsOut('rename')],
  [
    'asks past the toolkit',
    'limits: every request',
    withFault((session, { request: { config } }) => ({
      async describe(signal) {
        await (await fetch(`${config.baseUrl}/3.0/ping`)).arrayBuffer();
        return session.describe(signal);
      },
    })),
  ],
  [
    'throws what is no ConnectorError',
    'trouble: wrong credentials',
    withFault(() => ({ check: () => Promise.reject(new TypeError('fetch failed')) })),
  ],
  [
    'names people in its errors',
    'secrecy: no error',
    withFault((session) => ({
      lookup: (request, signal) =>
        session.lookup(request, signal).catch((error: ConnectorError) => {
          throw new ConnectorError(error.kind, `${error.message}: ${JSON.stringify(request.by)}`, error.details);
        }),
    })),
  ],
  [
    'prints',
    'secrecy: no error',
    withFault((session) => ({
      lookup: (request, signal) => {
        console.log(JSON.stringify(request.by));
        return session.lookup(request, signal);
      },
    })),
  ],
  [
    'follows redirects',
    'strangers: redirects',
    withFault((session, { request: { config } }) => ({
      async check(signal) {
        await (await fetch(config.baseUrl ?? '')).arrayBuffer();
        return session.check(signal);
      },
    })),
  ],
]);
