import { describe, expect, it } from 'vitest';
import { callsTo, emails, endOf, lookup, make, open, readAll, request, rowsOf, STATUS, useSandbox } from './kit.ts';

const running = useSandbox();
const HOUR_MS = 3_600_000;

describe('the session in another time zone', () => {
  it.each(['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Etc/GMT+12', 'UTC'])(
    'loses nothing and dates rows right: %s',
    async (sessionTimeZone) => {
      running().switches({ sessionTimeZone });
      make(running(), 'contact', { email: 'old@example.org' });
      running().clock.advance(HOUR_MS);
      const session = open(running());
      const first = endOf(await readAll(session, request()));
      running().clock.advance(1_000);
      make(running(), 'contact', { email: 'new@example.org' });
      running().clock.advance(1_000);
      const rows = rowsOf(await readAll(session, request({ after: first })));
      expect(rows.map(({ email, modifiedAt }) => [email, modifiedAt])).toEqual([
        ['new@example.org', running().clock.now() - 1_000],
      ]);
    },
  );

  it('is found out once by the two reads of a run, though another record was changed last', async () => {
    const session = open(running());
    make(running(), 'contact', { email: 'old@example.org' });
    const [one, other] = [request({ fields: ['firstname'] }), request({ fields: ['lastname'] })];
    const [first, second] = [endOf(await readAll(session, one)), endOf(await readAll(session, other))];
    running().clock.advance(HOUR_MS);
    make(running(), 'contact', { email: 'new@example.org' });
    const next = open(running());
    const from = callsTo(running()).length;
    await readAll(next, { ...one, after: first });
    await readAll(next, { ...other, after: second });
    const looks = callsTo(running())
      .slice(from)
      .filter((call) => call.startsWith('GET /record/v1/contact/'));
    expect(looks).toHaveLength(1);
  });

  it('that changes its zone between two reads loses nothing', async () => {
    running().switches({ sessionTimeZone: 'Asia/Tokyo' });
    make(running(), 'contact', { email: 'old@example.org' });
    running().clock.advance(30 * 60_000);
    const first = endOf(await readAll(open(running()), request()));
    make(running(), 'customer', { email: 'new@example.org' });
    running().switches({ sessionTimeZone: 'America/Los_Angeles' });
    expect(emails(rowsOf(await readAll(open(running()), request({ after: first }))))).toContain('new@example.org');
  });

  it('whose summer time ends between two reads loses nothing', async () => {
    running().switches({ sessionTimeZone: 'America/Los_Angeles' });
    // Half past one, twice: 2026-11-01T08:30Z and T09:30Z. The sandbox begins on 2026-11-21, so by another year's.
    running().clock.advance(Date.UTC(2027, 10, 7, 8, 50) - running().clock.now());
    make(running(), 'contact', { email: 'old@example.org' });
    const first = endOf(await readAll(open(running()), request()));
    running().clock.advance(25 * 60_000);
    make(running(), 'contact', { email: 'new@example.org' });
    running().clock.advance(1_000);
    const rows = rowsOf(await readAll(open(running()), request({ after: first })));
    const row = rows.find(({ email }) => email === 'new@example.org');
    expect(row?.modifiedAt).toBe(running().clock.now() - 1_000);
  });

  it('whose summer time begins between two reads loses nothing of the hour before', async () => {
    running().switches({ sessionTimeZone: 'America/Los_Angeles' });
    running().clock.advance(Date.UTC(2027, 2, 14, 9, 40) - running().clock.now());
    make(running(), 'contact', { email: 'old@example.org' });
    const first = endOf(await readAll(open(running()), request()));
    running().clock.advance(10 * 60_000);
    make(running(), 'contact', { email: 'before@example.org' });
    running().clock.advance(20 * 60_000);
    make(running(), 'contact', { email: 'after@example.org' });
    const read = emails(rowsOf(await readAll(open(running()), request({ after: first }))));
    expect(read).toEqual(expect.arrayContaining(['after@example.org', 'before@example.org']));
  });

  it('that cannot be calibrated reads a day more, and dates nothing', async () => {
    make(running(), 'contact', { email: 'old@example.org' });
    running().act('admin/permission', { record: 'contact', level: 'view' });
    running().act('admin/permission', { record: 'customer', level: 'view' });
    const first = endOf(await readAll(open(running()), request()));
    running().clock.advance(20 * HOUR_MS);
    make(running(), 'contact', { email: 'new@example.org' });
    const rows = rowsOf(await readAll(open(running()), request({ after: first })));
    expect(rows.map(({ email, modifiedAt }) => [email, modifiedAt])).toEqual([
      ['old@example.org', null],
      ['new@example.org', null],
    ]);
  });
});

describe('many rows', () => {
  it.each(['truncated', 'error'])('more than a query may have are read all the same (%s)', async (aboveRowCap) => {
    running().switches({ rowCap: 1_500, aboveRowCap });
    for (let n = 0; n < 2_100; n += 1) make(running(), 'contact', { email: `p${n}@example.org` });
    const pages = await readAll(open(running()), request({ types: ['contact'] }));
    expect(new Set(emails(rowsOf(pages))).size).toBe(2_100);
  });

  it('a save that becomes visible late is inside the overlap', async () => {
    make(running(), 'contact', { email: 'old@example.org' });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    const first = endOf(await readAll(session, request()));
    const id = make(running(), 'contact', { email: 'late@example.org' });
    const lastModifiedDate = new Date(running().clock.now() - 10 * 60_000).toISOString();
    running().act('admin/edit', { record: 'contact', id, fields: { lastModifiedDate } });
    expect(emails(rowsOf(await readAll(session, request({ after: first }))))).toContain('late@example.org');
  });
});

describe('deletions', () => {
  it.each([
    [{ deletedRecordType: 'name' }, 1],
    [{ deletedRecordType: 'number' }, 1],
    [{ deletedRecordId: false }, 0],
  ])('come from the log where queries have it: %j', async (switches, told) => {
    running().switches(switches);
    const id = make(running(), 'customer', { email: 'gone@example.org' });
    make(running(), 'contact', { email: 'stays@example.org' });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    const first = endOf(await readAll(session, request()));
    running().act('admin/delete', { record: 'customer', id });
    const rows = rowsOf(await readAll(session, request({ after: first })));
    expect(rows.map(({ record, life }) => [record.id, life.kind])).toEqual(told === 1 ? [[id, 'deleted']] : []);
  });

  it('the loser of a merge is gone from queries, with or without a line in the log', async () => {
    for (const mergeLeavesDeletedRecord of [true, false]) {
      running().reset();
      running().switches({ mergeLeavesDeletedRecord });
      const [primary, loser] = ['a', 'b'].map((name) => make(running(), 'contact', { email: `${name}@example.org` }));
      const session = open(running());
      const first = endOf(await readAll(session, request()));
      running().clock.advance(HOUR_MS);
      running().act('admin/merge', { record: 'contact', primary, losers: [loser] });
      const rows = rowsOf(await readAll(session, request({ after: first })));
      expect(rows.filter(({ life }) => life.kind === 'deleted')).toHaveLength(mergeLeavesDeletedRecord ? 1 : 0);
      expect(await lookup(session, { records: [{ type: 'contact', id: loser ?? '' }] })).toEqual([]);
    }
  });
});

describe('consent as it is read', () => {
  it.each([
    ['1', false, '1'],
    ['2', false, '2'],
    ['2', true, '2'],
    ['1', true, 'unsubscribe'],
  ])('status %s with the box %s shows as %s', async (status, unsubscribe, shown) => {
    make(running(), 'contact', { email: 'ann@example.org', [STATUS]: status, unsubscribe });
    const session = open(running());
    const [row] = await lookup(session, { emails: ['ANN@example.org'] });
    expect(row?.values).toEqual({ [STATUS]: shown });
    const optedOut = rowsOf(await readAll(session, request({ initially: 'opted-out' })));
    expect(optedOut).toHaveLength(shown === '1' ? 0 : 1);
  });

  it.each([
    { suiteqlNulls: 'null', suiteqlKeys: 'as-written', suiteqlBooleans: 'true/false', suiteqlNumbers: 'numbers' },
    { suiteqlNulls: 'omitted', suiteqlKeys: 'lower', suiteqlBooleans: 'T/F', suiteqlNumbers: 'strings' },
  ])('in any shape of an answer: %j', async (switches) => {
    running().switches(switches);
    const custom = { custentity_newsletter_opt_out: true, custentity_opt_out_date: '2026-11-02', custentity_tier: '2' };
    make(running(), 'customer', { email: 'ann@example.org', externalId: 'heed-1', ...custom });
    const fields = [...Object.keys(custom), 'isInactive', 'custentity_job_role', 'isPerson'];
    const [row] = await lookup(open(running()), { emails: ['ann@example.org'] }, { fields, reference: 'externalId' });
    expect(row).toMatchObject({
      reference: 'heed-1',
      values: { ...custom, isInactive: false, custentity_job_role: null, isPerson: false, [STATUS]: '1' },
    });
  });

  it('a field that is gone from queries is unknown, not empty, and the rest is read', async () => {
    make(running(), 'contact', { email: 'ann@example.org', custentity_tier: '1' });
    const session = open(running());
    const columns = { fields: ['custentity_tier', 'custentity_job_role'] };
    expect((await lookup(session, { emails: ['ann@example.org'] }, columns))[0]?.values).toHaveProperty(
      'custentity_tier',
    );
    running().act('admin/remove-field', { record: 'contact', field: 'custentity_tier' });
    const [row] = await lookup(session, { emails: ['ann@example.org'] }, columns);
    expect(row?.values).toEqual({ custentity_job_role: null, [STATUS]: '1' });
  });

  it("a recipient's own unsubscribe is seen even if it moves no stamp, at once and not again", async () => {
    running().switches({ recipientActMovesLastModified: false });
    const [ann, bob, carl] = ['ann', 'bob', 'carl'].map((name) =>
      make(running(), 'contact', { email: `${name}@example.org` }),
    );
    running().act('person/unsubscribe', { id: bob });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    let after = endOf(await readAll(session, request()));
    const changes = async () => {
      running().clock.advance(HOUR_MS);
      const pages = await readAll(session, request({ after }));
      after = endOf(pages);
      return rowsOf(pages).map(({ record, values }) => [record.id, values[STATUS]]);
    };
    expect(await changes()).toEqual([]);
    running().act('person/unsubscribe', { id: ann });
    expect(await changes()).toEqual([
      [ann, '4'],
      [bob, '4'],
    ]);
    expect(await changes()).toEqual([]);
    // One came, one went: their number shows nothing, the next day does.
    running().act('person/confirm', { id: bob });
    running().act('person/unsubscribe', { id: carl });
    expect(await changes()).toEqual([]);
    running().clock.advance(24 * HOUR_MS);
    expect(await changes()).toEqual([
      [ann, '4'],
      [carl, '4'],
    ]);
  });

  it('quiet reads cost six calls', async () => {
    make(running(), 'contact', { email: 'ann@example.org' });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    const first = endOf(await readAll(session, request()));
    running().clock.advance(HOUR_MS);
    const before = callsTo(running()).length;
    await readAll(session, request({ after: first }));
    // The token has run out meanwhile.
    expect(
      callsTo(running())
        .slice(before)
        .filter((call) => !call.includes('token')),
    ).toEqual(Array(6).fill('POST /query/v1/suiteql'));
  });
});
