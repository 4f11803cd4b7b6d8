import { describe, expect, it } from 'vitest';
import { add, isMemberIn, memberIn, openFor, ops, readAll, signal, startMailchimp } from './support.ts';

describe('creates in numbers', () => {
  const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `n${n}@example.org`);

  it('go by batches of 500 after a read of this session, and one by one without', async () => {
    const vendor = await startMailchimp();
    const { session, meter } = openFor(vendor);
    await readAll(session);
    const outcomes = await session.write(
      many(1001).map((email) => ops.create(email, 'subscribed')),
      signal,
    );
    expect(outcomes.every(({ result }) => result === 'applied')).toBe(true);
    expect(outcomes).toHaveLength(1001);
    expect(meter.counts()).toMatchObject({ 'add members': { calls: 3 } });
    expect(meter.counts()['put member']).toBeUndefined();

    const without = openFor(vendor);
    await without.session.write(
      Array.from({ length: 12 }, (_, n) => ops.create(`m${n}@example.org`, 'subscribed')),
      signal,
    );
    expect(without.meter.counts()['add members']).toBeUndefined();
  });

  it('leave out of the batch whoever was archived since the read: it would be revived', async () => {
    for (const shown of [true, false]) {
      const vendor = await startMailchimp({
        switches: { batchRevivesArchived: true, archivedInUnfilteredScans: shown },
      });
      const { session } = openFor(vendor);
      await readAll(session);
      vendor.clock.advance(60_000);
      await add(vendor, 'n3@example.org');
      vendor.act('person/unsubscribe', { email: 'n3@example.org' });
      vendor.act('admin/archive', { email: 'n3@example.org' });
      const outcomes = await session.write(
        many(20).map((email) => ops.create(email, 'subscribed', { FNAME: 'New' })),
        signal,
      );
      expect(memberIn(vendor, 'n3@example.org').status).toBe('archived');
      expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(19);
      expect(outcomes.find(({ op }) => op === 'c:n3@example.org')).toMatchObject({
        result: 'unchanged',
        row: { member: { status: 'archived' } },
      });
    }
  });

  it('have one outcome each when half of a batch fails, and a hit leaves consent alone', async () => {
    const vendor = await startMailchimp({ switches: { batchRevivesArchived: false } });
    const { session } = openFor(vendor);
    await readAll(session);
    vendor.faults([{ kind: 'partial-batch', details: { every: 2 } }]);
    const outcomes = await session.write(
      many(20).map((email) => ops.create(email, 'subscribed')),
      signal,
    );
    expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(10);
    expect(outcomes.filter(({ result }) => result === 'rejected')).toHaveLength(10);
    expect(many(20).filter((email) => isMemberIn(vendor, email))).toHaveLength(10);
  });

  it('name the poisoned record and make the others', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    await readAll(session);
    const emails = [...many(15), 'looks-fake@example.org'];
    const outcomes = await session.write(
      [
        ...emails.map((email) => ops.create(email, 'subscribed')),
        ops.create('x@example.org', 'subscribed', { NOSUCH: 'x' }),
      ],
      signal,
    );
    expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(15);
    expect(outcomes.find(({ op }) => op === 'c:looks-fake@example.org')).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'invalid' },
    });
    expect(outcomes.find(({ op }) => op === 'c:x@example.org')).toMatchObject({
      result: 'rejected',
      refusal: { field: 'NOSUCH' },
    });
  });

  it('whose answer is lost are unknown, and a later look finds all of them in one read', async () => {
    const vendor = await startMailchimp();
    const { session, meter } = openFor(vendor);
    await readAll(session);
    vendor.faults([{ kind: 'reset-after', route: 'POST /3.0/lists/{list}', count: 1 }]);
    const outcomes = await session.write(
      many(100).map((email) => ops.create(email, 'subscribed')),
      signal,
    );
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['unknown']));
    const rows = await session.lookup(
      {
        types: [],
        fields: [],
        consent: [],
        reference: null,
        by: { emails: many(100) },
        evidenceSince: null,
        changedSince: vendor.clock.now(),
      },
      signal,
    );
    expect(rows).toHaveLength(100);
    expect(meter.counts().member).toBeUndefined();
  });
});
