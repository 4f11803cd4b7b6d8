import type { Op } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { callsTo, lookup, make, open, optOut, STATUS, stored, useSandbox, write } from './kit.ts';

const running = useSandbox();
const patches = (): number => callsTo(running()).filter((call) => call.startsWith('PATCH')).length;
const SOFT = { [STATUS]: '2' };
const BOX = 'custentity_newsletter_opt_out';

describe('opting out', () => {
  it('writes a soft opt-out and nothing else', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    const done = await write(open(running()), optOut('contact', id, SOFT));
    expect(done[`out ${id}`]).toMatchObject({ result: 'applied' });
    expect(stored(running(), 'contact', id)).toMatchObject({ [STATUS]: '2', unsubscribe: false });
  });

  it('never touches a confirmed opt-out: that is unchanged, and nothing is sent', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    running().act('person/unsubscribe', { id });
    const done = await write(open(running()), optOut('contact', id, SOFT));
    expect(done[`out ${id}`]).toMatchObject({ result: 'unchanged' });
    expect(stored(running(), 'contact', id)[STATUS]).toBe('4');
    expect(patches()).toBe(0);
  });

  it('of a confirmed opt-in is written where NetSuite lets us', async () => {
    const id = make(running(), 'customer', { email: 'ann@example.org' });
    running().act('person/confirm', { id });
    const done = await write(open(running()), optOut('customer', id, SOFT));
    expect(done[`out ${id}`]).toMatchObject({ result: 'applied' });
    expect(stored(running(), 'customer', id)[STATUS]).toBe('2');
  });

  it.each(['INVALID_CONTENT', 'USER_ERROR', 'ignored'])(
    "of a confirmed opt-in is told as the recipient's own where it does not (%s)",
    async (confirmedStatusWrite) => {
      running().switches({ confirmedOptInWritable: false, confirmedStatusWrite });
      const id = make(running(), 'contact', { email: 'ann@example.org' });
      running().act('person/confirm', { id });
      const outcome = (await write(open(running()), optOut('contact', id, SOFT)))[`out ${id}`];
      expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'refused', field: STATUS } });
      expect(JSON.stringify(outcome)).toContain('only the recipient');
      expect(stored(running(), 'contact', id)[STATUS]).toBe('3');
    },
  );

  it.each(['INVALID_CONTENT', 'ignored'])(
    "a refused status does not keep the profile's own field from being set (%s)",
    async (confirmedStatusWrite) => {
      running().switches({ confirmedOptInWritable: false, confirmedStatusWrite });
      const id = make(running(), 'contact', { email: 'ann@example.org' });
      running().act('person/confirm', { id });
      const done = await write(open(running()), optOut('contact', id, { ...SOFT, [BOX]: true }));
      expect(done[`out ${id}`]).toMatchObject({ result: 'rejected', refusal: { field: STATUS } });
      expect(stored(running(), 'contact', id)).toMatchObject({ [STATUS]: '3', [BOX]: true });
    },
  );

  it('writes only what is missing: a field of the profile, beside a confirmed opt-out', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    running().act('person/unsubscribe', { id });
    const set = { ...SOFT, [BOX]: true, custentity_opt_out_date: '2026-11-21', custentity_tier: '2' };
    const done = await write(open(running()), optOut('contact', id, set));
    expect(done[`out ${id}`]).toMatchObject({ result: 'applied' });
    expect(stored(running(), 'contact', id)).toMatchObject({
      [STATUS]: '4',
      [BOX]: true,
      custentity_opt_out_date: '2026-11-21',
      custentity_tier: '2',
    });
  });

  it('a field that does not exist is an error, never a success without effect', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    const done = await write(open(running()), optOut('contact', id, { custentity_no_such_box: true }));
    expect(done[`out ${id}`]).toMatchObject({ result: 'rejected' });
  });

  it('writes no other value of the status, and clears none', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org', [STATUS]: '2' });
    const session = open(running());
    for (const status of ['1', '3', '4']) {
      const done = await write(session, optOut('contact', id, { [STATUS]: status }));
      expect(done[`out ${id}`]).toMatchObject({ result: 'rejected', refusal: { code: 'NOT_BY_US' } });
    }
    const clear: Op = {
      ...optOut('contact', id, { [STATUS]: '1' }),
      kind: 'clear',
      record: { type: 'contact', id },
      ifVersion: null,
    } as Op;
    expect((await write(session, clear))[`out ${id}`]).toMatchObject({ result: 'rejected' });
    expect(callsTo(running())).toEqual([]);
  });

  it('goes without a look at nobody: where the look fails it is not sent, and told as surely not applied', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    running().faults([{ kind: 'server-error', status: 500, route: 'POST /services/rest/query/**' }]);
    const done = await write(open(running()), optOut('contact', id, SOFT));
    expect(done[`out ${id}`]).toMatchObject({ result: 'rejected', refusal: { kind: 'unavailable' } });
    expect(patches()).toBe(0);
  });

  it('whose reading back fails is in doubt', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    const session = open(running());
    await lookup(session, { records: [{ type: 'contact', id }] });
    running().faults([{ kind: 'server-error', status: 500, route: 'POST /services/rest/query/**', after: 1 }]);
    const done = await write(session, optOut('contact', id, SOFT));
    expect(done[`out ${id}`]).toMatchObject({ result: 'unknown' });
  });
});

describe('fields', () => {
  it.each([
    STATUS,
    'unsubscribe',
    'email',
    'externalId',
    'subscriptions',
    'subscription_7',
    'GLOBALSUBSCRIPTIONSTATUS',
  ])('an update of fields never carries %s (C9)', async (field) => {
    const id = make(running(), 'customer', { email: 'ann@example.org' });
    const op: Op = {
      kind: 'patch',
      id: 'p',
      record: { type: 'customer', id },
      email: 'ann@example.org',
      fields: { [field]: '1' },
      ifVersion: null,
    };
    expect((await write(open(running()), op)).p).toMatchObject({
      result: 'rejected',
      refusal: { code: 'NOT_BY_FIELDS' },
    });
    expect(callsTo(running())).toEqual([]);
  });

  it('one that does not exist is an error, never a success without effect', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    const fields = { custentity_no_such_field: 'x' };
    const op: Op = { kind: 'patch', id: 'p', record: { type: 'contact', id }, email: 'x', fields, ifVersion: null };
    expect((await write(open(running()), op)).p).toMatchObject({ result: 'rejected', refusal: { kind: 'invalid' } });
  });

  it('two changes of one record go one after the other', async () => {
    const id = make(running(), 'contact', { email: 'ann@example.org' });
    const op = (n: number): Op => ({
      kind: 'patch',
      id: `p${n}`,
      record: { type: 'contact', id },
      email: 'ann@example.org',
      fields: { firstName: `Name ${n}`, isInactive: n > 1 },
      ifVersion: null,
    });
    const done = await write(open(running(), { concurrency: 8 }), op(1), op(2), op(3));
    expect(Object.values(done).map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
    expect(stored(running(), 'contact', id)).toMatchObject({ firstName: 'Name 3', isInactive: true });
  });
});

describe('creating', () => {
  const create = (more: Partial<Extract<Op, { kind: 'create' }>> = {}): Op => ({
    kind: 'create',
    id: 'new',
    type: 'customer',
    email: 'new@example.org',
    reference: { field: 'externalId', value: 'heed-1' },
    fields: { companyName: 'Acme' },
    as: null,
    set: {},
    ...more,
  });
  const status = async (): Promise<unknown> => {
    const [row] = await lookup(open(running()), { emails: ['new@example.org'] });
    return row?.values[STATUS];
  };

  it('says the status itself, whatever the account gives to new records', async () => {
    running().switches({ unsubscribedByDefault: true });
    expect((await write(open(running()), create())).new).toMatchObject({ result: 'applied' });
    expect(await status()).toBe('1');
  });

  it('as opted out, if told so', async () => {
    await write(open(running()), create({ set: { [STATUS]: '2' } }));
    expect(await status()).toBe('2');
  });

  it.each(['USER_ERROR', 'INVALID_CONTENT', 'DUP_RCRD'])(
    'a reference that somebody else took in between is found, and its consent left alone (%s)',
    async (duplicateExternalIdCode) => {
      running().switches({ duplicateExternalIdCode });
      const session = open(running());
      await session.check(new AbortController().signal);
      // The look-up before the create is lost on the way to a look that shows nobody yet.
      const other = make(running(), 'customer', { email: 'new@example.org', externalId: 'heed-1', [STATUS]: '2' });
      running().faults([{ kind: 'reads-empty', route: 'POST /services/rest/query/**', count: 2 }]);
      const done = await write(session, create({ fields: { companyName: 'Changed' } }));
      expect(done.new).toMatchObject({ result: 'applied', record: { type: 'customer', id: other } });
      expect(stored(running(), 'customer', other)).toMatchObject({ [STATUS]: '2', companyName: 'Changed' });
    },
  );

  it('an address that several records have is not guessed at', async () => {
    for (let n = 0; n < 2; n += 1) make(running(), 'customer', { email: 'new@example.org' });
    expect((await write(open(running()), create({ reference: null }))).new).toMatchObject({
      result: 'rejected',
      refusal: { code: 'SEVERAL_RECORDS' },
    });
  });

  it('two people of one name are two contacts, though NetSuite wants their names to differ', async () => {
    make(running(), 'contact', { entityId: 'Ann Doe', email: 'other@example.org' });
    const fields = { firstName: 'Ann', lastName: 'Doe' };
    expect((await write(open(running()), create({ type: 'contact', fields }))).new).toMatchObject({
      result: 'applied',
    });
    const [row] = await lookup(open(running()), { emails: ['new@example.org'] }, { fields: ['entityId', 'firstName'] });
    expect(row?.values).toMatchObject({ entityId: 'Ann Doe (heed-1)', firstName: 'Ann', [STATUS]: '1' });
  });

  it('a reference goes into externalId only', async () => {
    const done = await write(open(running()), create({ reference: { field: 'custentity_job_role', value: 'x' } }));
    expect(done.new).toMatchObject({ result: 'rejected', refusal: { kind: 'config' } });
    expect(callsTo(running())).toEqual([]);
  });

  it('what NetSuite misses is told by its code', async () => {
    running().switches({ oneWorld: true });
    expect((await write(open(running()), create())).new).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'refused', code: 'USER_ERROR' },
    });
  });
});
