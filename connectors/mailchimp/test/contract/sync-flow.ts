import type { Op, Session } from '@heed/contract';
import { brief, openFor, ops, readAll, refOf } from '../support.ts';
import { type Mailchimp, type Recorded, startRecorded } from './recorded.ts';

const signal = new AbortController().signal;
const NOON = Date.parse('2026-03-04T12:00:00Z');
const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const CLEO = 'cleo@example.org';
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `n${n}@example.org`);

/**
 * Everything that the connector does in syncs, through its public `open()` with the toolkit: a look around, complete and
 * incremental reads, look-ups with evidence, every kind of write, and what refuses. Answers all calls that were made.
 */
export async function recordedSync(): Promise<readonly Recorded[]> {
  const { mailchimp, record } = await startRecorded({ clock: { now: () => NOON } });
  try {
    mailchimp.act('admin/audience', { name: 'Second', doubleOptin: true, marketingPermissions: true });
    await writes(mailchimp);
    await jobs(mailchimp);
    await reads(mailchimp);
    await refusals(mailchimp);
    return record;
  } finally {
    await mailchimp.close();
  }
}

/** What the flow means to happen must happen: a write that is refused sends nothing. */
async function applied(session: Session, all: readonly Op[]): Promise<void> {
  const outcomes = await session.write(all, signal);
  const others = outcomes.filter(({ result }) => result !== 'applied').map((one) => `${one.op} ${brief(one)}`);
  if (others.length > 0) throw new Error(`not applied: ${others.join('; ')}`);
}

async function writes(mailchimp: Mailchimp): Promise<void> {
  const { session } = openFor(mailchimp);
  await session.check(signal);
  await session.describe(signal);
  await readAll(session, { fields: ['FNAME', 'ADDRESS'] });
  await applied(
    session,
    many(30).map((email) => ops.create(email, 'subscribed', { FNAME: 'New', BIRTHDAY: '02/29' })),
  );
  for (const as of ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'] as const) {
    await applied(session, [ops.create(`${as}@example.org`, as, { FNAME: 'One' })]);
  }
  await applied(session, [ops.create(ANN, 'subscribed'), ops.create(BOB, 'subscribed')]);
  await applied(session, [
    ops.patch(ANN, { FNAME: 'Ann', COMPANY: null }),
    ops.optOut(BOB),
    ops.optOut('unknown@example.org', null),
    ops.rename('n0@example.org', CLEO),
    ops.leave('n1@example.org', 'tag'),
    ops.leave('n2@example.org', 'archive'),
  ]);
  await applied(
    session,
    many(24)
      .slice(4)
      .map((email) => ops.patch(email, { FNAME: 'Changed' })),
  );
  await applied(
    session,
    many(24)
      .slice(4)
      .map((email) => ops.optOut(email)),
  );
  await session.close();
}

/** Many writes as one job, where the connector has a lane for that; asked about until it has ended. */
async function jobs(mailchimp: Mailchimp): Promise<void> {
  const { session } = openFor(mailchimp);
  if (session.bulk === null) return;
  const all = many(24)
    .slice(4)
    .map((email) => ops.patch(email, { FNAME: 'By job' }));
  const ticket = await session.bulk.start(await session.bulk.open(all, signal), all, signal);
  for (let asked = 0; asked < 20; asked += 1) {
    mailchimp.clock.advance(60_000);
    if ((await session.bulk.report(ticket, all, signal)).state === 'ended') return session.close();
  }
  throw new Error('the job did not end within twenty minutes');
}

async function reads(mailchimp: Mailchimp): Promise<void> {
  mailchimp.act('person/complain', { email: 'n25@example.org' });
  mailchimp.act('person/unsubscribe', { email: 'n26@example.org' });
  mailchimp.act('person/resubscribe', { email: BOB });
  const first = await readAll(openFor(mailchimp).session, { fields: ['FNAME'] });
  mailchimp.clock.advance(3_600_000);
  mailchimp.act('admin/edit', { email: ANN, mergeFields: { LNAME: 'Lee' } });
  const { session } = openFor(mailchimp);
  await readAll(session, { fields: ['FNAME'], after: first.next });
  const look = { types: [], fields: ['FNAME'], consent: [], reference: null };
  const records = [BOB, ANN, 'gone@example.org'].map(refOf);
  await session.lookup({ ...look, by: { records }, evidenceSince: NOON - 86_400_000, changedSince: null }, signal);
  await session.lookup({ ...look, by: { emails: many(30) }, evidenceSince: null, changedSince: NOON }, signal);
  await session.close();
}

/** What the vendor refuses must be a problem document, too. */
async function refusals(mailchimp: Mailchimp): Promise<void> {
  mailchimp.act('admin/delete', { email: 'n27@example.org' });
  const { session } = openFor(mailchimp);
  await session.write(
    [
      ops.create('n27@example.org', 'subscribed'),
      ops.create('looks-fake@example.org', 'subscribed'),
      ops.patch(ANN, { BIRTHDAY: 'nonsense' }),
      ops.rename(ANN, CLEO),
      ops.leave('n2@example.org', 'archive'),
    ],
    signal,
  );
  const wrongKey = openFor(mailchimp, { apiKey: `${'0f'.repeat(16)}-us6` }).session;
  await wrongKey.check(signal).catch(() => undefined);
  const wrongAudience = openFor(mailchimp, { container: '0000000000' }).session;
  await readAll(wrongAudience).catch(() => undefined);
  await session.close();
}
