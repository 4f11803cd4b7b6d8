import { describe, expect, it } from 'vitest';
import { add, addMany, openFor, raw, readAll, readRequest, refOf, signal, startMailchimp } from './support.ts';

const people = (count: number, name = 'p'): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name}${n}@example.org`);
const emailsOf = (rows: readonly { readonly email: string | null }[]): ReadonlySet<string | null> =>
  new Set(rows.map(({ email }) => email));

describe('a first read', () => {
  it('brings members of all statuses with who made them', async () => {
    const vendor = await startMailchimp();
    for (const status of ['subscribed', 'unsubscribed', 'pending', 'transactional', 'cleaned'])
      await add(vendor, `${status}@example.org`, status);
    await add(vendor, 'archived@example.org');
    await raw(vendor, 'DELETE', `/members/${refOf('archived@example.org').id}`);
    await add(vendor, 'left@example.org');
    vendor.act('person/unsubscribe', { email: 'left@example.org' });
    const { rows, pages } = await readAll(openFor(vendor).session);
    const states = Object.fromEntries(rows.map(({ email, member }) => [email, `${member?.status} by ${member?.by}`]));
    expect(states).toEqual({
      'subscribed@example.org': 'subscribed by unknown',
      'unsubscribed@example.org': 'unsubscribed by operator',
      'pending@example.org': 'pending by unknown',
      'transactional@example.org': 'non-subscribed by unknown',
      'cleaned@example.org': 'undeliverable by system',
      'archived@example.org': 'archived by unknown',
      'left@example.org': 'unsubscribed by person',
    });
    expect(pages.at(-1)).toMatchObject({ last: true, complete: true, total: 7 });
    expect(pages.slice(0, -1).every(({ last, complete }) => !last && !complete)).toBe(true);
    expect(rows.every(({ member }) => member?.since === null)).toBe(true);
  });

  it('finds archived members also where unfiltered scans hide them, and asks no more than once too often where they do not', async () => {
    for (const shown of [true, false]) {
      const vendor = await startMailchimp({ switches: { archivedInUnfilteredScans: shown } });
      await addMany(vendor, people(3));
      await raw(vendor, 'DELETE', `/members/${refOf('p1@example.org').id}`);
      const { session, meter } = openFor(vendor);
      const { rows, pages } = await readAll(session);
      expect(rows.map(({ record }) => record.id).sort()).toEqual(
        people(3)
          .map((email) => refOf(email).id)
          .sort(),
      );
      expect(pages.at(-1)?.total).toBe(3);
      expect(meter.counts().members?.calls).toBe(shown ? 1 : 2);
    }
  });

  it('reads three pages of one second whole, whether since_last_changed includes its second or not', async () => {
    for (const inclusive of [true, false]) {
      const vendor = await startMailchimp({
        switches: { sinceLastChangedInclusive: inclusive, beforeLastChangedInclusive: inclusive },
      });
      await addMany(vendor, people(2500));
      vendor.clock.advance(1000);
      await addMany(vendor, people(1200, 'q'));
      const { rows } = await readAll(openFor(vendor).session);
      expect(emailsOf(rows).size).toBe(3700);
    }
  });

  it('resumes from every page without losing anybody', async () => {
    const vendor = await startMailchimp();
    for (const name of ['a', 'b', 'c', 'd']) {
      await addMany(vendor, people(700, name));
      vendor.clock.advance(1000);
    }
    const { pages } = await readAll(openFor(vendor).session);
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, page] of pages.slice(0, -1).entries()) {
      const rest = await readAll(openFor(vendor).session, { after: page.next });
      const seen = emailsOf([...pages.slice(0, index + 1).flatMap(({ rows }) => rows), ...rest.rows]);
      expect(seen.size).toBe(2800);
      expect(rest.pages.at(-1)?.complete).toBe(true);
    }
  });

  it('comes to its end also where each page is a process of its own, through a second that fills three pages', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(2500));
    const seen = new Set<string | null>();
    let after: string | null = null;
    for (let page = 0; page < 30; page += 1) {
      const reading = openFor(vendor).session.read(readRequest({ after }), signal);
      const { value } = await reading[Symbol.asyncIterator]().next();
      for (const { email } of value.rows) seen.add(email);
      after = value.next;
      if (value.last) break;
      expect(page).toBeLessThan(20);
    }
    expect(seen.size).toBe(2500);
  });

  it('loses nobody who changes between two pages', async () => {
    const vendor = await startMailchimp();
    for (const name of ['a', 'b', 'c']) {
      await addMany(vendor, people(800, name));
      vendor.clock.advance(1000);
    }
    const seen = new Set<string | null>();
    let turn = 0;
    for await (const page of openFor(vendor).session.read(
      { types: [], fields: [], consent: [], reference: null, lists: null, initially: 'everyone', after: null },
      new AbortController().signal,
    )) {
      for (const { email } of page.rows) seen.add(email);
      vendor.clock.advance(1000);
      // Those at the front leave it, and everybody behind moves up.
      for (const email of people(30, 'a').slice(turn * 10, turn * 10 + 10)) vendor.act('person/unsubscribe', { email });
      turn += 1;
    }
    expect(seen.size).toBe(2400);
  });

  it('brings only the merge fields asked for, and nothing of _links', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'ann@example.org', 'subscribed', { FNAME: 'Ann', LNAME: '' });
    const { rows } = await readAll(openFor(vendor).session, { fields: ['FNAME', 'LNAME', 'NOSUCH'] });
    expect(rows[0]?.values).toEqual({ FNAME: 'Ann', LNAME: null });
    expect((await readAll(openFor(vendor).session)).rows[0]?.values).toEqual({});
  });
});

describe('a later read', () => {
  it('brings what changed since, and says that it is not complete', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, people(5));
    vendor.clock.advance(3_600_000);
    const first = await readAll(openFor(vendor).session);
    vendor.clock.advance(3_600_000);
    vendor.act('person/unsubscribe', { email: 'p3@example.org' });
    vendor.clock.advance(3_600_000);
    const { rows, pages, next } = await readAll(openFor(vendor).session, { after: first.next });
    expect(rows.map(({ email, member }) => [email, member?.status])).toEqual([['p3@example.org', 'unsubscribed']]);
    expect(pages.at(-1)?.complete).toBe(false);
    vendor.clock.advance(3_600_000);
    expect((await readAll(openFor(vendor).session, { after: next })).rows).toEqual([]);
  });

  it('tells the time by the vendor, whose clock is not ours', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'ann@example.org');
    for (const aheadMs of [-600_000, 600_000]) {
      const { pages, next } = await readAll(openFor(vendor, { aheadMs }).session);
      expect(Math.abs((pages[0]?.readAt ?? 0) - vendor.clock.now())).toBeLessThanOrEqual(1000);
      vendor.clock.advance(1000);
      vendor.act(aheadMs < 0 ? 'person/unsubscribe' : 'person/resubscribe', { email: 'ann@example.org' });
      const { rows } = await readAll(openFor(vendor, { aheadMs }).session, { after: next });
      expect(rows[0]?.member?.status).toBe(aheadMs < 0 ? 'unsubscribed' : 'subscribed');
    }
  });

  it('brings complaints: as an opt-out by the person, dated, also of who bounced by it or was deleted', async () => {
    const vendor = await startMailchimp();
    for (const name of ['ann', 'bob', 'cem']) await add(vendor, `${name}@example.org`);
    const first = await readAll(openFor(vendor).session);
    vendor.clock.advance(3_600_000);
    vendor.act('person/complain', { email: 'ann@example.org' });
    vendor.switches({ complaintBecomes: 'cleaned' });
    vendor.act('person/complain', { email: 'bob@example.org' });
    vendor.act('person/complain', { email: 'cem@example.org' });
    vendor.act('admin/delete', { email: 'cem@example.org' });
    const at = Math.floor(vendor.clock.now() / 1000) * 1000;
    const { rows } = await readAll(openFor(vendor).session, { after: first.next });
    const told = Object.fromEntries(
      rows.map(({ email, member, life }) => [
        email,
        [member?.status, member?.by, member?.complaint, member?.since, life.kind],
      ]),
    );
    expect(told).toEqual({
      'ann@example.org': ['unsubscribed', 'person', true, at, 'live'],
      'bob@example.org': ['undeliverable', 'system', true, at, 'live'],
      'cem@example.org': ['unsubscribed', 'person', true, at, 'deleted'],
    });
  });

  it('finds an opt-out that did not move last_changed, by the filter for opt-outs', async () => {
    const vendor = await startMailchimp();
    await add(vendor, 'ann@example.org');
    vendor.clock.advance(3_600_000);
    const { next } = await readAll(openFor(vendor).session);
    const { session, meter } = openFor(vendor);
    await readAll(session, { after: next });
    // changes, archived, opt-outs
    expect(meter.counts().members?.calls).toBe(3);
    expect(vendor.calls().some(({ path }) => path.includes('unsubscribed_since'))).toBe(true);
  });

  it('refuses a cursor of another container and lists', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    const { next } = await readAll(session);
    await expect(readAll(openFor(vendor, { container: 'another' }).session, { after: next })).rejects.toMatchObject({
      kind: 'stale',
    });
    await expect(readAll(session, { lists: [{ kind: 'tag', id: '1' }] })).rejects.toMatchObject({ kind: 'config' });
  });

  it('takes a lost audience for a wrong profile, never for lost members', async () => {
    const vendor = await startMailchimp();
    await expect(readAll(openFor(vendor, { container: 'nosuch' }).session)).rejects.toMatchObject({ kind: 'config' });
  });
});
