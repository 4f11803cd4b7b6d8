import type { Op, Outcome } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import {
  add,
  addMany,
  brief,
  isMemberIn,
  lookupRequest,
  type Mailchimp,
  memberIn,
  openFor,
  ops,
  raw,
  readAll,
  refOf,
  signal,
  startMailchimp,
} from './support.ts';

const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);
const optOuts = (emails: readonly string[]): readonly Op[] => emails.map((email) => ops.optOut(email));
const newcomers = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `new${n}@example.org`);
const creates = (count: number): readonly Op[] => newcomers(count).map((email) => ops.create(email, 'subscribed'));
const tally = (outcomes: readonly Outcome[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(outcomes, brief)].map(([what, all]) => [what, all.length]));
const of = (outcomes: readonly Outcome[], email: string): Outcome => {
  const found = outcomes.find(({ op }) => op === `o:${email}`);
  if (found === undefined) throw new Error('no outcome');
  return found;
};

/** Members, and a session that has read them some time ago. */
const readBefore = async (vendor: Mailchimp, emails: readonly string[]) => {
  await addMany(vendor, emails);
  vendor.clock.advance(3_600_000);
  const opened = openFor(vendor);
  await readAll(opened.session);
  vendor.clock.advance(60_000);
  const calls = (): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(opened.meter.counts()).map(([name, { calls: n }]) => [name, n]));
  const before = calls();
  /** Since the read. */
  const made = (name: string): number => (calls()[name] ?? 0) - (before[name] ?? 0);
  return { ...opened, made };
};

describe('opt-outs in numbers', () => {
  it('go by batches of 500 after one look, each with its own outcome and row', async () => {
    const vendor = await startMailchimp();
    const { session, made } = await readBefore(vendor, people(1_030));
    const outcomes = await session.write(optOuts(people(1_030)), signal);
    expect(tally(outcomes)).toEqual({ applied: 1_030 });
    expect(of(outcomes, 'p700@example.org')).toMatchObject({
      record: refOf('p700@example.org'),
      row: { email: 'p700@example.org', member: { status: 'unsubscribed' } },
    });
    expect(people(1_030).every((email) => memberIn(vendor, email).status === 'unsubscribed')).toBe(true);
    expect([made('add members'), made('members'), made('member'), made('patch member')]).toEqual([3, 2, 0, 0]);
  });

  it('go one by one where they are few, or nothing was read', async () => {
    const vendor = await startMailchimp();
    const few = await readBefore(vendor, people(40));
    expect(tally(await few.session.write(optOuts(people(19)), signal))).toEqual({ applied: 19 });
    expect(few.made('patch member')).toBe(19);
    const { session, meter } = openFor(vendor);
    expect(tally(await session.write(optOuts(people(40)), signal))).toEqual({ applied: 21, unchanged: 19 });
    expect(meter.counts()['add members']).toBeUndefined();
  });

  it('leave everything else of a member alone: fields, spelling, and who is asked twice', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'Ann.Lee@Example.org', 'subscribed', { FNAME: 'Ann' });
    const { session } = await readBefore(vendor, people(30));
    const again = { ...ops.optOut('p0@example.org'), id: 'again' } as Op;
    const ann: Op = { ...ops.optOut('Ann.Lee@Example.org'), id: 'o:ann' } as Op;
    const outcomes = await session.write([...optOuts(people(30)), ann, again], signal);
    expect(tally(outcomes)).toEqual({ applied: 31, unchanged: 1 });
    expect(memberIn(vendor, 'ann.lee@example.org')).toMatchObject({
      email: 'Ann.Lee@Example.org',
      status: 'unsubscribed',
      mergeFields: { FNAME: 'Ann' },
    });
  });

  it.each([
    { made: 0, when: 'since the read' },
    { made: 30, when: 'since the read, also behind members that the same session has made' },
  ])(
    'never revive, create or take over whom somebody else archived, deleted, bounced or opted out $when',
    async ({ made }) => {
      for (const archivedInUnfilteredScans of [true, false]) {
        for (const cleanedToUnsubscribed of ['refused', 'ignored', 'applied']) {
          const vendor = await startMailchimp({ switches: { archivedInUnfilteredScans, cleanedToUnsubscribed } });
          const { session } = await readBefore(vendor, people(30));
          if (made > 0) await session.write(creates(made), signal);
          vendor.clock.advance(31_000); // behind what a look for archived ones before creates is good for
          vendor.act('admin/archive', { email: 'p1@example.org' });
          vendor.act('admin/delete', { email: 'p2@example.org' });
          vendor.act('person/bounce', { email: 'p3@example.org' });
          vendor.act('person/unsubscribe', { email: 'p4@example.org' });
          vendor.act('admin/unsubscribe', { email: 'p5@example.org' });
          const outcomes = await session.write(optOuts(people(30)), signal);
          expect(people(6).map((email) => brief(of(outcomes, email)))).toEqual([
            'applied',
            'rejected refused archived',
            'rejected missing Resource Not Found',
            'rejected refused cleaned',
            'unchanged',
            'unchanged',
          ]);
          expect(of(outcomes, 'p4@example.org')).toMatchObject({ row: { member: { by: 'person' } } });
          expect(memberIn(vendor, 'p1@example.org').status).toBe('archived');
          expect(isMemberIn(vendor, 'p2@example.org')).toBe(false);
          expect(memberIn(vendor, 'p3@example.org').status).toBe('cleaned');
          expect(tally(outcomes).applied).toBe(25);
        }
      }
    },
  );

  it('C21 go by batch, too, of members whom this very session has made, after a look at who is not subscribed any more', async () => {
    const vendor = await startMailchimp();
    const { session, made } = await readBefore(vendor, people(30));
    await session.write(creates(1_200), signal);
    const before = made('members');
    vendor.act('person/unsubscribe', { email: 'new7@example.org' });
    const outcomes = await session.write(optOuts(newcomers(600)), signal);
    expect(tally(outcomes)).toEqual({ applied: 599, unchanged: 1 });
    // Archived ones were looked for before the creates; each other status once. Two batches, and one person alone.
    expect([made('members') - before, made('member')]).toEqual([4, 1]);
  });

  it('go by batch, too, of those who changed minutes before the read and whom it showed so', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(60));
    vendor.clock.advance(90_000);
    // Nobody knows whether it was before or after the read saw them.
    await addMany(vendor, ['lately@example.org']);
    vendor.clock.advance(1_000);
    const { session, meter } = openFor(vendor);
    await readAll(session);
    vendor.act('person/unsubscribe', { email: 'p1@example.org' });
    const outcomes = await session.write(optOuts([...people(60), 'lately@example.org']), signal);
    expect(tally(outcomes)).toEqual({ applied: 60, unchanged: 1 });
    expect(meter.counts()).toMatchObject({ 'add members': { calls: 1 }, member: { calls: 2 } });
  });

  it('go one by one where the read did not show a change of before it: it was visible late', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(60));
    vendor.clock.advance(90_000);
    const before = vendor.clock.now();
    const { session, meter } = openFor(vendor);
    await readAll(session);
    vendor.clock.setWrong(before - 30_000 - vendor.clock.now());
    vendor.act('person/unsubscribe', { email: 'p1@example.org' });
    vendor.clock.setWrong(0);
    expect(tally(await session.write(optOuts(people(60)), signal))).toEqual({ applied: 59, unchanged: 1 });
    expect(meter.counts()).toMatchObject({ 'add members': { calls: 1 }, member: { calls: 1 } });
  });

  it('look again after half a minute, and ask then only for what changed since', async () => {
    const vendor = await startMailchimp();
    const { session, made } = await readBefore(vendor, people(90));
    await session.write(optOuts(people(30)), signal);
    await session.write(optOuts(people(60).slice(30)), signal);
    expect(made('members')).toBe(2);
    vendor.clock.advance(31_000);
    vendor.act('person/unsubscribe', { email: 'p70@example.org' });
    const outcomes = await session.write(optOuts(people(90).slice(60)), signal);
    expect(made('members')).toBe(4);
    expect(tally(outcomes)).toEqual({ applied: 29, unchanged: 1 });
  });

  it('whose look fails, or shows too many changes to be worth it, go one by one', async () => {
    const vendor = await startMailchimp();
    const { session, made } = await readBefore(vendor, people(40));
    vendor.faults([{ kind: 'server-error', route: 'GET /3.0/lists/{list}/members' }]);
    expect(tally(await session.write(optOuts(people(20)), signal))).toEqual({ applied: 20 });
    vendor.faults([]);
    await addMany(
      vendor,
      Array.from({ length: 2_500 }, (_, n) => `other${n}@example.org`),
    );
    expect(tally(await session.write(optOuts(people(40).slice(20)), signal))).toEqual({ applied: 20 });
    expect(made('add members')).toBe(0);
  });
});

describe('the answer of a batch of opt-outs', () => {
  const answered = async (fault: Parameters<Mailchimp['faults']>[0][number]) => {
    const vendor = await startMailchimp();
    const opened = await readBefore(vendor, people(40));
    vendor.faults([{ route: 'POST /3.0/lists/{list}', count: 1, ...fault }]);
    const since = vendor.clock.now();
    return { vendor, ...opened, since, outcomes: await opened.session.write(optOuts(people(40)), signal) };
  };

  it('that is lost leaves all in doubt, and one page tells what became of them', async () => {
    const { vendor, session, made, outcomes, since } = await answered({ kind: 'reset-after' });
    expect(tally(outcomes)).toEqual({ 'unknown unavailable ECONNRESET': 40 });
    expect(made('add members')).toBe(1);
    const before = made('members');
    const by = { records: people(40).map(refOf) };
    const rows = await session.lookup(lookupRequest(by, { changedSince: since - 1_000 }), signal);
    expect(rows.map(({ member }) => member?.status)).toEqual(Array(40).fill('unsubscribed'));
    expect(made('members') - before).toBe(1);
    expect(vendor.calls().filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('that never came through is in doubt as well, or refused where it surely was', async () => {
    expect(tally((await answered({ kind: 'reset' })).outcomes)).toEqual({ 'unknown unavailable ECONNRESET': 40 });
    const { outcomes } = await answered({ kind: 'throttle', count: 9 });
    expect(tally(outcomes)).toEqual({ 'rejected rate-limited Too Many Requests': 40 });
  });

  it('with errors has each of them tried alone', async () => {
    const { vendor, outcomes, made } = await answered({ kind: 'partial-batch' });
    expect(tally(outcomes)).toEqual({ applied: 40 });
    expect(made('patch member')).toBe(20);
    expect(people(40).every((email) => memberIn(vendor, email).status === 'unsubscribed')).toBe(true);
  });

  it('with rows in another order is read by member, and with rows left out leaves those in doubt', async () => {
    expect(tally((await answered({ kind: 'batch-reordered-rows' })).outcomes)).toEqual({ applied: 40 });
    expect(tally((await answered({ kind: 'batch-fewer-rows' })).outcomes)).toEqual({
      applied: 20,
      'unknown protocol protocol': 20,
    });
  });

  it('of a lost audience, and of refused credentials, is the same for all, and nothing more is sent', async () => {
    const lost = await answered({ kind: 'audience-deleted' });
    expect(tally(lost.outcomes)).toEqual({ 'rejected config config': 40 });
    expect(lost.made('member')).toBe(0);
    const refused = await answered({ kind: 'expired-token', count: 9 });
    expect(tally(refused.outcomes)).toEqual({ 'rejected auth API Key Invalid': 40 });
    expect([refused.made('add members'), refused.made('member')]).toEqual([1, 0]);
  });
});

it('5,000 opt-outs are written and read back in some two dozen calls', async () => {
  const vendor = await startMailchimp();
  const { session, meter } = await readBefore(vendor, people(5_000));
  const before = Object.values(meter.counts()).reduce((sum, { calls }) => sum + calls, 0);
  for (let at = 0; at < 5_000; at += 500) {
    const batch = people(5_000).slice(at, at + 500);
    const sentAt = vendor.clock.now();
    expect(tally(await session.write(optOuts(batch), signal))).toEqual({ applied: 500 });
    vendor.clock.advance(2_000);
    const by = { records: batch.map(refOf) };
    const rows = await session.lookup(lookupRequest(by, { changedSince: sentAt - 1_000 }), signal);
    expect(rows.filter(({ member }) => member?.status === 'unsubscribed')).toHaveLength(500);
  }
  const calls = Object.values(meter.counts()).reduce((sum, one) => sum + one.calls, 0) - before;
  expect(calls).toBeLessThanOrEqual(10 + 10 + 2);
  await raw(vendor, 'GET', '/members?count=1');
});
