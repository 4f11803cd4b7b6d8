import type { Row, Session } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { add, openFor, readAll, readRequest, signal, startMailchimp } from './support.ts';

const MINUTE_MS = 60_000;

const look = async (session: Session, since: number): Promise<readonly Row[]> => {
  if (session.optOutsSince === null) throw new Error('there is a look');
  const rows: Row[] = [];
  for await (const some of session.optOutsSince({ ...readRequest(), since }, signal)) rows.push(...some);
  return rows;
};

describe('C21 a look for opt-outs', () => {
  it('is one call, and one more for complaints once a minute', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'ann@example.org');
    const { session, meter } = openFor(vendor);
    await readAll(session);
    const counts = () => Object.values(meter.counts()).reduce((sum, { calls }) => sum + calls, 0);
    const costs: number[] = [];
    for (const passedMs of [10_000, 40_000, 15_000, 30_000, 40_000]) {
      const since = session.now();
      vendor.clock.advance(passedMs);
      const before = counts();
      await look(session, since);
      costs.push(counts() - before);
    }
    // After 10, 50, 65 (more than a minute after the read), 95 and 135 seconds.
    expect(costs).toEqual([1, 1, 2, 1, 2]);
  });

  it('brings every complaint of the time in which reports were not asked for, also of who was cleaned for it', async () => {
    const vendor = await startMailchimp({ switches: { complaintBecomes: 'cleaned' } });
    for (const name of ['ann', 'bob']) await add(vendor, `${name}@example.org`);
    const { session } = openFor(vendor);
    await readAll(session);
    vendor.clock.advance(20_000);
    vendor.act('person/complain', { email: 'ann@example.org' });
    vendor.clock.advance(20_000);
    expect(await look(session, session.now() - 40_000)).toEqual([]);
    vendor.clock.advance(MINUTE_MS);
    vendor.act('person/complain', { email: 'bob@example.org' });
    const rows = await look(session, session.now() - 5_000);
    expect(rows.map(({ email, member }) => [email, member?.complaint]).sort()).toEqual([
      ['ann@example.org', true],
      ['bob@example.org', true],
    ]);
  });

  it('brings who unsubscribed since, in that one call', async () => {
    const vendor = await startMailchimp();
    for (const name of ['ann', 'bob']) await add(vendor, `${name}@example.org`);
    const { session } = openFor(vendor);
    vendor.act('person/unsubscribe', { email: 'bob@example.org' });
    vendor.clock.advance(MINUTE_MS);
    await readAll(session);
    const since = session.now();
    vendor.clock.advance(5_000);
    vendor.act('person/unsubscribe', { email: 'ann@example.org' });
    expect((await look(session, since)).map(({ email }) => email)).toEqual(['ann@example.org']);
  });
});
