import type { Page, Row } from '@heed/contract';
import { expect } from 'vitest';
import {
  addOne,
  addresses,
  type Bench,
  emailsOf,
  endOf,
  errorOf,
  isOptedOut,
  latest,
  lookup,
  readAll,
  requestOf,
  rowsOf,
  SIGNAL,
} from './bench.ts';
import type { Check } from './check.ts';

const HOUR_MS = 3_600_000;
/** Longer than any overlap, shorter than sessions live. */
const QUIET_MS = 25 * 60_000;

/** What the newest rows say about those who live, against what the vendor holds. */
const expectState = async (bench: Bench, pages: readonly Page[]): Promise<void> => {
  const rows = [...latest(rowsOf(pages)).values()].filter((row) => row.life.kind === 'live');
  const read = rows.map((row) => ({
    record: row.record,
    email: row.email,
    optedOut: isOptedOut(bench, row),
    text: row.values[bench.given.textField] ?? null,
  }));
  const held = (await bench.people.seen()).map(({ record, email, optedOut, text }) => ({
    record,
    email,
    optedOut,
    text,
  }));
  expect(sorted(read)).toEqual(sorted(held));
};

const sorted = <T extends { readonly record: { readonly id: string } }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));

const addEach = async (bench: Bench, emails: readonly string[], perSecond: number): Promise<void> => {
  for (let at = 0; at < emails.length; at += perSecond) {
    await bench.people.add(emails.slice(at, at + perSecond).map((email) => ({ email })));
    bench.vendor.clock.advance(1000);
  }
};

/** One page per process: each session reads one page and is gone. */
const readInSteps = async (bench: Bench): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  for (let after: string | null = null; pages.length < 1000; ) {
    const { session } = bench.open();
    for await (const page of session.read(requestOf(bench, after), SIGNAL)) {
      pages.push(page);
      break;
    }
    const page = endOf(pages);
    if (page.last) return pages;
    after = page.next;
  }
  throw new Error('the read does not end');
};

const fullReads: readonly Check[] = [
  {
    name: 'read: a full read equals the state',
    async run(bench) {
      const { people, given, vendor } = bench;
      const types = given.columns.types.length > 0 ? given.columns.types : [given.create.type];
      for (const [index, type] of types.entries()) {
        const records = await people.add(
          addresses(6, `t${index}`).map((email, at) => ({ email, type, optedOut: at % 3 === 0 })),
        );
        vendor.clock.advance(1000);
        const [, second, third, fourth] = records;
        if (second !== undefined) await people.edit(second, 'Änderung "quoted" \\ 名前');
        if (third !== undefined) await people.optOut(third);
        if (fourth !== undefined) await people.remove(fourth);
        vendor.clock.advance(1000);
      }
      const pages = await readAll(bench, bench.open().session);
      await expectState(bench, pages);
      const end = endOf(pages);
      expect(end.complete).toBe(true);
      expect(Math.abs(end.readAt - vendor.clock.now())).toBeLessThanOrEqual(1000);
      expect([null, latest(rowsOf(pages)).size]).toContain(end.total);
    },
  },
  {
    name: 'read: a status that is billing is told as such, and says nothing of consent',
    unless: ({ can }) => (can.paidStatus === undefined ? 'has no such status' : null),
    async run(bench) {
      const emails = addresses(4);
      const records = await bench.people.add(emails.map((email, at) => ({ email, optedOut: at % 2 === 0 })));
      for (const record of records.slice(0, 2)) await bench.people.admit?.(record);
      const { session } = bench.open();
      const read = rowsOf(await readAll(bench, session));
      for (const rows of [read, await lookup(bench, session, { records }), await lookup(bench, session, { emails })])
        expect(
          sorted([...latest(rows).values()]).map((row) => [
            row.email,
            isOptedOut(bench, row),
            row.member?.status,
            row.member?.paidFor,
          ]),
        ).toEqual([
          [emails[0], true, 'unsubscribed', true],
          [emails[1], false, 'subscribed', true],
          // What new ones are, the account decides.
          [emails[2], true, 'unsubscribed', expect.any(Boolean)],
          [emails[3], false, 'subscribed', expect.any(Boolean)],
        ]);
    },
  },
  {
    name: 'read: one more than a page, and exactly a page',
    async run(bench) {
      const emails = addresses(bench.given.pageRows);
      await addEach(bench, emails, Math.ceil(emails.length / 3));
      expect(emailsOf(rowsOf(await readAll(bench, bench.open().session)))).toEqual(emails);
      await addOne(bench, 'one-more@example.org');
      const pages = await readAll(bench, bench.open().session);
      expect(emailsOf(rowsOf(pages))).toEqual(['one-more@example.org', ...emails]);
    },
  },
  {
    name: 'read: resumed behind every page by another process, nothing is lost',
    async run(bench) {
      const emails = addresses(bench.given.pageRows * 3 + 7);
      await addEach(bench, emails, Math.ceil(bench.given.pageRows * 0.7));
      const pages = await readAll(bench, bench.open().session);
      expect(pages.length).toBeGreaterThan(3);
      for (const [index, page] of pages.slice(0, -1).entries()) {
        const rest = await readAll(bench, bench.open().session, page.next);
        expect(emailsOf(rowsOf([...pages.slice(0, index + 1), ...rest]))).toEqual(emails);
        expect(endOf(rest)).toMatchObject({ complete: true, readAt: endOf(pages).readAt });
      }
    },
  },
  {
    name: 'read: three pages of equal time stamps, in one process and in one process per page',
    async run(bench) {
      await addOne(bench, 'a-before@example.org');
      bench.vendor.clock.advance(1000);
      const ties = addresses(bench.given.pageRows * 3 + 1);
      await bench.people.add(ties.map((email) => ({ email })));
      bench.vendor.clock.advance(1000);
      await addOne(bench, 'z-after@example.org');
      const all = ['a-before@example.org', ...ties, 'z-after@example.org'];
      expect(emailsOf(rowsOf(await readAll(bench, bench.open().session)))).toEqual(all);
      expect(emailsOf(rowsOf(await readInSteps(bench)))).toEqual(all);
    },
  },
  {
    name: 'read: who is opted out comes with a first read of the opted-out',
    async run(bench) {
      await bench.people.add(addresses(10).map((email, index) => ({ email, optedOut: index % 2 === 0 })));
      const pages = await readAll(bench, bench.open().session, null, { initially: 'opted-out' });
      const optedOut = rowsOf(pages).filter((row) => isOptedOut(bench, row));
      expect(emailsOf(optedOut)).toEqual(addresses(10).filter((_, index) => index % 2 === 0));
    },
  },
];

const changeReads: readonly Check[] = [
  {
    name: 'read: changes bring what changed, at once, and cost one request per stream when nothing did',
    async run(bench) {
      const { people, vendor, given } = bench;
      const records = await people.add(addresses(20).map((email) => ({ email })));
      vendor.clock.advance(QUIET_MS);
      const { session } = bench.open();
      const first = endOf(await readAll(bench, session));
      vendor.clock.advance(QUIET_MS);
      const quiet = endOf(await readAll(bench, session, first.next));
      vendor.clock.advance(QUIET_MS);
      const before = vendor.calls().length;
      const pages = await readAll(bench, session, quiet.next);
      const asked = vendor.calls().slice(before);
      expect(asked.length, asked.map(({ method, path }) => `${method} ${path}`).join('\n')).toBeLessThanOrEqual(
        given.quietCalls,
      );
      expect(rowsOf(pages)).toEqual([]);
      expect(endOf(pages).complete).toBe(false);
      const [one, two] = records;
      if (one === undefined || two === undefined) throw new Error('nobody was added');
      await people.optOut(one);
      await people.edit(two, 'New');
      await addOne(bench, 'new@example.org');
      const changed = await readAll(bench, session, endOf(pages).next);
      expect(emailsOf(rowsOf(changed))).toEqual(['new@example.org', ...addresses(2)]);
      expect(
        [...latest(rowsOf(changed)).values()].filter((row) => isOptedOut(bench, row)).map((row) => row.email),
      ).toEqual(addresses(1));
    },
  },
  {
    name: 'look: whoever opted out since then is found without a read, and nobody who opted out before, or changed only',
    async run(bench) {
      const { people, vendor, given } = bench;
      const { session } = bench.open();
      if (session.optOutsSince === null) return;
      const records = await people.add(addresses(3).map((email) => ({ email })));
      const [before, edited, after] = records;
      if (before === undefined || edited === undefined || after === undefined) throw new Error('nobody was added');
      await people.optOut(before);
      vendor.clock.advance(QUIET_MS);
      const since = session.now();
      await people.edit(edited, 'New');
      await people.optOut(after);
      const rows: Row[] = [];
      for await (const some of session.optOutsSince({ ...given.columns, since }, SIGNAL)) rows.push(...some);
      expect(emailsOf(rows)).toEqual(addresses(3).slice(2));
      expect(rows.every((row) => isOptedOut(bench, row))).toBe(true);
    },
  },
  {
    name: 'read: people who change while it goes on are neither lost nor stale in the end',
    async run(bench) {
      const { people, vendor, given } = bench;
      const emails = addresses(given.pageRows * 2 + 50);
      await addEach(bench, emails, given.pageRows - 10);
      const byEmail = new Map((await people.seen()).map((one) => [one.email, one.record]));
      const { session } = bench.open();
      const pages: Page[] = [];
      for await (const page of session.read(requestOf(bench, null), SIGNAL)) {
        pages.push(page);
        vendor.clock.advance(1000);
        // Of those already read and of those to come, around the border between pages.
        for (const at of [3, given.pageRows - 2, given.pageRows + 5, emails.length - 2]) {
          const record = byEmail.get(emails[at + pages.length] ?? '');
          if (record !== undefined) await people.edit(record, `Change ${pages.length}`);
        }
        const optsOut = byEmail.get(emails[given.pageRows + 20 + pages.length] ?? '');
        if (optsOut !== undefined && pages.length < 4) await people.optOut(optsOut);
        if (pages.length > 50) throw new Error('the read does not end');
      }
      expect(emailsOf(rowsOf(pages))).toEqual(emails);
      vendor.clock.advance(1000);
      await expectState(bench, [...pages, ...(await readAll(bench, session, endOf(pages).next))]);
    },
  },
  {
    name: 'read: a commit that becomes visible late is not lost',
    async run(bench) {
      const { people, vendor } = bench;
      await addOne(bench, 'early@example.org');
      const { session } = bench.open();
      const first = endOf(await readAll(bench, session));
      vendor.clock.advance(HOUR_MS);
      await people.addLate('late@example.org', 90_000);
      vendor.clock.advance(30_000);
      await addOne(bench, 'newer@example.org');
      vendor.clock.advance(1000);
      const second = await readAll(bench, session, first.next);
      expect(emailsOf(rowsOf(second))).not.toContain('late@example.org');
      vendor.clock.advance(90_000);
      const third = await readAll(bench, session, endOf(second).next);
      expect(emailsOf(rowsOf(third))).toContain('late@example.org');
    },
  },
  {
    name: 'read: our own clock may be wrong by hours',
    async run(bench) {
      for (const aheadMs of [2 * HOUR_MS, -2 * HOUR_MS]) {
        bench.vendor.reset();
        await addOne(bench, 'early@example.org');
        const first = endOf(await readAll(bench, bench.open({ aheadMs }).session));
        bench.vendor.clock.advance(60_000);
        await addOne(bench, 'soon@example.org');
        bench.vendor.clock.advance(60_000);
        const second = await readAll(bench, bench.open({ aheadMs }).session, first.next);
        expect(emailsOf(rowsOf(second))).toContain('soon@example.org');
        expect(Math.abs(endOf(second).readAt - bench.vendor.clock.now())).toBeLessThanOrEqual(2000);
      }
    },
  },
  {
    name: 'read: a cursor that is not its own is refused',
    async run(bench) {
      const { session } = bench.open();
      const { next } = endOf(await readAll(bench, session));
      for (const foreign of ['', '{', 'null', '{"offset":3}', next.slice(1), next.replaceAll(/\d{6,}/g, '"x"')])
        expect(['stale', 'config']).toContain((await errorOf(readAll(bench, session, foreign))).kind);
      const other = readAll(bench, session, next, { fields: [] });
      expect((await errorOf(other)).kind).toBe('stale');
    },
  },
  {
    name: 'read: a cursor older than the vendor keeps changes is stale',
    unless: ({ can }) => (can.changesKeptDays === null ? 'changes are kept for ever' : null),
    async run(bench) {
      const { session } = bench.open();
      const { next } = endOf(await readAll(bench, session));
      bench.vendor.clock.advance(((bench.can.changesKeptDays ?? 0) + 1) * 24 * HOUR_MS);
      expect((await errorOf(readAll(bench, session, next))).kind).toBe('stale');
    },
  },
];

export const readChecks: readonly Check[] = [...fullReads, ...changeReads];
