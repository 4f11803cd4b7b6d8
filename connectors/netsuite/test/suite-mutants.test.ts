// The suite must be able to fail: connectors with one fault each, and the check that has to notice it.
import { connector, type NetSuiteConfig } from '@heed/connector-netsuite';
import type { Op, Outcome, RecordRef } from '@heed/contract';
import { describeMutants, faultsIn, type Opening } from '@heed/testkit';
import { asError, failed } from '@heed/toolkit';
import { netsuiteApi } from '../src/api.ts';
import { consentChecks } from './consent-checks.ts';
import { STATUS } from './kit.ts';
import { netsuiteCase } from './suite-case.ts';

const { withFault, withPages, withRows, withOutcomes, withOps, writing } = faultsIn(connector);
const HOUR_MS = 3_600_000;

/** The connector's own way to the account, with nothing of its care. */
const apiOf = ({ request: { config }, tools }: Opening<NetSuiteConfig>) =>
  netsuiteApi(config, tools, new AbortController().signal);

const done = (op: Op, result: 'applied' | 'unchanged' = 'applied', record?: RecordRef): Outcome => ({
  op: op.id,
  result,
  record: record ?? ('record' in op ? op.record : null),
  row: null,
  at: 0,
});

/** Writes the status to the record of an op, without a look at it; the outcome is the answer's. */
const setBlindly = async (
  op: Op,
  record: RecordRef | null,
  status: string,
  opening: Opening<NetSuiteConfig>,
  signal: AbortSignal,
): Promise<Outcome> => {
  try {
    if (record !== null) await apiOf(opening).update(record.type, record.id, { [STATUS]: { id: status } }, signal);
    return done(op);
  } catch (error) {
    return failed(op.id, asError(error));
  }
};

/** Takes a soft opt-out for the only one: a confirmed one is written over, and `told` says what is made of the answer. */
const overConfirmed = (told: (answer: Outcome, op: Op) => Outcome) =>
  writing('opt-out', async (op, session, opening, signal) => {
    const record = 'record' in op ? op.record : null;
    const by = { records: record === null ? [] : [record] };
    const [row] = await session.lookup(
      { ...netsuiteCase.columns, by, evidenceSince: null, changedSince: null },
      signal,
    );
    if (row?.values[STATUS] === '4') return told(await setBlindly(op, record, '2', opening, signal), op);
    return (await session.write([op], signal))[0] ?? done(op);
  });

/** Writes the status besides, whenever it writes such an op. */
const alsoSets = (kind: Op['kind'], statusOf: (op: Op) => string) =>
  withFault((session, opening) => ({
    async write(ops, signal) {
      const outcomes = await session.write(ops, signal);
      for (const op of ops.filter((one) => one.kind === kind)) {
        const outcome = outcomes.find((one) => one.op === op.id);
        const record = outcome !== undefined && 'record' in outcome ? outcome.record : null;
        await setBlindly(op, record, statusOf(op), opening, signal);
      }
      return outcomes;
    },
  }));

/** The account's preference says what new records are. */
const leavesTheStatusOut = writing('create', async (op, _, opening, signal) => {
  if (op.kind !== 'create') throw new TypeError('no create');
  const id = await apiOf(opening).create(op.type, { ...op.fields, email: op.email }, signal);
  return done(op, 'applied', { type: op.type, id });
});

const showing = (from: string, to: string) =>
  withRows((row) => (row.values[STATUS] === from ? { ...row, values: { ...row.values, [STATUS]: to } } : row));

const oneSpelling = withFault((session) => ({
  async lookup(request, signal) {
    const rows = await session.lookup(request, signal);
    const { by } = request;
    return 'emails' in by ? rows.filter(({ email }) => email !== null && by.emails.includes(email)) : rows;
  },
}));

const isTopicOptOut = (op: Op): boolean =>
  op.kind === 'opt-out' && Object.keys(op.set).some((field) => field.startsWith('subscription_'));

describeMutants(
  connector,
  netsuiteCase,
  [
    ['writes a soft opt-out over a confirmed one', 'write: the same opt-out twice', overConfirmed((answer) => answer)],
    [
      'does so and tells nobody',
      'consent: a confirmed opt-out is left',
      overConfirmed((_, op) => done(op, 'unchanged')),
    ],
    ['shows a confirmed opt-out as a soft one', 'consent: each value of the status', showing('4', '2')],
    ['shows a confirmed opt-out as an opt-in', 'read: a full read equals', showing('4', '3')],
    ['shows a soft opt-out as an opt-in', 'read: a full read equals', showing('2', '1')],
    ['overlooks the box beside the status', 'consent: each value of the status', showing('unsubscribe', '1')],
    [
      'reads nobody whose record has an old date',
      "consent: a recipient's own opt-out is read",
      withPages((page, after) => ({
        ...page,
        rows: page.rows.filter(({ modifiedAt }) => after === null || (modifiedAt ?? 0) > page.readAt - HOUR_MS),
      })),
    ],
    [
      'does not read back',
      'consent: what NetSuite answers with success',
      withOutcomes((one, op) =>
        op !== undefined && one.result === 'rejected' && one.refusal.code === 'NOT_KEPT' ? done(op) : one,
      ),
    ],
    [
      'says that it opted out and sends nothing',
      'write: an opt-out is applied',
      writing('opt-out', async (op) => done(op)),
    ],
    [
      'takes doubt for an opt-out',
      'write: a request lost before',
      withOutcomes((one, op) => (one.result === 'unknown' && op !== undefined ? done(op) : one)),
    ],
    [
      'takes a refusal for an opt-out',
      'write: one bad op',
      withOutcomes((one, op) => (one.result === 'rejected' && op !== undefined ? done(op) : one)),
    ],
    [
      'opts out of everything where one category is meant',
      'topics: an opt-out of one category',
      withOps((op) => (op.kind === 'opt-out' && isTopicOptOut(op) ? { ...op, set: { [STATUS]: '2' } } : op)),
    ],
    ['opts in whom it patches', 'write: a patch changes its fields', alsoSets('patch', () => '1')],
    ['loses the opt-out with the address', 'write: a changed address', alsoSets('rename', () => '1')],
    [
      'writes the consent of a create to whom it hits',
      'write: a create that hits',
      alsoSets('create', (op) => ('set' in op ? String(op.set[STATUS]) : '1')),
    ],
    [
      'makes everybody opted in',
      'manifest: records of the types',
      withOps((op) => (op.kind === 'create' ? { ...op, set: { [STATUS]: '1' } } : op)),
    ],
    ['leaves the status of new records to the account', 'consent: a new record is', leavesTheStatusOut],
    [
      'clears opt-outs',
      'manifest: an opt-out can be cleared',
      writing('clear', (op, _, opening, signal) =>
        setBlindly(op, 'record' in op ? op.record : null, '1', opening, signal),
      ),
    ],
    ['looks addresses up in one spelling', 'write: an address is the same in whatever spelling', oneSpelling],
  ],
  consentChecks,
);
