import type { Op } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import {
  callsTo,
  contact,
  create,
  fieldOf,
  inBetween,
  lookup,
  make,
  open,
  putIn,
  stateOf,
  stored,
  useSandbox,
  write,
  writeOne,
} from './kit.ts';

const running = useSandbox();
const ANN = 'ann@example.org';
const BOB = 'bob@example.org';

const uniqueProperty = (): void => {
  running().act('admin/property', {
    name: 'heed_id',
    label: 'Heed id',
    groupName: 'contactinformation',
    type: 'string',
    fieldType: 'text',
    hasUniqueValue: true,
  });
};

const live = () => [...running().state().contacts.live()];

describe('a new contact of the CRM', () => {
  it('is opted out before it exists, where it comes opted out', async () => {
    const order: string[] = [];
    await inBetween(
      running(),
      ({ method, url }) => order.push(`${method} ${url.split('?')[0]?.split('/').at(-1)}`),
      (baseUrl) => writeOne(open(running(), { config: { baseUrl } }), create(ANN, { set: { hs_email_optout: true } })),
    );
    expect(order.indexOf('POST unsubscribe-all')).toBeGreaterThan(-1);
    expect(order.indexOf('POST unsubscribe-all')).toBeLessThan(order.indexOf('POST create'));
    const [made] = live();
    expect(await stored(running(), made?.id ?? '', 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
  });

  it('is found by our reference, by its address, and by a second address of its own; and gets the reference it lacks', async () => {
    uniqueProperty();
    const ann = make(running(), ANN, { hs_additional_emails: 'ann.second@example.org' });
    const bob = make(running(), BOB, { heed_id: 'b' });
    const session = open(running());
    const reference = (value: string) => ({ field: 'heed_id', value });
    const outcomes = await write(
      session,
      create('ann.second@example.org', { reference: reference('a'), fields: { city: 'Bonn' } }),
      create('else@example.org', { reference: reference('b'), fields: { city: 'Ulm' } }),
    );
    expect([...outcomes.values()].map((one) => 'record' in one && one.record?.id).sort()).toEqual([ann, bob].sort());
    expect(await stored(running(), ann, 'email', 'heed_id', 'city')).toMatchObject({
      email: ANN,
      heed_id: 'a',
      city: 'Bonn',
    });
    // The address is no mapped field: whoever has our reference keeps his.
    expect(await stored(running(), bob, 'email', 'heed_id', 'city')).toMatchObject({
      email: BOB,
      heed_id: 'b',
      city: 'Ulm',
    });
    const found = await lookup(session, { references: ['a', 'nobody'] }, { reference: 'heed_id' });
    expect(found.map((row) => [row.email, row.reference])).toEqual([[ANN, 'a']]);
  });

  it('that somebody makes in the last moment is a hit: its fields are written, nothing else', async () => {
    const outcome = await inBetween(
      running(),
      ({ url }) => {
        if (url.endsWith('/batch/create')) make(running(), ANN, { city: 'Bonn' });
      },
      (baseUrl) =>
        writeOne(
          open(running(), { config: { baseUrl } }),
          create(ANN, { fields: { firstname: 'New' }, set: { hs_email_optout: false } }),
        ),
    );
    const [only, ...more] = live();
    expect(more).toEqual([]);
    expect(outcome).toMatchObject({ result: 'applied', record: contact(only?.id ?? '') });
    expect(await stored(running(), only?.id ?? '', 'firstname', 'city')).toMatchObject({
      firstname: 'New',
      city: 'Bonn',
    });
  });

  it.each(['batch-fewer-rows', 'batch-reordered-rows'])('is told by its own row of the answer: %s', async (kind) => {
    running().faults([{ kind, route: 'POST /crm/v3/objects/contacts/batch/create' }]);
    const emails = Array.from({ length: 12 }, (_, index) => `p${index}@example.org`);
    const outcomes = await write(open(running()), ...emails.map((email) => create(email)));
    const byId = new Map(live().map(({ id, properties }) => [id, properties.email]));
    for (const outcome of outcomes.values()) {
      if (outcome.result === 'applied') expect(byId.get(outcome.record?.id ?? '')).toBe(outcome.op.split(' ')[1]);
      // Made, and the answer does not say so: nobody may say that it was not.
      else expect(outcome.result).toBe('unknown');
    }
    expect([...outcomes.values()].some(({ result }) => result === 'applied')).toBe(true);
  });

  it('with a value that HubSpot refuses holds up nobody else', async () => {
    const outcomes = await write(
      open(running()),
      create(ANN, { fields: { annualrevenue: '1', no_such_property: 'x' } }),
      create(BOB),
    );
    expect(outcomes.get(`create ${ANN}`)).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'invalid', field: 'no_such_property' },
    });
    expect(outcomes.get(`create ${BOB}`)?.result).toBe('applied');
    expect(live().map(({ properties }) => properties.email)).toEqual([BOB]);
  });
});

describe('a new member', () => {
  const marketing = () => open(running(), { role: 'marketing' });

  it('whose address opted out gets no contact, and its row says why', async () => {
    running().act('person/unsubscribe', { email: ANN });
    const outcome = await writeOne(marketing(), create(ANN, { as: 'subscribed' }));
    expect(outcome).toMatchObject({ result: 'unchanged', row: { email: ANN, member: { status: 'unsubscribed' } } });
    expect(live()).toEqual([]);
  });

  it('whose address opted out of one brand gets no contact either, and is not told as opted out of all', async () => {
    const [brand] = running().state().brands;
    running().act('person/unsubscribe', { email: ANN, brand: brand?.id });
    const outcome = await writeOne(marketing(), create(ANN, { as: 'subscribed' }));
    expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'refused', code: 'OPTED_OUT_OF_BRAND' } });
    expect(live()).toEqual([]);
  });

  it('who has a contact that is opted out or bounced is left as he is, outside the list', async () => {
    const ids = [ANN, BOB].map((email) => make(running(), email));
    running().act('person/unsubscribe', { email: ANN });
    running().act('person/bounce', { email: BOB });
    const outcomes = await write(
      marketing(),
      ...[ANN, BOB].map((email) => create(email, { as: 'subscribed', fields: { firstname: 'New' } })),
    );
    expect([...outcomes.values()].map(({ result }) => result)).toEqual(['unchanged', 'unchanged']);
    expect(await stored(running(), ids[0] ?? '', 'firstname')).toMatchObject({ firstname: null });
    const rows = await lookup(marketing(), { records: ids.map(contact) });
    expect(rows.map((row) => [row.email, stateOf(row)])).toEqual([
      [ANN, 'unsubscribed'],
      [BOB, 'archived'],
    ]);
  });

  it('costs four calls for a hundred of them where the plan has batches of preferences', async () => {
    running().switches({ plan: 'enterprise' });
    const emails = Array.from({ length: 100 }, (_, index) => `p${index}@example.org`);
    const session = marketing();
    await session.describe(new AbortController().signal);
    const before = running().calls().length;
    const outcomes = await write(session, ...emails.map((email) => create(email, { as: 'subscribed' })));
    expect(new Set([...outcomes.values()].map(({ result }) => result))).toEqual(new Set(['applied']));
    expect(callsTo(running(), before)).toEqual([
      'POST /crm/v3/objects/contacts/batch/read',
      'POST /communication-preferences/v4/statuses/batch/unsubscribe-all/read',
      'POST /crm/v3/objects/contacts/batch/create',
      'PUT /crm/v3/lists/{id}/memberships/add',
    ]);
  });

  it('is never a billing status: hs_marketable_status is shown and not written (C13)', async () => {
    running().switches({ marketableWritable: true });
    const id = make(running(), ANN);
    const op = create(ANN, { as: 'subscribed', fields: { hs_marketable_status: 'true' } });
    expect(await writeOne(marketing(), op)).toMatchObject({ result: 'rejected', refusal: { code: 'NOT_BY_FIELDS' } });
    const { recordTypes } = await marketing().describe(new AbortController().signal);
    const field = recordTypes[0]?.fields.find(({ name }) => name === 'hs_marketable_status');
    expect(field).toMatchObject({ writable: false });
    await putIn(running(), [id]);
    const [row] = await lookup(marketing(), { records: [contact(id)] }, { fields: ['hs_marketable_status'] });
    expect(fieldOf(row, 'hs_marketable_status')).not.toBeUndefined();
    expect(stateOf(row)).toBe('subscribed');
  });
});

describe('one odd op', () => {
  it('holds up nobody else: a value that no property holds, a contact that is gone', async () => {
    const bob = make(running(), BOB);
    const gone = make(running(), 'gone@example.org');
    running().act('admin/archive', { id: gone });
    const patch = (id: string, email: string): Op => ({
      kind: 'patch',
      id: `patch ${email}`,
      record: contact(id),
      email,
      fields: { city: 'Bonn' },
      ifVersion: null,
    });
    const outcomes = await write(
      open(running()),
      create(BOB, { id: 'hit', fields: { address: { city: 'Bonn' } } }),
      create(ANN, { id: 'new' }),
      patch(gone, 'gone@example.org'),
      patch(bob, BOB),
    );
    expect([...outcomes].map(([id, { result }]) => [id, result]).sort()).toEqual([
      ['hit', 'rejected'],
      ['new', 'applied'],
      [`patch ${BOB}`, 'applied'],
      ['patch gone@example.org', 'rejected'],
    ]);
  });

  it('that fails behind others does not take back what they did', async () => {
    const bob = make(running(), BOB);
    await putIn(running(), [bob]);
    running().faults([{ kind: 'server-error', route: 'GET /communication-preferences/**' }]);
    const outcomes = await write(
      open(running(), { role: 'marketing' }),
      create(BOB, { id: 'hit', as: 'subscribed', fields: { city: 'Bonn' } }),
      create(ANN, { id: 'new', as: 'subscribed' }),
    );
    expect(outcomes.get('hit')?.result).toBe('applied');
    expect(outcomes.get('new')).toMatchObject({ result: 'rejected', refusal: { kind: 'unavailable' } });
    expect(await stored(running(), bob, 'city')).toMatchObject({ city: 'Bonn' });
  });
});
