import { describe, expect, it } from 'vitest';
import { add, addMany, lookupRequest, openFor, ops, raw, refOf, signal, startMailchimp } from './support.ts';

const ANN = 'ann@example.org';
const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);

describe('a look-up', () => {
  it('finds members by record and by address in any spelling, archived ones too, and nothing for the others', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN, 'subscribed', { FNAME: 'Ann' });
    await add(vendor, 'old@example.org');
    await raw(vendor, 'DELETE', `/members/${refOf('old@example.org').id}`);
    const { session } = openFor(vendor);
    const byEmail = await session.lookup(
      lookupRequest(
        { emails: ['ANN@Example.org', ANN, ' old@example.org', 'nobody@example.org'] },
        { fields: ['FNAME'] },
      ),
      signal,
    );
    expect(byEmail.map(({ email, member, values }) => [email, member?.status, values])).toEqual([
      [ANN, 'subscribed', { FNAME: 'Ann' }],
      ['old@example.org', 'archived', { FNAME: null }],
    ]);
    const byRecord = await session.lookup(
      lookupRequest({ records: [refOf(ANN), refOf('nobody@example.org')] }),
      signal,
    );
    expect(byRecord.map(({ record }) => record)).toEqual([refOf(ANN)]);
    expect(await session.lookup(lookupRequest({ emails: [] }), signal)).toEqual([]);
    await expect(session.lookup(lookupRequest({ references: ['x'] }), signal)).rejects.toMatchObject({
      kind: 'config',
    });
  });

  it('of many who changed lately is one read, and single ones for who did not', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(60));
    vendor.clock.advance(3_600_000);
    const { session, meter } = openFor(vendor);
    const changedSince = vendor.clock.now();
    await session.write(
      people(50).map((email) => ops.optOut(email)),
      signal,
    );
    const before = meter.counts().member?.calls ?? 0;
    const rows = await session.lookup(lookupRequest({ emails: people(60) }, { changedSince }), signal);
    expect(rows).toHaveLength(60);
    expect(rows.filter(({ member }) => member?.status === 'unsubscribed')).toHaveLength(50);
    expect(meter.counts().members?.calls).toBe(1);
    expect((meter.counts().member?.calls ?? 0) - before).toBe(10);
  });

  it('of many finds the latest changes first, whatever else changed in the same time', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(30));
    const changedSince = vendor.clock.now();
    vendor.clock.advance(1_000);
    await addMany(
      vendor,
      Array.from({ length: 1_500 }, (_, n) => `other${n}@example.org`),
    );
    vendor.clock.advance(1_000);
    for (const email of people(30)) vendor.act('person/unsubscribe', { email });
    const { session, meter } = openFor(vendor);
    const rows = await session.lookup(lookupRequest({ emails: people(30) }, { changedSince }), signal);
    expect(rows.map(({ member }) => member?.status)).toEqual(Array(30).fill('unsubscribed'));
    expect(meter.counts().members?.calls).toBe(1);
    expect(meter.counts().member).toBeUndefined();
  });

  it('of many without a time takes pages where they hold the whole audience, archived ones in any case', async () => {
    for (const archivedInUnfilteredScans of [true, false]) {
      const vendor = await startMailchimp({ switches: { archivedInUnfilteredScans } });
      await addMany(vendor, people(60));
      for (const email of people(25)) vendor.act('admin/archive', { email });
      const { session, meter } = openFor(vendor);
      const rows = await session.lookup(
        lookupRequest({ emails: [...people(60), 'nobody@example.org'] }, { evidenceSince: vendor.clock.now() }),
        signal,
      );
      expect(rows).toHaveLength(60);
      expect(rows.filter(({ member }) => member?.status === 'archived')).toHaveLength(25);
      expect(meter.counts().members?.calls).toBe(archivedInUnfilteredScans ? 1 : 2);
      expect(meter.counts().member?.calls).toBe(1);
    }
    const large = await startMailchimp();
    await addMany(large, people(2_500));
    const { session, meter } = openFor(large);
    expect(await session.lookup(lookupRequest({ emails: people(2_500).slice(0, 40) }), signal)).toHaveLength(40);
    expect(meter.counts().members?.calls).toBe(1);
  });

  it('tells complaints, which a member itself does not show', async () => {
    const vendor = await startMailchimp({ switches: { complaintBecomes: 'cleaned' } });
    await add(vendor, ANN);
    vendor.act('person/complain', { email: ANN });
    const [row] = await openFor(vendor).session.lookup(lookupRequest({ emails: [ANN] }), signal);
    expect(row?.member).toMatchObject({ status: 'undeliverable', complaint: true });
  });

  it('in a lost audience is an error of the profile, not a lost member', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor, { container: 'nosuch' });
    await expect(session.lookup(lookupRequest({ emails: [ANN] }), signal)).rejects.toMatchObject({ kind: 'config' });
  });
});

describe('evidence of an opt-in', () => {
  const evidence = async (vendor: Awaited<ReturnType<typeof startMailchimp>>, since: number) => {
    const [row] = await openFor(vendor).session.lookup(
      lookupRequest({ emails: [ANN] }, { evidenceSince: since }),
      signal,
    );
    return row?.member?.optIn;
  };

  it("is the person's own sign-up after that time, with its exact time", async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.act('person/unsubscribe', { email: ANN });
    const since = vendor.clock.now();
    vendor.clock.advance(3_600_000);
    vendor.act('person/resubscribe', { email: ANN });
    const at = Math.floor(vendor.clock.now() / 1000) * 1000;
    expect(await evidence(vendor, since)).toEqual({ at, proof: 'activity feed: website_signup' });
    vendor.clock.advance(1000);
    expect(await evidence(vendor, vendor.clock.now())).toBeNull();
  });

  it('is nothing that an administrator or the API does, and nothing that an opt-out followed', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    const since = vendor.clock.now();
    vendor.clock.advance(60_000);
    vendor.act('admin/unsubscribe', { email: ANN });
    vendor.clock.advance(60_000);
    vendor.act('admin/subscribe', { email: ANN });
    expect(await evidence(vendor, since)).toBeNull();

    vendor.act('person/resubscribe', { email: ANN });
    vendor.clock.advance(60_000);
    vendor.act('admin/unsubscribe', { email: ANN });
    vendor.clock.advance(60_000);
    vendor.act('admin/subscribe', { email: ANN });
    expect(await evidence(vendor, since)).toBeNull();
  });

  it('is asked for subscribed members only', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN, 'unsubscribed');
    expect(await evidence(vendor, 0)).toBeNull();
    expect(vendor.calls().some(({ path }) => path.includes('activity-feed'))).toBe(false);
  });
});
