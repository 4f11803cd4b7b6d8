import type { BulkJobs, JobReport, Op, Outcome } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { addMany, brief, type Mailchimp, memberIn, openFor, ops, readAll, signal, startMailchimp } from './support.ts';

const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);
const patches = (count: number, name = 'New'): readonly Op[] =>
  people(count).map((email) => ops.patch(email, { FNAME: name }));

const jobsOf = (vendor: Mailchimp, given: Parameters<typeof openFor>[1] = {}): BulkJobs & { calls(): number } => {
  const { session, meter } = openFor(vendor, given);
  if (session.bulk === null) throw new Error('no bulk lane');
  const calls = (): number => Object.values(meter.counts()).reduce((sum, one) => sum + one.calls, 0);
  return { ...session.bulk, calls };
};

const startedJob = async (jobs: BulkJobs, all: readonly Op[]): Promise<string> =>
  jobs.start(await jobs.open(all, signal), all, signal);

/** Asks until the job has ended; the sandbox's clock goes on as told. */
const ended = async (
  vendor: Mailchimp,
  jobs: BulkJobs,
  ticket: string,
  all: readonly Op[],
): Promise<readonly Outcome[]> => {
  for (let asked = 0; asked < 200; asked += 1) {
    const report = await jobs.report(ticket, all, signal);
    if (report.state === 'ended') return report.outcomes;
    expect(report.askAgainMs).toBeGreaterThan(0);
    vendor.clock.advance(report.askAgainMs);
  }
  throw new Error('the job does not end');
};

const tally = (outcomes: readonly Outcome[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(outcomes, brief)].map(([what, all]) => [what, all.length]));

const batchesAt = (vendor: Mailchimp): number =>
  vendor.calls().filter(({ method, path }) => method === 'POST' && path.endsWith('/batches')).length;

const leaks = (vendor: Mailchimp): unknown => (vendor.act('results/downloads', {}) as { readonly leaks: number }).leaks;

describe('a job', () => {
  it('changes the fields of all, and takes one start, some looks, and one archive without our key', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(600));
    const jobs = jobsOf(vendor);
    const all = patches(600);
    const ticket = await startedJob(jobs, all);
    const outcomes = await ended(vendor, jobs, ticket, all);
    expect(tally(outcomes)).toEqual({ applied: 600 });
    expect(new Set(outcomes.map(({ op }) => op))).toEqual(new Set(all.map(({ id }) => id)));
    expect(people(600).every((email) => memberIn(vendor, email).mergeFields.FNAME === 'New')).toBe(true);
    expect(batchesAt(vendor)).toBe(1);
    // Merge fields, the start, three looks, the archive.
    expect(jobs.calls()).toBeLessThanOrEqual(6);
    expect(leaks(vendor)).toBe(0);
  });

  it('tells no rows, which would be old news, and when it was done at the latest', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(2));
    const jobs = jobsOf(vendor);
    const all = patches(2);
    const ticket = await startedJob(jobs, all);
    vendor.clock.advance(60_000);
    const by = vendor.clock.now();
    vendor.clock.advance(3_600_000);
    for (const outcome of await ended(vendor, jobs, ticket, all)) {
      expect(outcome).toMatchObject({ result: 'applied', row: null });
      expect('at' in outcome && outcome.at).toBeLessThan(by);
    }
  });

  it('is opened without a request of its own, and its ticket names nobody', async () => {
    const vendor = await startMailchimp();
    const { session, meter } = openFor(vendor);
    await session.describe(signal);
    const before = JSON.stringify(meter.counts());
    const ticket = await session.bulk?.open(patches(3), signal);
    expect(JSON.stringify(meter.counts())).toBe(before);
    expect(ticket).not.toMatch(/example\.org|[0-9a-f]{32}/);
  });

  it('gives each op what a single call would have: gone, wrong type, unknown field, nothing to do, twice the same member', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(4));
    const jobs = jobsOf(vendor);
    const all: readonly Op[] = [
      ...patches(2),
      ops.patch('gone@example.org', { FNAME: 'New' }),
      ops.patch('p2@example.org', { BIRTHDAY: '02/29', FNAME: 'New' }),
      { ...ops.patch('p3@example.org', { NOSUCH: 'x' }), id: 'unknown field' },
      { ...ops.patch('p3@example.org', {}), id: 'nothing' },
      { ...ops.patch('p0@example.org', { LNAME: 'Late' }), id: 'again' },
    ];
    const ticket = await startedJob(jobs, all);
    const outcomes = await ended(vendor, jobs, ticket, all);
    expect(outcomes).toHaveLength(all.length);
    const of = (id: string): string => brief(outcomes.find(({ op }) => op === id) as Outcome);
    expect(of('p:p0@example.org')).toBe('applied');
    expect(of('p:gone@example.org')).toBe('rejected missing Resource Not Found');
    expect(of('p:p2@example.org')).toBe('applied');
    expect(of('unknown field')).toBe('rejected invalid unknown merge field');
    expect(of('nothing')).toBe('unchanged');
    expect(of('again')).toBe('rejected stale not started');
    expect(memberIn(vendor, 'p0@example.org').mergeFields.LNAME).toBeUndefined();
  });

  it('never says anything about consent', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3), 'unsubscribed');
    const jobs = jobsOf(vendor);
    const all = patches(3);
    await ended(vendor, jobs, await startedJob(jobs, all), all);
    expect(people(3).map((email) => memberIn(vendor, email).status)).toEqual(Array(3).fill('unsubscribed'));
  });

  it('of which Mailchimp carries out only a part leaves the others in doubt or refused, as a call would', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(6));
    vendor.faults([{ kind: 'async-failing', details: { every: 3, status: 429 } }]);
    const jobs = jobsOf(vendor);
    const all = patches(6);
    expect(tally(await ended(vendor, jobs, await startedJob(jobs, all), all))).toEqual({
      applied: 4,
      'rejected rate-limited Too Many Requests': 2,
    });
  });
});

describe('after a crash', () => {
  const lostStart = async (vendor: Mailchimp, kind: 'reset-after' | 'reset', count: number) => {
    await addMany(vendor, people(count));
    const jobs = jobsOf(vendor);
    const all = patches(count);
    const { session } = openFor(vendor);
    await session.check(signal);
    const ticket = await jobs.open(all, signal);
    vendor.faults([{ kind, route: 'POST /3.0/batches', count: 1 }]);
    await expect(jobs.start(ticket, all, signal)).rejects.toMatchObject({ details: { mayHaveApplied: true } });
    return { all, ticket };
  };

  it('another process finds the job by its ticket, whatever else the account has, and sends none twice', async () => {
    for (const switches of [{ asyncTotalWhilePending: false }, { asyncTotalWhilePending: true }]) {
      const vendor = await startMailchimp({ switches });
      const others = (name: string): readonly Op[] =>
        people(40).map((email) => ({ ...ops.patch(email, { LNAME: name }), id: `${name} ${email}` }));
      await startedJob(jobsOf(vendor), others('before'));
      const { all, ticket } = await lostStart(vendor, 'reset-after', 40);
      await startedJob(jobsOf(vendor), others('after'));
      const outcomes = await ended(vendor, jobsOf(vendor), ticket, all);
      expect(tally(outcomes)).toEqual({ applied: 40 });
      expect(batchesAt(vendor)).toBe(3);
    }
  });

  it('a job that never came through ends once nothing can be under way any more: planned anew', async () => {
    const vendor = await startMailchimp();
    const { all, ticket } = await lostStart(vendor, 'reset', 30);
    const began = vendor.clock.now();
    const outcomes = await ended(vendor, jobsOf(vendor), ticket, all);
    expect(tally(outcomes)).toEqual({ 'rejected stale not started': 30 });
    expect(vendor.clock.now() - began).toBeGreaterThan(15 * 60_000);
  });

  it('one answer with a wrong date makes nobody believe that a job is long over', async () => {
    const vendor = await startMailchimp();
    const { all, ticket } = await lostStart(vendor, 'reset', 3);
    vendor.faults([{ kind: 'wrong-date', details: { byMs: 7_200_000 } }]);
    expect((await jobsOf(vendor).report(ticket, all, signal)).state).toBe('running');
  });

  it('a job that was opened and not started ends like that; one that Mailchimp refused, at once', async () => {
    const vendor = await startMailchimp();
    const jobs = jobsOf(vendor);
    const all = patches(5);
    expect(tally(await ended(vendor, jobs, await jobs.open(all, signal), all))).toEqual({
      'rejected stale not started': 5,
    });

    vendor.switches({ asyncOperationLimit: 2 });
    const ticket = await jobs.open(all, signal);
    await expect(jobs.start(ticket, all, signal)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await jobs.report(ticket, all, signal)).toMatchObject({ state: 'ended' });
  });

  it('a start that comes too late is not sent: who asked meanwhile was told that it never was', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    const jobs = jobsOf(vendor);
    const all = patches(3);
    const ticket = await jobs.open(all, signal);
    vendor.clock.advance(11 * 60_000);
    await expect(jobs.start(ticket, all, signal)).rejects.toMatchObject({ kind: 'stale' });
    expect(batchesAt(vendor)).toBe(0);
  });

  it('a ticket that nobody understands ends in doubt', async () => {
    const vendor = await startMailchimp();
    const report = await jobsOf(vendor).report('{"v":99}', patches(2), signal);
    expect(report.state === 'ended' && tally(report.outcomes)).toEqual({ 'unknown protocol protocol': 2 });
  });
});

describe('a job that Mailchimp', () => {
  it('loses is in doubt, after a while', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    vendor.faults([{ kind: 'async-lost', count: 1 }]);
    const jobs = jobsOf(vendor);
    const all = patches(3);
    expect(tally(await ended(vendor, jobs, await startedJob(jobs, all), all))).toEqual({
      'unknown protocol protocol': 3,
    });
  });

  it('never finishes is stopped, so that nothing is changed behind the back of who looks then', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(4));
    vendor.faults([{ kind: 'async-stuck', count: 1 }]);
    const jobs = jobsOf(vendor);
    const all = patches(4);
    const ticket = await startedJob(jobs, all);
    vendor.clock.advance(11 * 3_600_000);
    expect((await jobs.report(ticket, all, signal)).state).toBe('running');
    vendor.clock.advance(2 * 3_600_000);
    const report = await jobs.report(ticket, all, signal);
    expect(report.state === 'ended' && tally(report.outcomes)).toEqual({ 'unknown protocol protocol': 4 });
    expect(vendor.calls().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it('has forgotten is in doubt', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    const jobs = jobsOf(vendor);
    const all = patches(3);
    const ticket = await startedJob(jobs, all);
    vendor.clock.advance(3_600_000);
    expect((await jobsOf(vendor).report(ticket, all, signal)).state).toBe('ended');
    vendor.clock.advance(9 * 86_400_000);
    const report: JobReport = await jobs.report(ticket, all, signal);
    expect(report.state === 'ended' && tally(report.outcomes)).toEqual({ 'unknown protocol protocol': 3 });
  });
});

describe('the archive', () => {
  const told = async (fault: Parameters<Mailchimp['faults']>[0][number], count = 8) => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(count));
    const jobs = jobsOf(vendor);
    const all = patches(count);
    const ticket = await startedJob(jobs, all);
    vendor.clock.advance(60_000);
    vendor.faults([fault]);
    const outcomes = await ended(vendor, jobs, ticket, all);
    expect(new Set(outcomes.map(({ op }) => op))).toEqual(new Set(all.map(({ id }) => id)));
    expect(leaks(vendor)).toBe(0);
    return { tally: tally(outcomes), vendor };
  };
  const everything = { applied: 8 };
  const nothing = { 'unknown protocol protocol': 8 };

  it('whose link has expired, that is cut off, broken, reset or not to be had is asked for again', async () => {
    for (const kind of [
      'archive-expired',
      'archive-truncated',
      'archive-corrupt',
      'archive-reset',
      'archive-error',
    ] as const)
      expect([kind, (await told({ kind, count: 1 })).tally]).toEqual([kind, everything]);
  });

  it('that stays like that is given up after an hour, and everybody in it is in doubt', async () => {
    for (const kind of ['archive-truncated', 'archive-error'] as const)
      expect([kind, (await told({ kind })).tally]).toEqual([kind, nothing]);
  });

  it('that leads elsewhere is not asked for, and a redirect is not followed', async () => {
    for (const origin of [
      'https://batch-results.example',
      'http://169.254.169.254',
      'https://s3.amazonaws.com',
      'file:///etc',
    ])
      expect((await told({ kind: 'archive-host', details: { origin } })).tally).toEqual(nothing);
    const { tally: after, vendor } = await told({
      kind: 'archive-redirect',
      details: { location: 'http://127.0.0.1:1/' },
    });
    expect(after).toEqual(nothing);
    const { downloads } = vendor.act('results/downloads', {}) as {
      readonly downloads: readonly { readonly status: number }[];
    };
    expect(downloads.map(({ status }) => status)).toEqual([302, 302]);
  });

  it('that lacks results, tells some twice, or tells of others, is believed where it is clear', async () => {
    expect((await told({ kind: 'results-missing' })).tally).toEqual({ applied: 4, 'unknown protocol protocol': 4 });
    expect((await told({ kind: 'results-foreign' })).tally).toEqual({ applied: 4, 'unknown protocol protocol': 4 });
    expect((await told({ kind: 'results-doubled' })).tally).toEqual(everything);
    const contradicting = await told({ kind: 'results-doubled', details: { contradicting: true } });
    expect(contradicting.tally).toEqual({ applied: 4, 'unknown protocol protocol': 4 });
  });

  it('with a file that is no JSON tells what the others do; with names of files elsewhere, everything', async () => {
    expect((await told({ kind: 'archive-not-json' })).tally).toEqual({ applied: 4, 'unknown protocol protocol': 4 });
    expect((await told({ kind: 'archive-names' })).tally).toEqual(everything);
  });
});

describe('a merge field', () => {
  it('that vanished while the job waited is told, not taken for written', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    const jobs = jobsOf(vendor);
    const all = patches(3);
    const ticket = await startedJob(jobs, all);
    vendor.faults([{ kind: 'merge-field-vanished', count: 1 }]);
    await readAll(openFor(vendor).session);
    expect(tally(await ended(vendor, jobs, ticket, all))).toEqual({ 'rejected invalid unknown merge field': 3 });
  });
});

it('a job of members of an audience that is gone says so of each', async () => {
  const vendor = await startMailchimp();
  const jobs = jobsOf(vendor);
  await addMany(vendor, people(2));
  const all = patches(2);
  const ticket = await startedJob(jobs, all);
  vendor.faults([{ kind: 'audience-deleted', count: 1 }]);
  await readAll(openFor(vendor).session).catch(() => {});
  expect(tally(await ended(vendor, jobs, ticket, all))).toEqual({ 'rejected missing Resource Not Found': 2 });
});
