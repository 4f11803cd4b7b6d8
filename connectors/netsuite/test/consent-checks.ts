import type { Account } from '@heed/connector-netsuite/sandbox';
import type { Op, RecordRef, Values } from '@heed/contract';
import type { Bench, Check } from '@heed/testkit';
import { expect } from 'vitest';
import { lookup, never, readAll, request, rowsOf, STATUS } from './kit.ts';

const ANN = 'ann@example.org';
const HOUR_MS = 3_600_000;

const make = ({ vendor }: Bench, type: string, fields: Readonly<Record<string, unknown>>): RecordRef => {
  const named = type === 'customer' ? { companyName: 'Acme' } : { entityId: `Contact ${String(fields.email)}` };
  const made = vendor.act('admin/create', { record: type, fields: { ...named, [STATUS]: '1', ...fields } });
  return { type, id: (made as { readonly id: string }).id };
};

const stored = ({ vendor }: Bench, { type, id }: RecordRef): Readonly<Record<string, unknown>> =>
  (vendor.state() as Account).tables.get(type)?.get(id) ?? {};

const subscribedTo = ({ vendor }: Bench, { id }: RecordRef, category: string): boolean | undefined =>
  (vendor.state() as Account).subscriptions.get(id)?.get(category)?.subscribed;

const optOut = (record: RecordRef, set: Values): Op => ({
  kind: 'opt-out',
  id: 'out',
  record,
  email: ANN,
  topic: '*',
  set,
});

const write = async (bench: Bench, op: Op) => (await bench.open().session.write([op], never))[0];

const changesIn = ({ vendor }: Bench): number => vendor.calls().filter(({ method }) => method === 'PATCH').length;

/** What NetSuite keeps beside opted out and not, and no other system in the suite's words: four values, a box, categories. */
export const consentChecks: readonly Check[] = [
  {
    name: 'consent: each value of the status is shown as it is, and so is the box beside it',
    async run(bench) {
      const emails = ['1', '2', '3', '4', 'unsubscribe'].map((status) => `${status}@example.org`);
      const records = emails.map((email) =>
        make(bench, 'contact', { email, ...(email.startsWith('2') ? { [STATUS]: '2' } : {}) }),
      );
      bench.vendor.act('person/confirm', { id: records[2]?.id });
      bench.vendor.act('person/unsubscribe', { id: records[3]?.id });
      bench.vendor.act('admin/edit', { record: 'contact', id: records[4]?.id, fields: { unsubscribe: true } });
      const { session } = bench.open();
      const read = rowsOf(await readAll(session, request()));
      for (const rows of [read, await lookup(session, { records }), await lookup(session, { emails })])
        expect(Object.fromEntries(rows.map(({ email, values }) => [email, values[STATUS]]))).toEqual(
          Object.fromEntries(emails.map((email) => [email, email.split('@')[0]])),
        );
    },
  },
  {
    name: 'consent: a confirmed opt-out is left as it is, and nothing is sent',
    async run(bench) {
      const record = make(bench, 'contact', { email: ANN });
      bench.vendor.act('person/unsubscribe', { id: record.id });
      expect(await write(bench, optOut(record, { [STATUS]: '2' }))).toMatchObject({ result: 'unchanged' });
      expect(stored(bench, record)[STATUS]).toBe('4');
      expect(changesIn(bench)).toBe(0);
    },
  },
  {
    name: 'consent: what NetSuite answers with success and does not keep is no opt-out',
    async run(bench) {
      bench.vendor.switches({ confirmedOptInWritable: false, confirmedStatusWrite: 'ignored' });
      const record = make(bench, 'contact', { email: ANN });
      bench.vendor.act('person/confirm', { id: record.id });
      expect(await write(bench, optOut(record, { [STATUS]: '2' }))).toMatchObject({ result: 'rejected' });
      expect([stored(bench, record)[STATUS], changesIn(bench)]).toEqual(['3', 1]);
    },
  },
  {
    name: "consent: a recipient's own opt-out is read, though it moved no date of the record",
    async run(bench) {
      bench.vendor.switches({ recipientActMovesLastModified: false });
      const record = make(bench, 'contact', { email: ANN });
      make(bench, 'contact', { email: 'bob@example.org' });
      const { session } = bench.open();
      const first = await readAll(session, request());
      bench.vendor.clock.advance(3 * HOUR_MS);
      bench.vendor.act('person/unsubscribe', { id: record.id });
      const changes = rowsOf(await readAll(session, request({ after: first.at(-1)?.next ?? null })));
      expect(changes.filter(({ values }) => values[STATUS] === '4').map(({ email }) => email)).toEqual([ANN]);
    },
  },
  {
    name: 'consent: a new record is opted in or out as told, whatever the account gives to new ones',
    async run(bench) {
      bench.vendor.switches({ unsubscribedByDefault: true });
      const fields = { companyName: 'Acme' };
      const create = { kind: 'create', id: 'new', type: 'customer', email: ANN, reference: null, fields, as: null };
      const made = await write(bench, { ...create, set: { [STATUS]: '1' } } as Op);
      expect(made).toMatchObject({ result: 'applied' });
      const rows = await lookup(bench.open().session, { emails: [ANN] });
      expect(rows.map(({ values }) => values[STATUS])).toEqual(['1']);
    },
  },
  {
    name: 'topics: an opt-out of one category is of that one alone',
    async run(bench) {
      const [news, offers] = ['News', 'Offers'].map(
        (name) => bench.vendor.act('admin/subscription-category', { name }) as { readonly id: string },
      );
      if (news === undefined || offers === undefined) throw new Error('no categories were made');
      const record = make(bench, 'customer', { email: ANN });
      expect(await write(bench, optOut(record, { [`subscription_${news.id}`]: false }))).toMatchObject({
        result: 'applied',
      });
      expect(stored(bench, record)[STATUS]).toBe('1');
      expect([subscribedTo(bench, record, news.id), subscribedTo(bench, record, offers.id)]).toEqual([false, true]);
    },
  },
];
