import type { Op, Row } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { callsTo, lookup, make, never, open, stored, useSandbox } from './kit.ts';

const sandbox = useSandbox();

const people = (count: number, more: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  Array.from({ length: count }, (_, index) => make(sandbox(), 'Contact', { Email: `p${index}@example.org`, ...more }));

const refs = (ids: readonly string[]) => ({ records: ids.map((id) => ({ type: 'Contact', id })) });
const byId = (rows: readonly Row[]) => rows.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));
const asked = (from: number): readonly string[] => callsTo(sandbox()).slice(from);

const optOut = (id: string): Op => ({
  kind: 'opt-out',
  id,
  record: { type: 'Contact', id },
  email: 'p@example.org',
  topic: '*',
  set: { HasOptedOutOfEmail: true },
});

describe('many records by id', () => {
  test('come 2,000 a call, as the very rows that queries bring', async () => {
    const ids = people(700, { FirstName: 'Ann', MailingStreet: 'A\nB', Interests__c: 'Products;Events' });
    const { session } = open(sandbox());
    const more = { fields: ['FirstName', 'MailingAddress', 'Interests__c'], reference: 'Heed_Id__c' };
    const retrieved = await lookup(session, refs(ids), more);
    const queried = [
      ...(await lookup(session, refs(ids.slice(0, 350)), more)),
      ...(await lookup(session, refs(ids.slice(350)), more)),
    ];
    expect(byId(retrieved)).toEqual(byId(queried));
    expect(asked(0).slice(-3)).toEqual(['POST /composite/sobjects/Contact', 'GET /queryAll', 'GET /queryAll']);
  });

  test('those that are deleted, merged or unknown are asked for once more, and only those', async () => {
    const ids = people(700);
    sandbox().act('admin/delete', { id: ids[0] });
    sandbox().act('admin/merge', { type: 'Contact', master: ids[1], losers: [ids[2]] });
    const { session } = open(sandbox());
    const rows = await lookup(session, refs([...ids, '003000000000000AAA']));
    expect(rows).toHaveLength(700);
    const lives = Object.fromEntries(rows.map(({ record, life }) => [record.id, life]));
    expect(lives).toMatchObject({
      [String(ids[0])]: { kind: 'deleted' },
      [String(ids[2])]: { kind: 'continued', as: { type: 'Contact', id: ids[1] } },
      [String(ids[3])]: { kind: 'live' },
    });
    expect(asked(0).slice(-2)).toEqual(['POST /composite/sobjects/Contact', 'GET /queryAll']);
  });

  test('the contact of a person account is left out there, too', async () => {
    sandbox().switches({ personAccounts: true });
    const ids = people(700);
    sandbox().act('admin/person-account', { fields: { LastName: 'Doe', PersonEmail: 'person@example.org' } });
    const table = sandbox().state().needTable('Contact');
    const shadow = [...table.rows()].find((row) => row.IsPersonAccount === true);
    const rows = await lookup(open(sandbox()).session, refs([...ids, String(shadow?.Id)]));
    expect(shadow).toBeDefined();
    expect(byId(rows).map(({ record }) => record.id)).toEqual([...ids].sort());
  });
});

test('500 opt-outs: one query looks, three write', async () => {
  const ids = people(500);
  sandbox().act('person/unsubscribe', { id: ids[7] });
  const { session } = open(sandbox());
  await session.check(never);
  const from = callsTo(sandbox()).length;
  const outcomes = await session.write(ids.map(optOut), never);
  expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(499);
  expect(outcomes.find(({ op }) => op === ids[7])?.result).toBe('unchanged');
  expect(asked(from)).toEqual(['GET /queryAll', ...Array(3).fill('PATCH /composite/sobjects')]);
  expect(ids.every((id) => stored(sandbox(), 'Contact', id).HasOptedOutOfEmail === true)).toBe(true);
});

describe('many addresses', () => {
  /** Of 30 characters each. */
  const addresses = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `person.${String(index).padStart(5, '0')}@bench.example.org`);
  const found = async (emails: readonly string[], atFirst: () => void = () => {}) => {
    for (const Email of emails) make(sandbox(), 'Contact', { Email });
    const { session } = open(sandbox());
    await session.check(never);
    const from = callsTo(sandbox()).length;
    atFirst();
    const rows = await lookup(session, { emails }, { types: ['Contact'] });
    expect(rows.map(({ email }) => email).sort()).toEqual(emails);
    return asked(from);
  };

  test('400 fit into one query', async () => {
    expect(await found(addresses(400))).toEqual(['GET /queryAll']);
  });

  test('fewer, where the token needs the room', async () => {
    sandbox().switches({ tokenCharacters: 2_000 });
    expect(await found(addresses(400))).toEqual(['GET /queryAll', 'GET /queryAll']);
  });

  test.each([414, 431])('where less is taken than documented (%i), nobody is lost', async (status) => {
    const refused = { kind: 'html', route: 'GET /services/data/{v}/queryAll', status, count: 2 } as const;
    // Whole, the first half, then its two quarters, then the second half.
    expect(await found(addresses(400), () => sandbox().faults([refused]))).toEqual(Array(5).fill('GET /queryAll'));
  });

  test('and later queries of the session are shorter', async () => {
    const emails = addresses(400);
    const { session } = open(sandbox());
    await session.check(never);
    sandbox().faults([{ kind: 'html', route: 'GET /services/data/{v}/queryAll', status: 414, count: 1 }]);
    const from = callsTo(sandbox()).length;
    for (const calls of [3, 5]) {
      await lookup(session, { emails }, { types: ['Contact'] });
      expect(asked(from)).toHaveLength(calls);
    }
  });

  test('a single one that is too long is told', async () => {
    const { session } = open(sandbox());
    await session.check(never);
    sandbox().faults([{ kind: 'html', route: 'GET /services/data/{v}/queryAll', status: 414 }]);
    await expect(lookup(session, { emails: ['a@example.org'] })).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('a collection answered in another order', () => {
  test('is read by its ids, and whoever was refused is in doubt', async () => {
    const ids = people(4);
    sandbox().act('admin/lock', { id: ids[0], times: 5 });
    sandbox().faults([{ kind: 'reordered-results', route: 'PATCH /services/data/{v}/composite/sobjects' }]);
    const outcomes = await open(sandbox()).session.write(ids.map(optOut), never);
    expect(Object.fromEntries(outcomes.map(({ op, result }) => [op, result]))).toEqual({
      [String(ids[0])]: 'unknown',
      [String(ids[1])]: 'applied',
      [String(ids[2])]: 'applied',
      [String(ids[3])]: 'applied',
    });
  });

  test('or with fewer answers than records leaves all of them in doubt', async () => {
    const ids = people(3);
    sandbox().faults([{ kind: 'fewer-results', route: 'PATCH /services/data/{v}/composite/sobjects' }]);
    const outcomes = await open(sandbox()).session.write(ids.map(optOut), never);
    expect(outcomes.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'unknown']);
  });
});
