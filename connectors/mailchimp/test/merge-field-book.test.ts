import { describe, expect, it } from 'vitest';
import { add, addMany, brief, memberIn, openFor, ops, readAll, signal, startMailchimp, writeOne } from './support.ts';

const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);

describe('merge fields', () => {
  it('are asked for once in five minutes, and not at all after a look around', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(4));
    const { session, meter } = openFor(vendor);
    const asked = (): number => vendor.calls().filter(({ path }) => path.includes('/merge-fields')).length;
    await session.describe(signal);
    await writeOne(session, ops.patch('p0@example.org', { FNAME: 'A' }));
    await writeOne(session, ops.patch('p1@example.org', { FNAME: 'A' }));
    expect(asked()).toBe(1);
    vendor.clock.advance(299_000);
    await writeOne(session, ops.patch('p2@example.org', { FNAME: 'A' }));
    expect(asked()).toBe(1);
    vendor.clock.advance(2_000);
    await writeOne(session, ops.patch('p3@example.org', { FNAME: 'A' }));
    expect(asked()).toBe(2);
    expect(meter.counts()['patch member']?.calls).toBe(4);
  });

  it('that could not be read are asked for again', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'p0@example.org');
    const { session } = openFor(vendor);
    vendor.faults([{ kind: 'server-error', route: 'GET /3.0/lists/{list}/merge-fields' }]);
    expect((await writeOne(session, ops.patch('p0@example.org', { FNAME: 'A' }))).result).toBe('rejected');
    vendor.faults([]);
    expect((await writeOne(session, ops.patch('p0@example.org', { FNAME: 'A' }))).result).toBe('applied');
  });

  it('that vanish meanwhile: the first value that is swallowed is told, and no further one is sent', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    const { session, meter } = openFor(vendor);
    await writeOne(session, ops.patch('p0@example.org', { FNAME: 'A' }));
    vendor.faults([{ kind: 'merge-field-vanished', route: 'PATCH /3.0/lists/{list}/members/{member}', count: 1 }]);
    const told = await writeOne(session, ops.patch('p1@example.org', { FNAME: 'A', LNAME: 'B' }));
    expect(told).toMatchObject({ result: 'rejected', refusal: { kind: 'invalid', field: 'FNAME' } });
    const next = await writeOne(session, ops.patch('p2@example.org', { FNAME: 'A' }));
    expect(next).toMatchObject({ result: 'rejected', refusal: { kind: 'invalid', field: 'FNAME' } });
    expect(meter.counts()['patch member']?.calls).toBe(2);
  });

  it('that get another type meanwhile: Mailchimp refuses the value, and they are read again', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(3));
    const { session, meter } = openFor(vendor);
    await writeOne(session, ops.patch('p0@example.org', { FNAME: 'A' }));
    vendor.faults([{ kind: 'merge-field-retyped', route: 'PATCH /3.0/lists/{list}/members/{member}', count: 1 }]);
    expect(brief(await writeOne(session, ops.patch('p1@example.org', { FNAME: 'A' })))).toContain('rejected invalid');
    expect(await writeOne(session, ops.patch('p2@example.org', { FNAME: 'A' }))).toMatchObject({
      result: 'rejected',
      refusal: { code: 'wrong type', field: 'FNAME' },
    });
    expect(meter.counts()['patch member']?.calls).toBe(2);
  });

  it('that vanish in the middle of creates: members are made, and the next ones are told', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    await session.describe(signal);
    await readAll(session);
    const create = (from: number, to: number) =>
      session.write(
        people(to)
          .slice(from)
          .map((email) => ops.create(email, 'subscribed', { FNAME: 'A' })),
        signal,
      );
    vendor.faults([{ kind: 'merge-field-vanished', route: 'POST /3.0/lists/{list}', count: 1 }]);
    expect((await create(0, 10)).every(({ result }) => result === 'applied')).toBe(true);
    expect(memberIn(vendor, 'p0@example.org').status).toBe('subscribed');
    const next = await create(10, 20);
    expect(new Set(next.map(brief))).toEqual(new Set(['rejected invalid unknown merge field']));
  });
});
