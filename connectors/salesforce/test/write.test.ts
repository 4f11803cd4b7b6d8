import type { Op } from '@heed/contract';
import { describe, expect, test, vi } from 'vitest';
import { callsTo, make, never, open, stored, useSandbox, write } from './kit.ts';

const sandbox = useSandbox();

const optOut = (id: string, op = 'o', type = 'Contact'): Op => ({
  kind: 'opt-out',
  id: op,
  record: { type, id },
  email: 'a@example.org',
  topic: '*',
  set: { HasOptedOutOfEmail: true },
});
const patch = (id: string, fields: Extract<Op, { kind: 'patch' }>['fields'], op = 'p', type = 'Contact'): Op => ({
  kind: 'patch',
  id: op,
  record: { type, id },
  email: 'a@example.org',
  fields,
  ifVersion: null,
});
const create = (more: Partial<Extract<Op, { kind: 'create' }>> = {}): Op => ({
  kind: 'create',
  id: 'n',
  type: 'Contact',
  email: 'new@example.org',
  reference: { field: 'Heed_Id__c', value: 'h1' },
  fields: { LastName: 'New' },
  as: null,
  set: { HasOptedOutOfEmail: false },
  ...more,
});
const live = (type: string) => [...sandbox().state().needTable(type).rows()].filter((row) => row.IsDeleted !== true);

describe('changes of records', () => {
  test('opt-outs go first, in a call of their own, by type', async () => {
    const contact = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const lead = make(sandbox(), 'Lead', { Email: 'a@example.org' });
    const outcomes = await write(
      open(sandbox()).session,
      patch(contact, { Title: 'Boss', Interests__c: ['Events', 'Offers'], MailingAddress: { city: 'Oslo' } }),
      optOut(lead, 'l', 'Lead'),
      optOut(contact, 'o'),
    );
    expect(outcomes.o).toEqual({
      op: 'o',
      result: 'applied',
      record: { type: 'Contact', id: contact },
      row: null,
      at: sandbox().clock.now(),
    });
    expect([outcomes.l?.result, outcomes.p?.result]).toEqual(['applied', 'applied']);
    expect(stored(sandbox(), 'Lead', lead).HasOptedOutOfEmail).toBe(true);
    expect(stored(sandbox(), 'Contact', contact)).toMatchObject({
      HasOptedOutOfEmail: true,
      Title: 'Boss',
      Interests__c: 'Events;Offers',
      MailingCity: 'Oslo',
    });
    const writes = sandbox()
      .calls()
      .filter(({ method }) => method === 'PATCH');
    expect(writes.map(({ touched }) => touched)).toEqual([[contact], [lead], [contact]]);
  });

  test('somebody was faster: unchanged, and nothing is written', async () => {
    const [mine, theirs] = ['a', 'b'].map((name) => make(sandbox(), 'Contact', { Email: `${name}@example.org` }));
    sandbox().act('person/unsubscribe', { id: theirs });
    const { session } = open(sandbox());
    const outcomes = await write(session, optOut(String(mine), 'm'), optOut(String(theirs), 't'));
    expect([outcomes.m?.result, outcomes.t?.result]).toEqual(['applied', 'unchanged']);
    expect((await write(session, optOut(String(mine), 'm'))).m).toMatchObject({
      result: 'unchanged',
      record: { id: mine },
    });
    const written = sandbox()
      .calls()
      .filter(({ method }) => method === 'PATCH');
    expect(written.map(({ touched }) => touched)).toEqual([[mine]]);
  });

  test('one of two consent fields is not enough to be unchanged', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org', HasOptedOutOfEmail: true });
    const both = { ...optOut(id), set: { HasOptedOutOfEmail: true, Newsletter_Opt_Out__c: true } } as Op;
    expect((await write(open(sandbox()).session, both)).o?.result).toBe('applied');
    expect(stored(sandbox(), 'Contact', id).Newsletter_Opt_Out__c).toBe(true);
    const other = { ...optOut(id), set: { Interests__c: ['Offers', 'Events'] } } as Op;
    expect((await write(open(sandbox()).session, other)).o?.result).toBe('applied');
    expect((await write(open(sandbox()).session, other)).o?.result).toBe('unchanged');
  });

  test('a look-up that fails holds no opt-out up', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session } = open(sandbox());
    sandbox().faults([{ kind: 'server-error', route: 'GET /services/data/{version}/queryAll' }]);
    expect((await write(session, optOut(id))).o?.result).toBe('applied');
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(true);
  });

  test('401 records: three calls', async () => {
    const ids = Array.from({ length: 401 }, (_, i) => make(sandbox(), 'Contact', { Email: `p${i}@example.org` }));
    const outcomes = await open(sandbox()).session.write(
      ids.map((id, i) => optOut(id, `o${i}`)),
      never,
    );
    expect(new Set(outcomes.map(({ op, result }) => `${result} ${op}`)).size).toBe(401);
    expect(outcomes.every(({ result }) => result === 'applied')).toBe(true);
    expect(callsTo(sandbox()).filter((call) => call === 'PATCH /composite/sobjects')).toHaveLength(3);
  });

  test('one record twice, in two calls', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const outcomes = await write(open(sandbox()).session, optOut(id, '1'), optOut(id, '2'));
    expect([outcomes['1']?.result, outcomes['2']?.result]).toEqual(['applied', 'applied']);
    expect(callsTo(sandbox()).filter((call) => call.startsWith('PATCH'))).toHaveLength(2);
  });

  test('some refused, the others applied', async () => {
    const ids = ['a', 'b', 'c', 'd'].map((name) => make(sandbox(), 'Contact', { Email: `${name}@example.org` }));
    sandbox().faults([{ kind: 'partial-batch', details: { indexes: [1] }, count: 1 }]);
    sandbox().act('admin/delete', { id: ids[2] });
    const outcomes = await open(sandbox()).session.write(
      ids.map((id, i) => optOut(id, String(i))),
      never,
    );
    expect(outcomes).toMatchObject([
      { result: 'applied' },
      { result: 'rejected', refusal: { kind: 'unavailable', code: 'UNABLE_TO_LOCK_ROW' } },
      { result: 'rejected', refusal: { kind: 'missing', code: 'ENTITY_IS_DELETED' } },
      { result: 'applied' },
    ]);
  });

  test('a converted lead is gone: its contact is owed', async () => {
    const lead = make(sandbox(), 'Lead', { Email: 'a@example.org' });
    sandbox().act('admin/convert', { id: lead });
    const outcomes = await write(open(sandbox()).session, optOut(lead, 'o', 'Lead'));
    expect(outcomes.o).toMatchObject({ refusal: { kind: 'missing', code: 'CANNOT_UPDATE_CONVERTED_LEAD' } });
  });

  test.each(['call', 'record'])(
    'a field that does not exist refuses its own op only (the org refuses the %s)',
    async (what) => {
      sandbox().switches({ unknownFieldInCollection: what });
      const ids = Array.from({ length: 9 }, (_, i) => make(sandbox(), 'Contact', { Email: `p${i}@example.org` }));
      const ops = ids.map((id, i) => patch(id, i === 4 ? { Nope__c: 'x' } : { Title: 'Boss' }, String(i)));
      const outcomes = await write(open(sandbox()).session, ...ops);
      expect(outcomes['4']).toMatchObject({
        result: 'rejected',
        refusal: { kind: 'forbidden', code: 'INVALID_FIELD' },
      });
      expect(Object.values(outcomes).filter(({ result }) => result === 'applied')).toHaveLength(8);
    },
  );

  test('a read-only opt-out field names itself', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    sandbox().act('admin/read-only-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    const outcomes = await write(open(sandbox()).session, optOut(id));
    expect(outcomes.o).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'forbidden', field: 'HasOptedOutOfEmail', forever: false },
    });
  });

  test('what a patch may not touch is refused before anything is sent (C9)', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org', HasOptedOutOfEmail: true });
    const fields = [
      { HasOptedOutOfEmail: false },
      { hasoptedoutofemail: false },
      { Email: 'x@example.org' },
      { 'a b': 1 },
    ];
    const { session } = open(sandbox());
    const outcomes = await session.write(
      fields.map((one, i) => patch(id, one, String(i))),
      never,
    );
    expect(outcomes.map(({ result }) => result)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(sandbox().calls()).toEqual([]);
  });

  test.each([
    ['no record', { ...optOut('x'), record: null }, 'refused'],
    ['a type that is not synced', optOut('001000000000001AAA', 'o', 'Account'), 'config'],
    ['no id', optOut('x'), 'missing'],
    ['no field', { ...optOut('003000000000001AAA'), set: {} }, 'config'],
    [
      'leaving',
      { kind: 'leave', id: 'o', record: { type: 'Contact', id: '003000000000001AAA' }, email: 'a', how: 'tag' },
      'refused',
    ],
  ] as const)('%s is refused', async (_what, op, kind) => {
    expect((await write(open(sandbox()).session, op as Op)).o).toMatchObject({ result: 'rejected', refusal: { kind } });
  });

  test('an address change keeps the opt-out (C9)', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'old@example.org', HasOptedOutOfEmail: true });
    const record = { type: 'Contact', id };
    const rename: Op = { kind: 'rename', id: 'r', record, from: 'old@example.org', to: 'new@example.org' };
    expect((await write(open(sandbox()).session, rename)).r?.result).toBe('applied');
    expect(stored(sandbox(), 'Contact', id)).toMatchObject({ Email: 'new@example.org', HasOptedOutOfEmail: true });
  });

  test('a duplicate rule in alert mode does not block', async () => {
    sandbox().switches({ duplicateRule: 'alert' });
    make(sandbox(), 'Contact', { Email: 'new@example.org' });
    expect((await write(open(sandbox()).session, create())).n?.result).toBe('applied');
  });

  test('in block mode it is a refusal', async () => {
    sandbox().switches({ duplicateRule: 'block' });
    make(sandbox(), 'Contact', { Email: 'new@example.org' });
    expect((await write(open(sandbox()).session, create())).n).toMatchObject({
      refusal: { kind: 'refused', code: 'DUPLICATES_DETECTED' },
    });
  });
});

describe('create', () => {
  test('a new record with its reference and its consent', async () => {
    const outcomes = await write(open(sandbox()).session, create({ set: { HasOptedOutOfEmail: true } }));
    const [row] = live('Contact');
    expect(outcomes.n).toMatchObject({ result: 'applied', record: { type: 'Contact', id: row?.Id } });
    expect(row).toMatchObject({
      Email: 'new@example.org',
      Heed_Id__c: 'h1',
      HasOptedOutOfEmail: true,
      LastName: 'New',
    });
  });

  test('the same twice makes one record; the second changes fields and leaves consent alone (C9)', async () => {
    const first = await write(open(sandbox()).session, create());
    const id = String(live('Contact')[0]?.Id);
    sandbox().act('person/unsubscribe', { id });
    const second = await write(
      open(sandbox()).session,
      create({ fields: { LastName: 'Newer' }, email: 'else@example.org' }),
    );
    expect([first.n, second.n]).toMatchObject([{ record: { id } }, { result: 'applied', record: { id } }]);
    expect(live('Contact')).toHaveLength(1);
    expect(stored(sandbox(), 'Contact', id)).toMatchObject({
      LastName: 'Newer',
      HasOptedOutOfEmail: true,
      Email: 'new@example.org',
    });
    expect((await write(open(sandbox()).session, create({ fields: {} }))).n).toMatchObject({
      result: 'unchanged',
      record: { id },
    });
  });

  test('the same twice in one call', async () => {
    const outcomes = await write(open(sandbox()).session, create({ id: '1' }), create({ id: '2' }));
    expect(live('Contact')).toHaveLength(1);
    expect([outcomes['1'], outcomes['2']]).toMatchObject([{ result: 'applied' }, { result: 'applied' }]);
  });

  test('a reference that the look-up did not show yet: the unique field refuses, and the record is found', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'new@example.org', Heed_Id__c: 'h1', HasOptedOutOfEmail: true });
    const { session } = open(sandbox());
    // As if the record had been committed between look-up and insert.
    const table = sandbox().state().needTable('Contact');
    const real = table.having.bind(table);
    let looked = 0;
    const spy = vi.spyOn(table, 'having').mockImplementation((field, value) => {
      looked += 1;
      return looked === 1 && field.name === 'Heed_Id__c' ? [] : real(field, value);
    });
    const outcomes = await write(session, create());
    spy.mockRestore();
    expect(outcomes.n).toMatchObject({ result: 'applied', record: { id } });
    expect(live('Contact')).toHaveLength(1);
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(true);
  });

  test('without a reference it is found by its address', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'New@example.org', HasOptedOutOfEmail: true });
    const outcomes = await write(open(sandbox()).session, create({ reference: null, email: 'NEW@example.org' }));
    expect(outcomes.n).toMatchObject({ result: 'applied', record: { id } });
    expect(stored(sandbox(), 'Contact', id)).toMatchObject({ LastName: 'New', HasOptedOutOfEmail: true });
  });

  test('several records of the address are not guessed between', async () => {
    make(sandbox(), 'Contact', { Email: 'new@example.org' });
    make(sandbox(), 'Contact', { Email: 'new@example.org' });
    const outcomes = await write(open(sandbox()).session, create({ reference: null }));
    expect(outcomes.n).toMatchObject({ result: 'rejected', refusal: { code: 'SEVERAL_RECORDS' } });
  });

  test('a lead without its company names the field', async () => {
    const outcomes = await write(open(sandbox()).session, create({ type: 'Lead' }));
    expect(outcomes.n).toMatchObject({
      refusal: { kind: 'invalid', code: 'REQUIRED_FIELD_MISSING', field: 'Company' },
    });
  });

  test('a deleted record with the reference does not count', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'old@example.org', Heed_Id__c: 'h1' });
    sandbox().act('admin/delete', { id });
    expect((await write(open(sandbox()).session, create())).n?.result).toBe('applied');
    expect(live('Contact')).toHaveLength(1);
  });
});

describe('answers that do not come', () => {
  const collection = 'PATCH /services/data/{version}/composite/sobjects';

  test.each([
    ['a connection that ends after the write', 'reset-after', true],
    ['half an answer', 'truncated', true],
    ['a server error', 'server-error', false],
    ["a gateway's page", 'html', false],
  ])('%s: unknown, and not sent again', async (_what, kind, applied) => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session } = open(sandbox());
    sandbox().faults([{ kind, route: collection }]);
    const outcomes = await write(session, optOut(id));
    expect(outcomes.o).toMatchObject({ result: 'unknown', refusal: { kind: 'unavailable' } });
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(applied);
    expect(callsTo(sandbox()).filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
  });

  test('a time-out after the write was applied: unknown', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session, clock } = open(sandbox());
    sandbox().faults([{ kind: 'timeout-after', route: collection }]);
    const writing = write(session, optOut(id));
    await vi.waitFor(() => expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(true), { timeout: 30_000 });
    clock.timeOut();
    expect((await writing).o).toMatchObject({ result: 'unknown', refusal: { code: 'time-out' } });
  });

  test('over the quota: surely not applied, tried again, then told', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session } = open(sandbox());
    sandbox().faults([{ kind: 'throttle', route: collection, count: 2 }]);
    expect((await write(session, optOut(id))).o?.result).toBe('applied');
    const other = make(sandbox(), 'Contact', { Email: 'b@example.org' });
    sandbox().faults([{ kind: 'throttle', route: collection }]);
    expect((await write(session, optOut(other))).o).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'rate-limited', code: 'REQUEST_LIMIT_EXCEEDED' },
    });
  });

  test('the run is stopped: what was not sent is rejected', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session } = open(sandbox());
    const outcomes = await session.write([optOut(id)], AbortSignal.abort());
    expect(outcomes).toMatchObject([{ result: 'rejected', refusal: { kind: 'unavailable' } }]);
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(false);
  });

  test('a create whose answer was lost is found by its reference the next time', async () => {
    const { session } = open(sandbox());
    sandbox().faults([{ kind: 'reset-after', route: 'POST /services/data/{version}/composite/sobjects', count: 1 }]);
    expect((await write(session, create())).n).toMatchObject({ result: 'unknown' });
    expect((await write(session, create())).n).toMatchObject({ result: 'applied' });
    expect(live('Contact')).toHaveLength(1);
  });
});
