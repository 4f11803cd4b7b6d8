import { fakeClock } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';
import type { Api, MembersQuery } from '../src/api.ts';
import { createAskMembers } from '../src/columns.ts';
import { createComplaintBook } from '../src/complaints.ts';
import { complaintStream, LATE_REPORT_MS, memberStream, optOutStream } from '../src/streams.ts';
import type { WireAbuseReport, WireMember } from '../src/wire.ts';
import { NOON, signal } from './support.ts';

// What the sandbox cannot show: answers of shapes that are possible, but nowhere documented.

const SECOND = 1000;
const tools = { clock: fakeClock(), vendorNow: () => NOON };
const stamp = (at: number): string => new Date(at).toISOString();
const member = (id: string, at: number, given: Partial<WireMember> = {}): WireMember => ({
  id,
  email_address: `${id}@example.org`,
  status: 'unsubscribed',
  last_changed: stamp(at),
  ...given,
});

const apiWith = (given: Partial<Api>): Api => {
  const notHere = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  return new Proxy(given as Api, { get: (api, name) => Reflect.get(api, name) ?? notHere });
};

const sourceOf = (given: Partial<Api>) => {
  const api = apiWith({ abuseReports: async () => [], ...given });
  return { api, complaints: createComplaintBook(api, tools.clock) };
};

describe('columns of a page', () => {
  const whole = { ...member('a', NOON), merge_fields: { FNAME: 'Ann' } };
  const { merge_fields: _dropped, ...without } = whole;

  it('ask for single merge fields, and for all of them where that brings none', async () => {
    const asked: string[][] = [];
    const ask = createAskMembers();
    const answer = async (fields: readonly string[]): Promise<WireMember> => {
      asked.push([...fields]);
      return fields.includes('merge_fields') ? whole : without;
    };
    expect(await ask(['FNAME'], answer, (one) => [one])).toBe(whole);
    expect(await ask(['FNAME'], answer, (one) => [one])).toBe(whole);
    expect(asked.map((fields) => fields.filter((name) => name.startsWith('merge')))).toEqual([
      ['merge_fields.FNAME'],
      ['merge_fields'],
      ['merge_fields'],
    ]);
  });

  it('are asked for once where no merge field is wanted, and never with a name that is none', async () => {
    const ask = createAskMembers();
    const asked: string[] = [];
    await ask(
      [],
      async (fields) => asked.push(...fields),
      () => [without],
    );
    await ask(
      ['A,members.ip_opt'],
      async (fields) => asked.push(...fields),
      () => [],
    );
    expect(asked.some((name) => name.includes(','))).toBe(false);
    expect(asked.filter((name) => name === 'id')).toHaveLength(2);
  });
});

describe('a page of members', () => {
  it('passes contacts without an address, and still ends', async () => {
    const smsOnly = { id: '', email_address: '', status: 'subscribed', last_changed: stamp(NOON + SECOND) };
    const items: readonly unknown[] = [member('a', NOON), smsOnly, smsOnly, member('b', NOON + SECOND)];
    const stream = memberStream('members', sourceOf({ members: async () => ({ items, total: 4 }) }), [], null, tools);
    const page = await stream.fetch(null, signal);
    expect(page.rows.map(({ record }) => record.id)).toEqual(['a', 'b']);
    expect(page.next).toBeNull();
  });
});

describe('the cross-check of opt-outs', () => {
  it('brings opt-outs that did not move last_changed, and page by page', async () => {
    const queries: MembersQuery[] = [];
    const items = [member('old', NOON - 60 * SECOND), member('new', NOON + SECOND)];
    const members: Api['members'] = async (query) => {
      queries.push(query);
      return { items: items.slice(query.offset, query.offset + 1), total: 2 };
    };
    const stream = optOutStream(sourceOf({ members }), [], NOON, 'unshown');
    const first = await stream.fetch({ at: NOON, id: null }, signal);
    expect(first.rows.map(({ record }) => record.id)).toEqual(['old']);
    const second = await stream.fetch(first.next, signal);
    expect(second).toMatchObject({ rows: [], next: null });
    expect(queries.map(({ status, offset }) => [status, offset])).toEqual([
      ['unsubscribed', 0],
      ['unsubscribed', 1],
    ]);
  });
});

describe('complaints', () => {
  const DAY = 86_400 * SECOND;
  const report = (id: number, hash: string, at: number): WireAbuseReport => ({
    id,
    email_id: hash,
    email_address: `${hash}@example.org`,
    date: stamp(at),
  });

  it('that turn up days late are met, older ones only by a complete read, and those just shown not again', async () => {
    const reports = [report(3, 'late', NOON - 3 * DAY), report(1, 'old', NOON - 30 * DAY), report(2, 'shown', NOON)];
    const source = sourceOf({ abuseReports: async () => reports, member: async (hash) => member(hash, NOON) });
    const idsSince = async (since: number | null): Promise<readonly string[]> => {
      const page = await complaintStream(source, [], since, new Set(['shown']), LATE_REPORT_MS).fetch(null, signal);
      return page.rows.map(({ record }) => record.id);
    };
    expect(await idsSince(NOON)).toEqual(['late']);
    expect(await idsSince(null)).toEqual(['old', 'late']);
  });

  it('go on behind the page before', async () => {
    const reports = Array.from({ length: 250 }, (_, n) => report(n, `m${n}`, NOON));
    const source = sourceOf({ abuseReports: async () => reports, member: async (hash) => member(hash, NOON) });
    const first = await complaintStream(source, [], null, new Set(), LATE_REPORT_MS).fetch(null, signal);
    expect(first.rows).toHaveLength(200);
    const rest = await complaintStream(source, [], null, new Set(), LATE_REPORT_MS).fetch(first.next, signal);
    expect(rest.rows).toHaveLength(50);
    expect(rest.next).toBeNull();
    expect(rest.rows[0]?.member).toMatchObject({ complaint: true, by: 'person', since: NOON });
  });
});
