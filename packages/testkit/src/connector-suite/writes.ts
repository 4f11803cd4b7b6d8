import type { Op, Outcome } from '@heed/contract';
import type { FaultRule } from '@heed/sandbox';
import { expect } from 'vitest';
import {
  addOne,
  addresses,
  type Bench,
  isOptedOut,
  lookup,
  readAll,
  seenAt,
  withTimeOuts,
  writeAll,
  writeOne,
} from './bench.ts';
import type { Check } from './check.ts';
import { opsFor } from './ops.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';

const resultOf = (outcome: Outcome | undefined): string | undefined => outcome?.result;

const consentChecks: readonly Check[] = [
  {
    name: 'write: an opt-out is applied, and a look-up reads it back',
    async run(bench) {
      const record = await addOne(bench, ANN);
      const { session } = bench.open();
      const outcome = await writeOne(session, opsFor(bench).optOut(record, ANN));
      expect(outcome).toMatchObject({ result: 'applied', record });
      expect((await seenAt(bench, ANN)).optedOut).toBe(true);
      for (const by of [{ records: [record] }, { emails: [ANN] }]) {
        const rows = await lookup(bench, session, by);
        expect(rows.map((row) => [row.email, isOptedOut(bench, row)])).toEqual([[ANN, true]]);
      }
    },
  },
  {
    name: 'write: the same opt-out twice is unchanged the second time, and so is one that the person made',
    async run(bench) {
      const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB)];
      await bench.people.optOut(bob);
      const before = (await seenAt(bench, BOB)).consent;
      const { session } = bench.open();
      const { optOut } = opsFor(bench);
      expect((await writeOne(session, optOut(ann, ANN))).result).toBe('applied');
      expect((await writeOne(bench.open().session, optOut(ann, ANN))).result).toBe('unchanged');
      expect((await writeOne(session, optOut(bob, BOB))).result).toBe('unchanged');
      expect((await seenAt(bench, BOB)).consent).toBe(before);
    },
  },
  {
    name: 'write: a patch changes its fields and leaves consent alone',
    async run(bench) {
      for (const optedOut of [true, false]) {
        const email = optedOut ? ANN : BOB;
        const record = await addOne(bench, email, optedOut);
        const before = await seenAt(bench, email);
        const outcome = await writeOne(bench.open().session, opsFor(bench).patch(record, email, 'Changed'));
        expect(outcome.result).toBe('applied');
        expect(await seenAt(bench, email)).toEqual({ ...before, text: 'Changed' });
      }
    },
  },
  {
    name: 'write: a create that hits somebody leaves consent alone, whatever it wanted',
    async run(bench) {
      const { given } = bench;
      const wanted = given.role === 'marketing' ? bench.can.newMembers : [null];
      for (const optedOut of [true, false]) {
        for (const as of wanted) {
          for (const set of [given.create.optedIn, given.create.optedOut]) {
            bench.vendor.reset();
            await addOne(bench, ANN, optedOut);
            const before = await seenAt(bench, ANN);
            const op = opsFor(bench).create(ANN, { set, ...(as === null ? {} : { as }) });
            // By the address alone: a reference that nobody has yet would make another record.
            const outcome = await writeOne(bench.open().session, { ...op, reference: null } as Op);
            expect(outcome).toMatchObject({ record: before.record });
            expect((await seenAt(bench, ANN)).consent).toBe(before.consent);
          }
        }
      }
    },
  },
  {
    name: 'write: a changed address keeps consent, opted out or not',
    unless: ({ can }) => (can.rename ? null : 'cannot rename'),
    async run(bench) {
      for (const optedOut of [true, false]) {
        const [from, to] = optedOut ? [ANN, 'ann.new@example.org'] : [BOB, 'bob.new@example.org'];
        const record = await addOne(bench, from, optedOut);
        const before = await seenAt(bench, from);
        const outcome = await writeOne(bench.open().session, opsFor(bench).rename(record, from, to));
        expect(outcome.result).toBe('applied');
        const after = await seenAt(bench, to);
        expect(after).toEqual({ ...before, email: to, record: after.record });
        expect(outcome).toMatchObject({ record: after.record });
        expect((await bench.people.seen()).map(({ email }) => email)).not.toContain(from);
      }
    },
  },
  {
    name: 'write: an address is the same in whatever spelling, to be found and to be hit by a create',
    async run(bench) {
      const before = [await addOne(bench, ANN, true), await addOne(bench, BOB)];
      const consent = (await bench.people.seen()).map((one) => one.consent);
      for (const [index, email] of [ANN, BOB].entries()) {
        const { session } = bench.open();
        const rows = await lookup(bench, session, { emails: [email.toUpperCase()] });
        expect(rows.map((row) => [row.record, isOptedOut(bench, row)])).toEqual([[before[index], email === ANN]]);
        const op = opsFor(bench).create(email.toUpperCase());
        expect(await writeOne(session, { ...op, reference: null } as Op)).toMatchObject({ record: before[index] });
      }
      expect((await bench.people.seen()).map((one) => one.consent)).toEqual(consent);
    },
  },
];

const createChecks: readonly Check[] = [
  {
    // Where such addresses are not listed, this answer is all that the engine learns of them (C1).
    name: 'write: a create makes no member of an address that opted out without one, and tells of it',
    unless: ({ can, given }) =>
      given.role === 'marketing' && can.optOutUnknown ? null : 'no address is opted out without a record here',
    async run(bench) {
      const { create, optOut } = opsFor(bench);
      await writeOne(bench.open().session, optOut(null, ANN));
      const before = await seenAt(bench, ANN);
      const outcome = await writeOne(bench.open().session, create(ANN));
      expect(outcome).toMatchObject({ result: 'unchanged', record: before.record });
      if (!bench.can.listsOptedOutWithoutContact)
        expect('row' in outcome && outcome.row !== null && isOptedOut(bench, outcome.row)).toBe(true);
      expect(await seenAt(bench, ANN)).toEqual(before);
    },
  },
  {
    name: 'write: as many creates as go in one call are one call, and one more is another',
    unless: ({ can }) => (can.createsInOne === undefined ? 'does not say how many go in one' : null),
    async run(bench) {
      const most = bench.can.createsInOne ?? 0;
      const writes = async (count: number): Promise<number> => {
        bench.vendor.reset();
        const { session } = bench.open();
        // As every run does; what it showed need not be looked at again.
        await readAll(bench, session, null);
        const before = bench.vendor.calls().length;
        await writeAll(
          session,
          addresses(count).map((email) => opsFor(bench).create(email)),
        );
        return bench.vendor
          .calls()
          .slice(before)
          .filter(({ method }) => method !== 'GET').length;
      };
      expect([await writes(most), await writes(most + 1)]).toEqual([1, 2]);
    },
  },
  {
    name: 'write: the same create twice makes one record',
    async run(bench) {
      const { create } = opsFor(bench);
      const first = await writeOne(bench.open().session, create(ANN));
      expect(first.result).toBe('applied');
      const again = await writeOne(bench.open().session, create(ANN));
      expect(['applied', 'unchanged']).toContain(again.result);
      const { record } = await seenAt(bench, ANN);
      expect([first, again]).toMatchObject([{ record }, { record }]);
    },
  },
  {
    name: 'write: the same create twice in one call makes one record',
    async run(bench) {
      const { create } = opsFor(bench);
      const ops = [create(ANN, { id: 'one' }), create(ANN, { id: 'two' }), create(BOB)];
      const outcomes = await writeAll(bench.open().session, ops);
      expect(resultOf(outcomes.get('one')) === 'applied' || resultOf(outcomes.get('two')) === 'applied').toBe(true);
      await seenAt(bench, ANN);
      await seenAt(bench, BOB);
    },
  },
  {
    name: 'write: one more than fits into a call',
    async run(bench) {
      const emails = addresses(bench.given.batchRows + 1, 'new');
      const { session } = bench.open();
      await readAll(bench, session);
      const outcomes = await writeAll(
        session,
        emails.map((email) => opsFor(bench).create(email)),
      );
      expect(new Set([...outcomes.values()].map(resultOf))).toEqual(new Set(['applied']));
      expect((await bench.people.seen()).map(({ email }) => email).sort()).toEqual(emails);
    },
  },
  {
    name: 'write: a batch that fails in part says of each op what became of it',
    async run(bench) {
      const emails = addresses(30, 'new');
      const { session } = bench.open();
      await readAll(bench, session);
      bench.vendor.faults([{ kind: 'partial-batch', details: { every: 3 } }]);
      const outcomes = await writeAll(
        session,
        emails.map((email) => opsFor(bench).create(email)),
      );
      const made = new Set((await bench.people.seen()).map(({ email }) => email));
      expect(bench.vendor.calls().some(({ fault }) => fault !== undefined) || made.size < emails.length).toBe(true);
      for (const email of emails)
        expect([email, resultOf(outcomes.get(`create ${email}`)) === 'applied']).toEqual([email, made.has(email)]);
      expect(new Set([...outcomes.values()].map(resultOf))).toEqual(new Set(['applied', 'rejected']));
    },
  },
  {
    name: 'write: one bad op does not hold up the others',
    async run(bench) {
      const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB)];
      await bench.people.remove(bob);
      const { optOut, patch, create } = opsFor(bench);
      const outcomes = await writeAll(bench.open().session, [
        optOut(bob, BOB),
        patch({ ...ann, id: 'no such id' }, 'nobody@example.org', 'x'),
        { ...create('no address at all'), reference: null } as Op,
        optOut(ann, ANN),
        create('carl@example.org'),
      ]);
      expect(resultOf(outcomes.get(`opt-out ${ANN}`))).toBe('applied');
      expect(resultOf(outcomes.get('create carl@example.org'))).toBe('applied');
      for (const bad of [`opt-out ${BOB}`, 'patch nobody@example.org', 'create no address at all'])
        expect([bad, resultOf(outcomes.get(bad))]).toEqual([bad, 'rejected']);
      expect((await seenAt(bench, ANN)).optedOut).toBe(true);
    },
  },
  {
    name: 'write: nothing to write is nothing sent',
    async run(bench) {
      expect(await writeAll(bench.open().session, [])).toEqual(new Map());
      expect(bench.vendor.calls()).toEqual([]);
    },
  },
];

const WRITING = ['POST /**', 'PUT /**', 'PATCH /**', 'DELETE /**'];
/** Of the first try, or of all. */
const HOW_LONG: readonly (Pick<FaultRule, 'count'> & { readonly name: string })[] = [
  { name: 'once', count: 1 },
  { name: 'always' },
];
const lost = ({ given }: Bench, kind: string, { name: _, ...count }: (typeof HOW_LONG)[number]): readonly FaultRule[] =>
  (given.writingRoutes ?? WRITING).map((route) => ({ kind, route, ...count }));

/** Writes while the answers of the first writing calls are lost. */
const writeInto = async (bench: Bench, kind: string, long: (typeof HOW_LONG)[number], op: Op): Promise<Outcome> => {
  const { session, clock } = bench.open();
  await session.check(new AbortController().signal);
  bench.vendor.faults(lost(bench, kind, long));
  const outcome = await withTimeOuts(clock, writeOne(session, op));
  bench.vendor.faults([]);
  return outcome;
};

const LOST_AFTER = ['timeout-after', 'reset-after', 'truncated'];
const LOST_BEFORE = ['timeout-before', 'reset'];

const doubtChecks: readonly Check[] = [
  {
    name: 'write: an answer lost after the write is unknown or settled, never rejected, and nothing happens twice',
    async run(bench) {
      for (const [kind, long] of LOST_AFTER.flatMap((one) => HOW_LONG.map((how) => [one, how] as const))) {
        bench.vendor.reset();
        const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB)];
        const { optOut, patch, create, rename } = opsFor(bench);
        const ops = [optOut(ann, ANN), patch(bob, BOB, 'Changed'), create('carl@example.org')];
        if (bench.can.rename) ops.push(rename(bob, BOB, 'bob.new@example.org'));
        for (const op of ops) {
          const { result } = await writeInto(bench, kind, long, op);
          expect(['unknown', 'applied', 'unchanged'], `${op.kind} ${kind} ${long.name}`).toContain(result);
        }
        expect((await seenAt(bench, ANN)).optedOut).toBe(true);
        await seenAt(bench, 'carl@example.org');
        expect(await seenAt(bench, bench.can.rename ? 'bob.new@example.org' : BOB)).toMatchObject({
          text: 'Changed',
        });
        // What was in doubt is settled by writing it again.
        const again = await writeOne(bench.open().session, create('carl@example.org'));
        expect(['applied', 'unchanged']).toContain(again.result);
        await seenAt(bench, 'carl@example.org');
      }
    },
  },
  {
    name: 'write: a request lost before the write is never told as applied, unless it then was',
    async run(bench) {
      for (const [kind, long] of LOST_BEFORE.flatMap((one) => HOW_LONG.map((how) => [one, how] as const))) {
        bench.vendor.reset();
        const ann = await addOne(bench, ANN);
        const outcome = await writeInto(bench, kind, long, opsFor(bench).optOut(ann, ANN));
        const { optedOut } = await seenAt(bench, ANN);
        expect(['applied', 'unchanged'].includes(outcome.result), `${kind} ${long.name}: ${outcome.result}`).toBe(
          optedOut,
        );
      }
    },
  },
];

export const writeChecks: readonly Check[] = [...consentChecks, ...createChecks, ...doubtChecks];
