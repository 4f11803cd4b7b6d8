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

  it('cost a call per 500, and one look in half a minute, however many were made before', async () => {
    const vendor = await startMailchimp();
    const { session, meter } = openFor(vendor);
    await session.describe(signal);
    await readAll(session);
    const before = Object.values(meter.counts()).reduce((sum, { calls }) => sum + calls, 0);
    for (let at = 0; at < 8_000; at += 500) {
      const outcomes = await session.write(
        many(8_000)
          .slice(at, at + 500)
          .map((email) => ops.create(email, 'subscribed', { FNAME: 'New' })),
        signal,
      );
      expect(outcomes.every(({ result }) => result === 'applied')).toBe(true);
      vendor.clock.advance(1_000);
    }
    const calls = Object.values(meter.counts()).reduce((sum, one) => sum + one.calls, 0) - before;
    expect(calls).toBe(16 + 1);
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

  it('look again after half a minute, and after the next read', async () => {
    for (const passes of ['time', 'a read']) {
      const vendor = await startMailchimp({ switches: { batchRevivesArchived: true } });
      const { session } = openFor(vendor);
      await readAll(session);
      await session.write(
        many(10).map((email) => ops.create(email, 'subscribed')),
        signal,
      );
      await add(vendor, 'n13@example.org');
      vendor.act('admin/archive', { email: 'n13@example.org' });
      if (passes === 'time') vendor.clock.advance(31_000);
      else await readAll(session);
      const outcomes = await session.write(
        many(20)
          .slice(10)
          .map((email) => ops.create(email, 'subscribed')),
        signal,
      );
      // Left out: not brought to life and put back.
      expect(outcomes.find(({ op }) => op === 'c:n13@example.org')?.result).toBe('unchanged');
      expect(memberIn(vendor, 'n13@example.org').status).toBe('archived');
    }
  });

  it('that bring somebody back to life who was archived since the look put him back', async () => {
    const vendor = await startMailchimp({ switches: { batchRevivesArchived: true } });
    const { session } = openFor(vendor);
    await readAll(session);
    await session.write(
      many(10).map((email) => ops.create(email, 'subscribed')),
      signal,
    );
    await add(vendor, 'n13@example.org');
    vendor.act('person/unsubscribe', { email: 'n13@example.org' });
    vendor.act('admin/archive', { email: 'n13@example.org' });
    const outcomes = await session.write(
      many(20)
        .slice(10)
        .map((email) => ops.create(email, 'subscribed')),
      signal,
    );
    expect(memberIn(vendor, 'n13@example.org').status).toBe('archived');
    expect(outcomes.find(({ op }) => op === 'c:n13@example.org')).toMatchObject({
      result: 'rejected',
      refusal: { code: 'archived' },
    });
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
