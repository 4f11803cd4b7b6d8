import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { chunk, failed, type Gate, inParallel, inTurns, rejected } from '@heed/toolkit';
import { hashOf } from '../address-hash.ts';
import { BATCH_MEMBERS, type BatchAnswer } from '../api.ts';
import { optOutBatchBody } from '../bodies.ts';
import { CONNECTIONS } from '../limits.ts';
import { BY_ADMIN } from '../member.ts';
import { timeOf, type WireMember } from '../wire.ts';
import { answersOf, type ItemAnswers, nullIfRefused, putBack, unmentioned } from './batch-answer.ts';
import { type OptOut, optOut } from './opt-out.ts';
import { done, inState, type Writing } from './outcomes.ts';

/** Fewer go one by one: a look and a PATCH each. */
const WORTH_A_BATCH = 20;

/**
 * Unsubscribes members by batches of 500 where they are many. A batch looks at nobody, creates whoever is not there, and
 * brings back whoever is archived; so it gets only members who are as the engine read them, after a look at who changed since
 * (C21, C12a), and its answer is believed only where it shows the opt-out. Everybody else goes one by one, and so do those
 * behind an answer that shows somebody made anew: there are more of them, perhaps.
 */
export const optOutAll = async (
  writing: Writing,
  ops: readonly OptOut[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const { byBatch, oneByOne } = await sortOptOuts(writing, ops, signal);
  const outcomes: Outcome[] = [];
  const left: Op[] = [...oneByOne];
  let asRead = true;
  // One after the other: the first tells whether the next may go.
  for (const piece of chunk(byBatch, BATCH_MEMBERS)) {
    if (!asRead) {
      left.push(...piece);
      continue;
    }
    const settled = await gate.all(piece, async () => {
      const emails = piece.map(({ email }) => email);
      const answer = await writing.api.addMembers(optOutBatchBody(emails), signal).catch(nullIfRefused);
      if (answer === null) return [];
      asRead = answer.new_members.length === 0;
      return settledBy(writing, piece, answer, gate, signal);
    });
    const told = new Set(settled.map(({ op }) => op));
    outcomes.push(...settled);
    left.push(...piece.filter(({ id }) => !told.has(id)));
  }
  const again = new Set(left);
  const due = ops.filter((op) => again.has(op));
  const memberOf = ({ email }: OptOut): string => hashOf(email);
  const alone = await inTurns(due, memberOf, CONNECTIONS, (op) => gate.one(op, () => optOut(writing, op, signal)));
  return [...outcomes, ...alone];
};

interface Sorted {
  readonly byBatch: readonly OptOut[];
  readonly oneByOne: readonly OptOut[];
}

const sortOptOuts = async (writing: Writing, ops: readonly OptOut[], signal: AbortSignal): Promise<Sorted> => {
  const known = ops.filter(
    ({ topic, record, email }) => topic === '*' && record !== null && hashOf(email) === record.id,
  );
  const distinct = [...new Map(known.map((op) => [hashOf(op.email), op])).values()];
  if (distinct.length < WORTH_A_BATCH) return { byBatch: [], oneByOne: ops };
  // Whatever is wrong with the look, an opt-out is tried.
  const changed = await writing.changes.any(distinct.length / WORTH_A_BATCH, signal).catch(() => null);
  const byBatch = changed === null ? [] : distinct.filter(({ email }) => !changed.has(hashOf(email)));
  const inBatch = new Set(byBatch);
  return { byBatch, oneByOne: ops.filter((op) => !inBatch.has(op)) };
};

/** The outcomes that the answer of a batch shows; who has none is to be tried alone. */
const settledBy = async (
  writing: Writing,
  piece: readonly OptOut[],
  answer: BatchAnswer,
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const answers = answersOf(answer);
  const told = piece.filter(({ email }) => !answers.errors.has(hashOf(email)));
  return inParallel(told, CONNECTIONS, (op) =>
    gate.one(op, () => outcomeOf(writing, op, answers, answer.sentAt, signal)),
  );
};

const outcomeOf = async (
  writing: Writing,
  op: OptOut,
  answers: ItemAnswers,
  sentAt: number,
  signal: AbortSignal,
): Promise<Outcome> => {
  const hash = hashOf(op.email);
  if (answers.created.has(hash)) {
    // It had been deleted, and the batch made it anew, for an opt-out nobody asked to keep (C3). Archived, it is as near to
    // gone as can be: to delete it for good would forbid the person to come back.
    await putBack(writing.api, hash, signal);
    return rejected(op.id, madeAnew());
  }
  const member = answers.updated.get(hash);
  if (member === undefined) return failed(op.id, unmentioned());
  if (member.status !== 'unsubscribed')
    return rejected(op.id, inState(member.status, 'Mailchimp took the opt-out and did not carry it out'));
  const ours = isOurs(member, sentAt);
  return ours === null ? failed(op.id, unmentioned()) : done(writing, op.id, ours ? 'applied' : 'unchanged', member);
};

/**
 * Whether our request made the change: somebody else may have done so since the look (C8). Then the text is another's, or the
 * change is older than the request: what was so already does not move `last_changed` (recorded). Null if nobody can tell.
 */
const isOurs = (
  { unsubscribe_reason: reason = '', last_changed: stamp }: WireMember,
  sentAt: number,
): boolean | null => {
  const changedAt = timeOf(stamp);
  if (changedAt === null) return null;
  return (reason === '' || reason === BY_ADMIN) && changedAt >= Math.floor(sentAt / 1000) * 1000;
};

const madeAnew = (): ConnectorError =>
  new ConnectorError(
    'missing',
    'the member was not in the audience any more; Mailchimp made it anew, opted out, and it was archived at once',
    { code: 'Resource Not Found', mayHaveApplied: false },
  );
