import type { BulkJobs, JobReport, JobTicket, Op, Outcome, Values } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { callsTo, make, never, open, stored, useSandbox } from './kit.ts';

const sandbox = useSandbox();
const DAY_MS = 86_400_000;

const lane = (): BulkJobs => {
  const { bulk } = open(sandbox()).session;
  if (bulk === null) throw new Error('no lane');
  return bulk;
};

const patch = (id: string, fields: Values, type = 'Contact'): Op => ({
  kind: 'patch',
  id: `patch ${id}`,
  record: { type, id },
  email: 'somebody@example.org',
  fields,
  ifVersion: null,
});

const contacts = (count: number, type = 'Contact'): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    make(sandbox(), type, { Email: `${type}${index}@example.org`, FirstName: 'Before', Title: 'Kept' }),
  );
const toAfter = (ids: readonly string[], type = 'Contact'): readonly Op[] =>
  ids.map((id) => patch(id, { FirstName: 'After' }, type));
const nameOf = (id: string, type = 'Contact'): unknown => stored(sandbox(), type, id).FirstName;

const finish = async (ticket: JobTicket, ops: readonly Op[]): Promise<readonly Outcome[]> => {
  for (let asked = 0; asked < 20; asked += 1) {
    const report: JobReport = await lane().report(ticket, ops, never);
    if (report.state === 'ended') return report.outcomes;
  }
  throw new Error('the job does not end');
};

const started = async (ops: readonly Op[]): Promise<JobTicket> => {
  const bulk = lane();
  return bulk.start(await bulk.open(ops, never), ops, never);
};

const resultsOf = (outcomes: readonly Outcome[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    outcomes.map((one) => [
      one.op,
      'refusal' in one ? `${one.result} ${one.refusal.kind} ${one.refusal.code}` : one.result,
    ]),
  );
const all = (ops: readonly Op[], result: string) => Object.fromEntries(ops.map(({ id }) => [id, result]));

/** Never wrong: applied is what is there, rejected what is not. */
const expectTruth = (ids: readonly string[], outcomes: readonly Outcome[]): void => {
  for (const id of ids) {
    const result = outcomes.find(({ op }) => op === `patch ${id}`)?.result;
    if (result !== 'unknown') expect([id, result === 'applied']).toEqual([id, nameOf(id) === 'After']);
  }
};

const CLOSE = 'PATCH /services/data/{v}/jobs/ingest/{job}';
const UPLOAD = 'PUT /services/data/{v}/jobs/ingest/{job}/batches';

describe('a job', () => {
  test('of both types is two jobs of the vendor, and one ticket; few calls', async () => {
    const [people, leads] = [contacts(3), contacts(2, 'Lead')];
    const ops = [...toAfter(people), ...toAfter(leads, 'Lead')];
    const ticket = await started(ops);
    expect(JSON.parse(ticket)).toMatchObject({ v: 1, jobs: [{ type: 'Contact' }, { type: 'Lead' }] });
    expect(resultsOf(await finish(ticket, ops))).toEqual(all(ops, 'applied'));
    expect([...people.map((id) => nameOf(id)), ...leads.map((id) => nameOf(id, 'Lead'))]).toEqual(
      Array(5).fill('After'),
    );
    const calls = callsTo(sandbox()).map((call) => call.replace(/750\w+/, '{job}'));
    expect(calls.filter((call) => !call.startsWith('GET') && !call.includes('token'))).toEqual([
      'POST /jobs/ingest',
      'POST /jobs/ingest',
      'PUT /jobs/ingest/{job}/batches',
      'PUT /jobs/ingest/{job}/batches',
      'PATCH /jobs/ingest/{job}',
      'PATCH /jobs/ingest/{job}',
    ]);
    // Its numbers say that all went well: nobody asks for lists.
    expect(calls.filter((call) => call.endsWith('Results/'))).toEqual([]);
  });

  test('writes values, empties what is null, leaves what an op does not name', async () => {
    const [one, two] = contacts(2) as [string, string];
    await finish(await started([patch(one, { FirstName: null }), patch(two, { Title: ' "Boss",\n=1+1 ' })]), []);
    expect(stored(sandbox(), 'Contact', one)).toMatchObject({ FirstName: null, Title: 'Kept' });
    expect(stored(sandbox(), 'Contact', two)).toMatchObject({ FirstName: 'Before' });
    expect(String(stored(sandbox(), 'Contact', two).Title).trim()).toBe('"Boss",\n=1+1');
  });

  test('says nothing of consent', async () => {
    const [id] = contacts(1) as [string];
    const optOut: Op = {
      kind: 'opt-out',
      id: 'o',
      record: { type: 'Contact', id },
      email: 'x@example.org',
      topic: '*',
      set: { HasOptedOutOfEmail: true },
    };
    await expect(lane().open([optOut], never)).rejects.toMatchObject({ kind: 'config' });
    const sneaky = [patch(id, { HasOptedOutOfEmail: true })];
    expect(resultsOf(await finish(await started(sneaky), sneaky))).toEqual(
      all(sneaky, 'rejected refused NOT_BY_FIELDS'),
    );
    expect(callsTo(sandbox()).filter((call) => call.includes('/jobs/'))).toEqual([]);
  });

  test('leaves out what it would write otherwise than a call, and each record twice', async () => {
    const ids = contacts(3) as [string, string, string];
    const again = { ...patch(ids[0], { FirstName: 'Later' }), id: 'again' };
    const ops = [...toAfter([ids[0]]), again, patch(ids[1], { FirstName: '#N/A' }), patch('x', { FirstName: 'After' })];
    expect(resultsOf(await finish(await started(ops), ops))).toEqual({
      [`patch ${ids[0]}`]: 'applied',
      again: 'rejected stale NOT_FOR_A_JOB',
      [`patch ${ids[1]}`]: 'rejected stale NOT_FOR_A_JOB',
      'patch x': 'rejected missing MALFORMED_ID',
    });
    expect([nameOf(ids[0]), nameOf(ids[1])]).toEqual(['After', 'Before']);
  });

  test('cannot be started twice', async () => {
    const ids = contacts(1);
    const ops = toAfter(ids);
    const bulk = lane();
    const ticket = await bulk.start(await bulk.open(ops, never), ops, never);
    await expect(bulk.start(ticket, ops, never)).rejects.toMatchObject({ kind: 'invalid' });
    expect(resultsOf(await finish(ticket, ops))).toEqual(all(ops, 'applied'));
  });

  test('rows are refused for the reasons of a call', async () => {
    const [gone, long, locked, fine] = contacts(4) as [string, string, string, string];
    sandbox().act('admin/delete', { id: gone });
    sandbox().act('admin/lock', { id: locked, times: 1 });
    const ops = [patch(gone, {}), patch(long, { FirstName: 'x'.repeat(41) }), ...toAfter([locked, fine])];
    const outcomes = await finish(await started(ops), ops);
    expect(resultsOf(outcomes)).toEqual({
      [`patch ${gone}`]: 'rejected missing ENTITY_IS_DELETED',
      [`patch ${long}`]: 'rejected invalid STRING_TOO_LONG',
      [`patch ${locked}`]: 'rejected unavailable UNABLE_TO_LOCK_ROW',
      [`patch ${fine}`]: 'applied',
    });
    expect(outcomes.find(({ op }) => op === `patch ${long}`)).toMatchObject({
      refusal: { field: 'FirstName', message: expect.not.stringContaining('xxx') },
    });
  });

  test('a duplicate rule, whose alert lets a call pass but no job: planned anew, for a call', async () => {
    const ops = toAfter(contacts(2));
    const details = { every: 1, statusCode: 'DUPLICATES_DETECTED' };
    sandbox().faults([{ kind: 'partial-batch', route: CLOSE, details }]);
    expect(resultsOf(await finish(await started(ops), ops))).toEqual(all(ops, 'rejected stale DUPLICATES_DETECTED'));
    expect(resultsOf(await open(sandbox()).session.write(ops, never))).toEqual(all(ops, 'applied'));
  });

  test('a field that is hidden fails the whole job: only its ops are told so', async () => {
    const [one, two] = contacts(2) as [string, string];
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'Title' });
    const ops = [patch(one, { Title: 'x', FirstName: 'After' }), patch(two, { FirstName: 'After' })];
    expect(resultsOf(await finish(await started(ops), ops))).toEqual({
      [`patch ${one}`]: 'rejected forbidden INVALID_FIELD',
      [`patch ${two}`]: 'rejected stale InvalidBatch',
    });
    expect([nameOf(one), nameOf(two)]).toEqual(['Before', 'Before']);
  });

  test('a field that is hidden fails each row, if the vendor does it so', async () => {
    sandbox().switches({ bulkHiddenColumn: 'record' });
    const ids = contacts(2) as [string, string];
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'Title' });
    const ops = [patch(ids[0], { Title: 'x', FirstName: 'After' }), patch(ids[1], { FirstName: 'After' })];
    const outcomes = await finish(await started(ops), ops);
    expectTruth(ids, outcomes);
    expect(resultsOf(outcomes)[`patch ${ids[0]}`]).toMatch(/^rejected forbidden INVALID_FIELD/);
  });
});

describe('a job that does not go as it should', () => {
  test.each([
    ['failed', 0.5],
    ['aborted', 0.5],
    ['failed', 0],
    ['aborted', 0],
    ['failed', 1],
    ['aborted', 1],
  ])('%s when %d of it was done: each op is told the truth, nobody is in doubt', async (as, at) => {
    const ids = contacts(10);
    const ops = toAfter(ids);
    sandbox().faults([{ kind: `bulk-job-${as}`, route: CLOSE, details: { at } }]);
    const outcomes = await finish(await started(ops), ops);
    expectTruth(ids, outcomes);
    expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(at * 10);
    for (const outcome of outcomes)
      if (outcome.result !== 'applied')
        expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'stale' } });
  });

  test.each([
    ['refused', false],
    ['refused', true],
    ['completes', false],
  ])(
    'an upload whose answer is lost (%s when closed; stored: %s) is not repeated, and its job never runs',
    async (how, is) => {
      sandbox().switches({ bulkCloseWithoutUpload: how });
      sandbox().faults([{ kind: 'bulk-upload-lost', route: UPLOAD, details: { stored: is } }]);
      const ids = contacts(3);
      const ops = toAfter(ids);
      const bulk = lane();
      const ticket = await bulk.open(ops, never);
      await expect(bulk.start(ticket, ops, never)).rejects.toMatchObject({ kind: 'unavailable' });
      const outcomes = await finish(ticket, ops);
      expect(outcomes.map((one) => 'refusal' in one && one.refusal.kind)).toEqual(['stale', 'stale', 'stale']);
      sandbox().clock.advance(DAY_MS);
      expect(ids.map((id) => nameOf(id))).toEqual(['Before', 'Before', 'Before']);
      expect(callsTo(sandbox()).filter((call) => call.startsWith('PUT'))).toHaveLength(1);
    },
  );

  test('an upload that arrived without its last rows: they are stale, the others applied', async () => {
    const ids = contacts(4);
    const ops = toAfter(ids);
    const bulk = lane();
    // As if the other rows had been lost on the way.
    const ticket = await bulk.start(await bulk.open(ops, never), ops.slice(0, 2), never);
    expect(Object.values(resultsOf(await finish(ticket, ops))).sort()).toEqual([
      'applied',
      'applied',
      'rejected stale NOT_PROCESSED',
      'rejected stale NOT_PROCESSED',
    ]);
  });

  test('lists that lack rows leave those rows in doubt, and no others', async () => {
    const ids = contacts(8);
    const ops = toAfter(ids);
    const list = 'GET /services/data/{v}/jobs/ingest/{job}';
    sandbox().faults([
      { kind: 'partial-batch', route: CLOSE, details: { every: 2 } },
      { kind: 'bulk-results-missing', route: `${list}/failedResults` },
    ]);
    const complete = await finish(await started(ops), ops);
    expectTruth(ids, complete);
    expect(complete.map(({ result }) => result).sort()).toEqual([
      ...Array(4).fill('applied'),
      ...Array(2).fill('rejected'),
      ...Array(2).fill('unknown'),
    ]);
  });

  test('a failed job whose lists lack rows: nobody knows of those', async () => {
    const ids = contacts(8);
    const ops = toAfter(ids);
    const results = 'GET /services/data/{v}/jobs/ingest/{job}/successfulResults';
    sandbox().faults([
      { kind: 'bulk-job-failed', route: CLOSE, details: { at: 0.5 } },
      { kind: 'bulk-results-missing', route: results },
    ]);
    const outcomes = await finish(await started(ops), ops);
    expectTruth(ids, outcomes);
    expect(outcomes.map(({ result }) => result).sort()).toEqual([
      ...Array(2).fill('applied'),
      ...Array(4).fill('rejected'),
      ...Array(2).fill('unknown'),
    ]);
  });

  test('one that nobody keeps any more leaves everything in doubt', async () => {
    const ids = contacts(2);
    const ops = toAfter(ids);
    const ticket = await started(ops);
    sandbox().clock.advance(8 * DAY_MS);
    await open(sandbox()).session.check(never);
    sandbox().clock.advance(8 * DAY_MS);
    expect(resultsOf(await finish(ticket, ops))).toEqual(all(ops, 'unknown unavailable JOB_GONE'));
  });

  test('a ticket of another version leaves everything in doubt', async () => {
    const ops = toAfter(contacts(1));
    for (const ticket of ['', '{}', '{"v":2,"jobs":[]}', '{"v":1,"jobs":[{"type":"Contact","id":"../x"}]}'])
      expect(resultsOf(await finish(ticket, ops))).toEqual(all(ops, 'unknown unavailable UNREADABLE_TICKET'));
    expect(callsTo(sandbox())).toEqual([]);
  });

  test('one that is stuck goes on running, and is asked about less and less often', async () => {
    sandbox().faults([{ kind: 'bulk-job-stuck', route: CLOSE }]);
    const ops = toAfter(contacts(2));
    const ticket = await started(ops);
    const pauses = [];
    for (let asked = 0; asked < 5; asked += 1) {
      const report = await lane().report(ticket, ops, never);
      pauses.push(report.state === 'running' ? report.askAgainMs : 'ended');
      sandbox().clock.advance(20_000);
    }
    expect(pauses).toEqual([500, 10_000, 20_000, 30_000, 30_000]);
  });

  test('of two, the second cannot be made: the first is given up', async () => {
    const ops = [...toAfter(contacts(1)), ...toAfter(contacts(1, 'Lead'), 'Lead')];
    sandbox().faults([{ kind: 'throttle', route: 'POST /services/data/{v}/jobs/ingest', after: 1 }]);
    await expect(lane().open(ops, never)).rejects.toMatchObject({ kind: 'rate-limited' });
    const states = [...sandbox().state().jobs.values()].map(({ state }) => state);
    expect(states).toEqual(['Aborted']);
  });

  test('of two, the second upload fails: neither is started', async () => {
    const [people, leads] = [contacts(1), contacts(1, 'Lead')];
    const ops = [...toAfter(people), ...toAfter(leads, 'Lead')];
    sandbox().faults([{ kind: 'server-error', route: UPLOAD, status: 503, after: 1 }]);
    const bulk = lane();
    const ticket = await bulk.open(ops, never);
    await expect(bulk.start(ticket, ops, never)).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await finish(ticket, ops)).map((one) => 'refusal' in one && one.refusal.kind)).toEqual(['stale', 'stale']);
    expect([nameOf(people[0] ?? ''), nameOf(leads[0] ?? '', 'Lead')]).toEqual(['Before', 'Before']);
  });
});
