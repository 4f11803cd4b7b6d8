import type { NewMemberAs, Outcome, RecordRef } from '@heed/contract';
import { expect } from 'vitest';
import {
  addOne,
  addresses,
  type Bench,
  emailsOf,
  endOf,
  errorOf,
  isOptedOut,
  lookup,
  readAll,
  rowsOf,
  SIGNAL,
  seenAt,
  writeOne,
} from './bench.ts';
import type { Check } from './check.ts';
import { opsFor } from './ops.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const STATUSES: readonly NewMemberAs[] = ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'];

/** A claimed ability is applied; one that is not claimed is refused, and nothing happens. */
const expectAbility = async (bench: Bench, claimed: boolean, work: () => Promise<Outcome>): Promise<void> => {
  const before = await bench.people.seen();
  const outcome = await work();
  expect(outcome.result).toBe(claimed ? 'applied' : 'rejected');
  if (!claimed) expect(await bench.people.seen()).toEqual(before);
};

const accountChecks: readonly Check[] = [
  {
    name: 'manifest: the name, the role and the sources of the limits are there',
    async run({ connector, given }) {
      expect(connector.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(Object.keys(connector.roles)).toContain(given.role);
      expect(connector.limits.length).toBeGreaterThan(0);
      for (const limit of connector.limits) {
        expect(limit.max).toBeGreaterThan(0);
        expect(limit.source.length).toBeGreaterThan(10);
      }
    },
  },
  {
    name: 'manifest: the account is found, the same one each time, and nothing is missing in it',
    async run(bench) {
      const account = await bench.open().session.check(SIGNAL);
      expect(account.id).not.toBe('');
      expect(account.gaps).toEqual([]);
      expect(await bench.open().session.check(SIGNAL)).toEqual(account);
    },
  },
  {
    name: "manifest: opt-outs that may be nobody's request are counted, where there can be any (C28)",
    async run(bench) {
      const { session } = bench.open();
      const types = (await session.describe(SIGNAL)).recordTypes.flatMap(({ name, standardOptOut: one }) =>
        one !== null && 'field' in one && (one.mayBeDefault ?? []).length > 0 ? [name] : [],
      );
      expect(session.countByDefault === null).toBe(types.length === 0);
      if (session.countByDefault === null) return;
      await bench.people.add([{ email: ANN }, { email: BOB, optedOut: true }]);
      const counts = await session.countByDefault(types, SIGNAL);
      expect(counts.map(({ type }) => type)).toEqual(types);
      expect(counts.reduce((sum, { records }) => sum + records, 0)).toBe(2);
      for (const { records, byDefault } of counts) expect(byDefault).toBeLessThanOrEqual(records);
      expect(await session.countByDefault([], SIGNAL)).toEqual([]);
    },
  },
  {
    name: 'manifest: the schema has what the suite reads and writes',
    async run(bench) {
      const { given, can } = bench;
      const schema = await bench.open().session.describe(SIGNAL);
      const names = schema.recordTypes.map(({ name }) => name);
      expect(names).toContain(given.create.type);
      for (const type of schema.recordTypes) {
        const text = type.fields.find(({ name }) => name === given.textField);
        expect(text).toMatchObject({ type: 'text', writable: true });
        expect(type.standardOptOut).toEqual(can.optOutBy === 'field' ? given.optOut.field : null);
        if (can.reference && given.columns.reference !== null)
          expect(type.fields.find(({ name }) => name === given.columns.reference)?.canBeReference).toBe(true);
      }
      expect(schema.audiences.length > 0).toBe(given.role === 'marketing');
      for (const { kind } of schema.lists) expect(can.listKinds).toContain(kind);
    },
  },
];

const writeAbilities: readonly Check[] = [
  {
    name: 'manifest: an address without a record can be opted out, or cannot',
    async run(bench) {
      const claimed = bench.can.optOutUnknown;
      await expectAbility(bench, claimed, () => writeOne(bench.open().session, opsFor(bench).optOut(null, ANN)));
      if (!claimed) return;
      expect((await seenAt(bench, ANN)).optedOut).toBe(true);
      const rows = await lookup(bench, bench.open().session, { emails: [ANN] });
      expect(rows.map((row) => [row.email, isOptedOut(bench, row)])).toEqual([[ANN, true]]);
    },
  },
  {
    name: 'manifest: new members get the statuses that are claimed, and no others',
    unless: ({ given }) => (given.role === 'marketing' ? null : 'a CRM'),
    async run(bench) {
      for (const as of STATUSES) {
        const email = `${as}@example.org`;
        const claimed = bench.can.newMembers.includes(as);
        await expectAbility(bench, claimed, () => writeOne(bench.open().session, opsFor(bench).create(email, { as })));
        if (!claimed) continue;
        const [row] = await lookup(bench, bench.open().session, { emails: [email] });
        expect(row?.member?.status).toBe(as);
      }
    },
  },
  {
    name: 'manifest: records of the types that are claimed can be made, with consent as told',
    unless: ({ given }) => (given.role === 'crm' ? null : 'a marketing system'),
    async run(bench) {
      const { can, given } = bench;
      for (const type of [...can.creates, 'NoSuchType']) {
        for (const set of [given.create.optedIn, given.create.optedOut]) {
          const email = `${type}.${set === given.create.optedOut ? 'out' : 'in'}@example.org`.toLowerCase();
          const claimed = can.creates.includes(type);
          await expectAbility(bench, claimed, () =>
            writeOne(bench.open().session, opsFor(bench).create(email, { type, set })),
          );
          if (claimed) expect((await seenAt(bench, email)).optedOut).toBe(set === given.create.optedOut);
        }
      }
    },
  },
  {
    name: 'manifest: our reference is kept and found, or asking for one is a mistake',
    async run(bench) {
      const { session } = bench.open();
      if (!bench.can.reference) {
        const asked = lookup(bench, session, { references: ['ref'] }, { reference: 'ANY' });
        return expect((await errorOf(asked)).kind).toBe('config');
      }
      await writeOne(session, opsFor(bench).create(ANN));
      const rows = await lookup(bench, session, { references: [`ref ${ANN}`, 'ref of nobody'] });
      expect(rows.map((row) => [row.email, row.reference])).toEqual([[ANN, `ref ${ANN}`]]);
    },
  },
  {
    name: 'manifest: tag and archive',
    async run(bench) {
      const { can } = bench;
      for (const [how, claimed] of [
        ['tag', can.tag],
        ['archive', can.archive],
      ] as const) {
        const email = `${how}@example.org`;
        const record = await addOne(bench, email);
        await expectAbility(bench, claimed, () =>
          writeOne(bench.open().session, opsFor(bench).leave(record, email, how)),
        );
      }
    },
  },
  {
    name: 'manifest: nobody opted out is tagged away or archived',
    unless: ({ can }) => (can.tag || can.archive ? null : 'can neither tag nor archive'),
    async run(bench) {
      const record = await addOne(bench, ANN, true);
      for (const how of ['tag', 'archive'] as const)
        await expectAbility(bench, false, () => writeOne(bench.open().session, opsFor(bench).leave(record, ANN, how)));
    },
  },
  {
    name: 'manifest: an opt-out can be cleared, or cannot',
    async run(bench) {
      const claimed = bench.can.clear;
      const record = await addOne(bench, ANN, true);
      const [row] = await lookup(bench, bench.open().session, { records: [record] });
      await expectAbility(bench, claimed, () =>
        writeOne(bench.open().session, opsFor(bench).clear(record, ANN, row?.version ?? null)),
      );
      expect((await seenAt(bench, ANN)).optedOut).toBe(!claimed);
    },
  },
  {
    name: 'manifest: a write that depends on a version is refused when the record has changed',
    unless: ({ can }) => (can.conditionalWrite ? null : 'no conditional writes'),
    async run(bench) {
      const record = await addOne(bench, ANN);
      const [row] = await lookup(bench, bench.open().session, { records: [record] });
      bench.vendor.clock.advance(2000);
      await bench.people.edit(record, 'Somebody else');
      const outcome = await writeOne(
        bench.open().session,
        opsFor(bench).patch(record, ANN, 'Ours', row?.version ?? null),
      );
      expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'stale' } });
      expect((await seenAt(bench, ANN)).text).toBe('Somebody else');
    },
  },
];

const readAbilities: readonly Check[] = [
  {
    name: 'manifest: deletions come with changes, or only a complete read shows them',
    async run(bench) {
      const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB)];
      const first = endOf(await readAll(bench, bench.open().session));
      bench.vendor.clock.advance(120_000);
      await bench.people.remove(ann);
      bench.vendor.clock.advance(1000);
      const changed = rowsOf(await readAll(bench, bench.open().session, first.next));
      const gone = changed.filter((row) => row.life.kind === 'deleted').map((row) => row.record);
      expect(gone).toEqual(bench.can.deletions ? [ann] : []);
      const all = rowsOf(await readAll(bench, bench.open().session)).filter((row) => row.life.kind === 'live');
      expect(all.map((row) => row.record)).toEqual([bob]);
      const found = await lookup(bench, bench.open().session, { records: [ann] });
      expect(found.filter((row) => row.life.kind === 'live')).toEqual([]);
    },
  },
  {
    name: 'manifest: a merged record names its heir',
    unless: ({ can }) => (can.heirs ? null : 'tells no heirs'),
    async run(bench) {
      const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB, true)];
      const first = endOf(await readAll(bench, bench.open().session));
      bench.vendor.clock.advance(1000);
      if (bench.people.merge === undefined) throw new Error('the case has no merge');
      const heir = await bench.people.merge(ann, bob);
      const changed = rowsOf(await readAll(bench, bench.open().session, first.next));
      const loser = changed.find((row) => row.record.id === bob.id);
      expect(loser?.life).toEqual({ kind: 'continued', as: heir });
    },
  },
  {
    name: 'manifest: lists of the claimed kinds select records, others are a mistake',
    async run(bench) {
      const { session } = bench.open();
      const odd = readAll(bench, session, null, { lists: [{ kind: 'no-such-kind', id: '1' }] });
      expect((await errorOf(odd)).kind).toBe('config');
      if (bench.can.listKinds.length === 0) return;
      if (bench.people.makeList === undefined) throw new Error('the case has no makeList');
      const records = await bench.people.add(addresses(3).map((email) => ({ email })));
      const list = await bench.people.makeList(records.slice(0, 2) as RecordRef[]);
      expect(bench.can.listKinds).toContain(list.kind);
      const rows = rowsOf(await readAll(bench, session, null, { lists: [list] }));
      expect(emailsOf(rows)).toEqual(addresses(2));
      for (const row of rows) expect(row.lists).toEqual([list.id]);
    },
  },
  {
    name: 'manifest: an own opt-in is proven where proofs are claimed, and nowhere else',
    async run(bench) {
      const record = await addOne(bench, ANN, true);
      const claimed = bench.can.proofs.includes('own-event');
      const since = bench.vendor.clock.now();
      const evidence = async () =>
        (await lookup(bench, bench.open().session, { records: [record] }, { evidenceSince: since }))[0]?.member
          ?.optIn ?? null;
      expect(await evidence()).toBeNull();
      if (!claimed) return;
      bench.vendor.clock.advance(60_000);
      if (bench.people.optInAgain === undefined) throw new Error('the case has no optInAgain');
      await bench.people.optInAgain(record);
      expect((await evidence())?.at).toBe(since + 60_000);
    },
  },
];

export const manifestChecks: readonly Check[] = [...accountChecks, ...writeAbilities, ...readAbilities];
