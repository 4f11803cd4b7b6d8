import { ConnectorError, type Op, type Outcome, type Row } from '@heed/contract';
import { bareRow, done, findOrMake, type RecordMaker, refusal, rejected } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

type Create = Extract<Op, { kind: 'create' }>;

const create = (id: string, email: string, fields: Create['fields'] = {}): Create => ({
  kind: 'create',
  id,
  type: 'contact',
  email,
  reference: null,
  fields,
  as: null,
  set: { optedOut: false },
});
const taken = refusal('refused', 'DUPLICATE', 'there is one like it');

/** A vendor whose records are addresses. `hidden`: whom looks do not show before an insert was refused. */
const vendor = (addresses: readonly string[], hidden: readonly string[] = []) => {
  const rows: Row[] = addresses.map((email, n) => ({ ...bareRow({ type: 'contact', id: `${n}` }, 0), email }));
  const calls: string[] = [];
  let looks = 0;
  const maker: RecordMaker = {
    title: 'Acme',
    emailField: 'mail',
    now: () => 7,
    keyOf: ({ email }) => email.toLowerCase(),
    async find(ops) {
      looks += 1;
      calls.push(`find ${ops.map(({ id }) => id).join()}`);
      const shown = looks === 1 ? rows.filter(({ email }) => !hidden.includes(email ?? '')) : rows;
      return ({ email }) => shown.filter((row) => row.email === email.toLowerCase());
    },
    async make(ops) {
      calls.push(`make ${ops.map(({ id }) => id).join()}`);
      return ops.map(({ id, email }): Outcome => {
        if (rows.some((row) => row.email === email)) return rejected(id, taken);
        const record = { type: 'contact', id: `new ${id}` };
        rows.push({ ...bareRow(record, 0), email: email.toLowerCase() });
        return done(id, 'applied', record, 7);
      });
    },
    isTaken: (_, outcome) => outcome.result === 'rejected' && outcome.refusal.code === 'DUPLICATE',
    async patch(ops) {
      calls.push(...ops.map(({ id, record, fields }) => `patch ${id} ${record.id} ${Object.keys(fields).join()}`));
      return ops.map(({ id, record }) => done(id, 'applied', record, 7));
    },
  };
  return { maker, calls };
};

const told = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map((one) => `${one.op} ${one.result} ${'record' in one ? one.record?.id : one.refusal.code}`).sort();

describe('find or make', () => {
  it('makes who is not there, and of who is there changes the mapped fields only', async () => {
    const { maker, calls } = vendor(['ann@x.org', 'bob@x.org']);
    const ops = [create('1', 'ann@x.org', { Name: 'Ann' }), create('2', 'bob@x.org'), create('3', 'eve@x.org')];
    expect(told(await findOrMake(maker, ops))).toEqual(['1 applied 0', '2 unchanged 1', '3 applied new 3']);
    expect(calls).toEqual(['find 1,2,3', 'patch 1 0 Name', 'make 3']);
  });

  it('makes one record of two ops for one address', async () => {
    const { maker } = vendor([]);
    const ops = [create('1', 'eve@x.org'), create('2', 'Eve@x.org')];
    expect(told(await findOrMake(maker, ops))).toEqual(['1 applied new 1', '2 unchanged new 1']);
  });

  it('looks again for whom the vendor refuses to make, and keeps the refusal where nobody is found', async () => {
    const { maker, calls } = vendor(['ann@x.org'], ['ann@x.org']);
    const found = await findOrMake(maker, [create('1', 'ann@x.org', { Name: 'Ann' })]);
    expect(told(found)).toEqual(['1 applied 0']);
    expect(calls).toEqual(['find 1', 'make 1', 'find 1', 'patch 1 0 Name']);

    const always = { ...vendor([]).maker, make: async () => [rejected('1', taken)] };
    expect(told(await findOrMake(always, [create('1', 'ann@x.org')]))).toEqual(['1 rejected DUPLICATE']);
  });

  it('changes nobody where several have the address', async () => {
    const { maker, calls } = vendor(['ann@x.org', 'ann@x.org']);
    expect(await findOrMake(maker, [create('1', 'ann@x.org', { Name: 'Ann' })])).toEqual([
      rejected('1', refusal('refused', 'SEVERAL_RECORDS', expect.stringContaining('merge them in Acme'), 'mail')),
    ]);
    expect(calls).toEqual(['find 1', 'make ']);
  });

  it('makes nobody without a look', async () => {
    const { maker, calls } = vendor([]);
    const blind = {
      ...maker,
      find: () => Promise.reject(new ConnectorError('unavailable', 'down', { mayHaveApplied: true })),
    };
    expect(told(await findOrMake(blind, [create('1', 'ann@x.org')]))).toEqual(['1 rejected unavailable']);
    expect(calls).toEqual([]);
  });
});
