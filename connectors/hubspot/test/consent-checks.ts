import type { Portal } from '@heed/connector-hubspot/sandbox';
import type { Op, RecordRef } from '@heed/contract';
import type { Bench, Check, Vendor } from '@heed/testkit';
import { expect } from 'vitest';
import { never, topicsIn } from './kit.ts';

const ANN = 'ann@example.org';
const NEW = 'ann.new@example.org';

const portalOf = (vendor: Vendor): Portal => vendor.state() as Portal;

/** What the portal keeps of an address, of which contacts show only a part. */
const decidedOn = ({ vendor }: Bench, email: string) => {
  const address = portalOf(vendor).addresses.get(email);
  const types = Object.entries(address?.types ?? {}).map(([id, { status }]) => [id, status] as const);
  return { wide: address?.wide != null, types: Object.fromEntries(types) };
};

const typeOf = ({ vendor }: Bench): string => {
  const [news] = topicsIn(portalOf(vendor));
  if (news === undefined) throw new Error('the stand-in has no subscription type');
  return news;
};

const add = async ({ people }: Bench): Promise<RecordRef> => {
  const [record] = await people.add([{ email: ANN }]);
  if (record === undefined) throw new Error('nobody was added');
  return record;
};

const write = async (bench: Bench, op: Op) => (await bench.open().session.write([op], never))[0];

const optOut = ({ given }: Bench, record: RecordRef, topic: string): Op => {
  const field = topic === '*' ? 'hs_email_optout' : `hs_email_optout_${topic}`;
  const set = given.role === 'crm' ? { [field]: true } : {};
  return { kind: 'opt-out', id: 'out', record, email: ANN, topic, set };
};

/** What HubSpot keeps beside opted out and not, and no other system in the suite's words: types, and addresses that move on. */
export const consentChecks: readonly Check[] = [
  {
    name: 'topics: an opt-out of one is of that one alone, once',
    async run(bench) {
      const record = await add(bench);
      const news = typeOf(bench);
      expect(await write(bench, optOut(bench, record, news))).toMatchObject({ result: 'applied' });
      expect(decidedOn(bench, ANN)).toEqual({ wide: false, types: { [news]: 'UNSUBSCRIBED' } });
      expect(await write(bench, optOut(bench, record, news))).toMatchObject({ result: 'unchanged' });
    },
  },
  {
    name: 'topics: a changed address keeps what it opted out of, and nothing else',
    async run(bench) {
      const record = await add(bench);
      const news = typeOf(bench);
      bench.vendor.act('person/unsubscribe', { email: ANN, subscription: Number(news) });
      const rename = { kind: 'rename', id: 'rename', record, from: ANN, to: NEW } as const;
      expect(await write(bench, rename)).toMatchObject({ result: 'applied' });
      expect(decidedOn(bench, NEW)).toEqual({ wide: false, types: { [news]: 'UNSUBSCRIBED' } });
    },
  },
  {
    name: 'consent: an opt-out is of the address that it names, whoever has the contact now',
    async run(bench) {
      const record = await add(bench);
      bench.vendor.act('admin/edit', { id: record.id, properties: { email: NEW } });
      expect(await write(bench, optOut(bench, record, '*'))).toMatchObject({ result: 'applied' });
      expect([decidedOn(bench, ANN).wide, decidedOn(bench, NEW).wide]).toEqual([true, false]);
    },
  },
  {
    name: 'consent: nobody who opted out of a type is subscribed to it, by a create or a change',
    async run(bench) {
      const news = typeOf(bench);
      bench.vendor.act('person/unsubscribe', { email: ANN, subscription: Number(news) });
      const { session } = bench.open();
      const create: Op = {
        kind: 'create',
        id: 'create',
        type: bench.given.create.type,
        email: ANN,
        reference: null,
        fields: {},
        as: bench.given.role === 'marketing' ? 'subscribed' : null,
        set: bench.given.create.optedIn,
      };
      const [made] = await session.write([create], never);
      expect(made).toMatchObject({ result: 'applied' });
      const record = made !== undefined && 'record' in made ? made.record : null;
      if (record === null) throw new Error('no contact was made');
      const patch = { kind: 'patch', id: 'patch', record, email: ANN, fields: { firstname: 'New' } } as const;
      await session.write([create, { ...patch, ifVersion: null }], never);
      expect(decidedOn(bench, ANN)).toEqual({ wide: false, types: { [news]: 'UNSUBSCRIBED' } });
    },
  },
];
