import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, errorOf, open } from './client.ts';

type Write = [from: string, wanted: unknown];

describe('checklist 5: globalSubscriptionStatus', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  const contact = (fields: object = {}): Promise<string> => {
    const lastName = `N${client.account.state().lastEntityId}`;
    return client.create('contact', { lastName, email: 'ann@example.com', ...fields });
  };
  const statusOf = async (id: string, record = 'contact'): Promise<string> =>
    (await client.read(record, id)).globalSubscriptionStatus.id;
  const write = (id: string, globalSubscriptionStatus: unknown) =>
    client.call('PATCH', `record/v1/contact/${id}`, { globalSubscriptionStatus, title: 'Written' });
  /** A contact that is in a status, by whom only may bring it there. */
  const contactIn = async (status: string): Promise<string> => {
    const id = await contact(status === '2' ? { globalSubscriptionStatus: '2' } : {});
    if (status === '3') client.act('person/confirm', { id });
    if (status === '4') client.act('person/unsubscribe', { id });
    return id;
  };

  it.each<[string, unknown, string]>([
    ['1', { id: '2' }, '2'],
    ['1', { refName: 'Soft Opt-Out' }, '2'],
    ['2', '1', '1'],
    ['2', { id: '2' }, '2'],
    ['3', { id: '2' }, '2'],
    ['3', { id: '3' }, '3'],
    ['4', { id: '4' }, '4'],
  ])('from %s the API may write %j', async (from, wanted, expected) => {
    const id = await contactIn(from);
    expect((await write(id, wanted)).status).toBe(204);
    expect(await statusOf(id)).toBe(expected);
  });

  const forbidden: readonly Write[] = [
    ['1', { id: '3' }],
    ['1', { id: '4' }],
    ['2', { refName: 'Confirmed Opt-Out' }],
    ['3', { id: '4' }],
    ['4', { id: '1' }],
    ['4', { id: '2' }],
    ['4', { id: '3' }],
  ];

  it.each(forbidden)('from %s a write of %j is refused, and nothing of it is saved', async (from, wanted) => {
    const id = await contactIn(from);
    const answer = await write(id, wanted);
    expect([answer.status, errorOf(answer)['o:errorCode'], errorOf(answer)['o:errorPath']]).toEqual([
      400,
      'INVALID_CONTENT',
      'globalSubscriptionStatus',
    ]);
    expect(await client.read('contact', id)).toMatchObject({ globalSubscriptionStatus: { id: from } });
    expect(await client.read('contact', id)).not.toHaveProperty('title');
  });

  it.each(forbidden)(
    '"... or silent no-op [UNV]" (switch): from %s, %j is a 204 without effect',
    async (from, wanted) => {
      client.account.switches({ confirmedStatusWrite: 'ignored' });
      const id = await contactIn(from);
      expect((await write(id, wanted)).status).toBe(204);
      expect(await client.read('contact', id)).toMatchObject({
        globalSubscriptionStatus: { id: from },
        title: 'Written',
      });
    },
  );

  it('a Confirmed Opt-In may be closed to the API as well (switch)', async () => {
    client.account.switches({ confirmedOptInWritable: false, confirmedStatusWrite: 'USER_ERROR' });
    const answer = await write(await contactIn('3'), { id: '2' });
    expect([answer.status, errorOf(answer)['o:errorCode']]).toEqual([400, 'USER_ERROR']);
  });

  it('"New records take the preference Unsubscribed to Marketing By Default: 2 if ticked, else 1"', async () => {
    expect(await statusOf(await contact())).toBe('1');
    client.account.switches({ unsubscribedByDefault: true });
    expect(await statusOf(await contact())).toBe('2');
    expect(await statusOf(await contact({ globalSubscriptionStatus: { id: '1' } }))).toBe('1');
    expect(
      (await client.call('POST', 'record/v1/contact', { lastName: 'x', globalSubscriptionStatus: { id: '3' } })).status,
    ).toBe(400);
    client.account.switches({ confirmedStatusWrite: 'ignored' });
    expect(await statusOf(await contact({ globalSubscriptionStatus: { id: '3' } }))).toBe('2');
  });

  it('"propagates a recipient\'s unsubscribe to every entity record with that email"; an API change does not', async () => {
    const one = await contact();
    const customer = await client.create('customer', { companyName: 'Acme', email: 'ANN@example.com' });
    const vendor = client.act('admin/create', {
      record: 'vendor',
      fields: { companyName: 'V', email: 'ann@example.com' },
    }).id;
    const other = await contact({ email: 'bob@example.com' });
    await write(one, { id: '2' });
    expect(await statusOf(customer, 'customer')).toBe('1');
    const done = await fetch(`${client.account.url}/__sandbox/person/unsubscribe`, {
      method: 'POST',
      body: JSON.stringify({ email: 'ann@example.com' }),
    });
    expect(await done.json()).toEqual({
      records: [
        { type: 'contact', id: one },
        { type: 'customer', id: customer },
        { type: 'vendor', id: vendor },
      ],
    });
    expect([
      await statusOf(one),
      await statusOf(customer, 'customer'),
      await statusOf(vendor, 'vendor'),
      await statusOf(other),
    ]).toEqual(['4', '4', '4', '1']);
    client.act('person/resubscribe', { id: one });
    expect([await statusOf(one), await statusOf(customer, 'customer')]).toEqual(['3', '3']);
    expect(() => client.act('person/unsubscribe', { email: 'nobody@example.com' })).toThrow();
  });

  it('whose capitals a click reaches, and whether it moves lastModifiedDate, is unverified (switches)', async () => {
    const one = await contact();
    const capitals = await contact({ email: 'Ann@example.com' });
    client.account.switches({ recipientSpellings: 'as-written', recipientActMovesLastModified: false });
    client.account.clock.advance(60_000);
    client.act('person/unsubscribe', { email: 'ann@example.com' });
    expect([await statusOf(one), await statusOf(capitals)]).toEqual(['4', '1']);
    expect((await client.read('contact', one)).lastModifiedDate).toBe('2026-03-01T12:00:00Z');
    client.account.switches({ recipientActMovesLastModified: true });
    client.act('person/complain', { email: 'Ann@example.com' });
    expect(await client.read('contact', capitals)).toMatchObject({
      lastModifiedDate: '2026-03-01T12:01:00Z',
      globalSubscriptionStatus: { id: '4' },
    });
  });

  it('the checkbox unsubscribe: "relation to the status not documented" (switch)', async () => {
    const id = await contact({ unsubscribe: true });
    expect([await statusOf(id), (await client.read('contact', id)).unsubscribe]).toEqual(['1', true]);
    client.account.switches({ unsubscribeBox: 'follows-status' });
    expect((await client.read('contact', id)).unsubscribe).toBe(false);
    await write(id, { id: '2' });
    expect((await client.read('contact', id)).unsubscribe).toBe(true);
    expect(await client.rows("SELECT id FROM contact WHERE unsubscribe = 'T'")).toEqual([{ id }]);
  });

  it('a user at the screens is bound by the same rules, and is told; imports may date what they bring', async () => {
    client.account.switches({ confirmedStatusWrite: 'ignored' });
    const id = await contactIn('4');
    const edit = (fields: object) => client.act('admin/edit', { id, fields });
    expect(() => edit({ globalSubscriptionStatus: '2' })).toThrow();
    expect(() => edit({ globalSubscriptionStatus: '3' })).toThrow();
    edit({ title: 'Imported', lastModifiedDate: '2020-01-01T00:00:00Z' });
    expect(await client.read('contact', id)).toMatchObject({
      title: 'Imported',
      lastModifiedDate: '2020-01-01T00:00:00Z',
      globalSubscriptionStatus: { id: '4' },
    });
  });

  it('a bounce is known to the product, and "no such property in the REST schema"', async () => {
    const id = await contact();
    const before = await client.read('contact', id);
    client.act('person/bounce', { email: 'ann@example.com' });
    expect(await client.read('contact', id)).toEqual(before);
    expect(client.account.state().bounced.has(id)).toBe(true);
  });

  it('"primary record\'s subscription status is kept", "losers vanish from queries"', async () => {
    const primary = await contact({ lastName: 'Primary', email: 'primary@example.com' });
    client.act('person/confirm', { id: primary });
    const loser = await contactIn('4');
    const { id: group } = client.act('admin/group', { name: 'G', members: [loser] });
    client.act('admin/merge', { record: 'contact', primary, losers: [loser] });
    expect(await statusOf(primary)).toBe('3');
    expect((await client.call('GET', `record/v1/contact/${loser}`)).status).toBe(404);
    expect(await client.rows('SELECT recordid FROM deletedrecord')).toEqual([]);
    expect(await client.rows('SELECT member FROM entitygroupmember WHERE entitygroup = ?', [group])).toEqual([
      { member: primary },
    ]);
    client.account.switches({ mergeLeavesDeletedRecord: true });
    const second = await contact();
    client.act('admin/merge', { record: 'contact', primary, losers: [second] });
    expect(await client.rows('SELECT recordid FROM deletedrecord')).toEqual([{ recordid: second }]);
  });
});

describe('checklist 2, 5: subscription categories', () => {
  let client: Client;
  let id = '';
  beforeEach(async () => {
    client = await open();
    id = await client.create('customer', { companyName: 'Acme', email: 'a@example.com' });
  });
  afterEach(() => client.account.close());

  const lines = async (): Promise<readonly [string, boolean][]> =>
    (await client.read('customer', id, '?expandSubResources=true&fields=subscriptions')).subscriptions.items.map(
      (line: { subscription: { refName: string }; subscribed: boolean }) => [
        line.subscription.refName,
        line.subscribed,
      ],
    );
  const patch = (subscribed: boolean, search = '') =>
    client.call('PATCH', `record/v1/customer/${id}${search}`, {
      subscriptions: { items: [{ subscription: { id: '2' }, subscribed }] },
    });

  it('the sublist: a link, expanded lines, and lines by themselves', async () => {
    const href = `${client.account.url}/services/rest/record/v1/customer/${id}/subscriptions`;
    expect((await client.read('customer', id)).subscriptions).toEqual({ links: [{ rel: 'self', href }] });
    expect(await lines()).toEqual([
      ['Newsletter', true],
      ['Events', true],
    ]);
    expect((await client.call('GET', `record/v1/customer/${id}/subscriptions`)).body.items).toEqual([
      { links: [{ rel: 'self', href: `${href}/1` }] },
      { links: [{ rel: 'self', href: `${href}/2` }] },
    ]);
    const { body } = await client.call('GET', `record/v1/customer/${id}/subscriptions/2`);
    expect(body).toMatchObject({
      subscription: { id: '2', refName: 'Events' },
      subscribed: true,
      lastModifiedDate: '2026-03-01T12:00:00Z',
    });
    expect(
      (await client.read('contact', await client.create('contact', { lastName: 'x' }))).subscriptions,
    ).toBeUndefined();
  });

  it('"sublists merged unless ?replace=sublist"; a customer\'s lastModifiedDate moves', async () => {
    client.account.clock.advance(1000);
    expect((await patch(false)).status).toBe(204);
    expect(await lines()).toEqual([
      ['Newsletter', true],
      ['Events', false],
    ]);
    expect((await client.read('customer', id)).lastModifiedDate).toBe('2026-03-01T12:00:01Z');
    await patch(true, '?replace=subscriptions');
    expect(await lines()).toEqual([
      ['Newsletter', false],
      ['Events', true],
    ]);
    const wrong = { subscriptions: { items: [{ subscription: { id: '77' }, subscribed: true }] } };
    expect((await client.call('PATCH', `record/v1/customer/${id}`, wrong)).status).toBe(400);
  });

  it('2 "clears all subscription categories", and they stay cleared; 4 as the switch says', async () => {
    await client.call('PATCH', `record/v1/customer/${id}`, { globalSubscriptionStatus: { id: '2' } });
    await client.call('PATCH', `record/v1/customer/${id}`, { globalSubscriptionStatus: { id: '1' } });
    expect(await lines()).toEqual([
      ['Newsletter', false],
      ['Events', false],
    ]);
    await patch(true);
    client.account.switches({ confirmedOptOutClearsSubscriptions: false });
    client.act('person/unsubscribe', { id });
    expect(await lines()).toEqual([
      ['Newsletter', false],
      ['Events', true],
    ]);
  });

  it('a recipient leaves one category', async () => {
    client.act('person/unsubscribe', { email: 'a@example.com', subscription: '1' });
    expect(await lines()).toEqual([
      ['Newsletter', false],
      ['Events', true],
    ]);
    expect((await client.read('customer', id)).globalSubscriptionStatus.id).toBe('1');
    client.act('person/resubscribe', { email: 'a@example.com', subscription: '1' });
    expect(await lines()).toEqual([
      ['Newsletter', true],
      ['Events', true],
    ]);
  });

  it('campaignSubscription is a record and a table; a new category starts unsubscribed; without the feature there is none', async () => {
    const { id: category } = client.act('admin/subscription-category', { name: 'Offers' });
    expect(await client.rows('SELECT id, name FROM campaignsubscription ORDER BY id')).toEqual([
      { id: '1', name: 'Newsletter' },
      { id: '2', name: 'Events' },
      { id: category, name: 'Offers' },
    ]);
    expect((await lines()).at(-1)).toEqual(['Offers', false]);
    client.act('admin/subscription', { id, subscription: category, subscribed: true });
    expect((await lines()).at(-1)).toEqual(['Offers', true]);
    const q = 'SELECT subscription FROM customersubscriptions WHERE customer = ? ORDER BY subscription';
    expect((await client.query(q, [id])).status).toBe(400);
    client.account.switches({ subscriptionTable: 'customersubscriptions' });
    expect(await client.rows(q, [id])).toHaveLength(3);
    client.account.switches({ subscriptionCategories: false });
    expect(await client.read('customer', id)).not.toHaveProperty('subscriptions');
    expect((await client.call('GET', `record/v1/customer/${id}/subscriptions`)).status).toBe(404);
    expect((await client.call('GET', 'record/v1/campaignSubscription')).status).toBe(404);
    expect((await client.query('SELECT id FROM campaignsubscription')).status).toBe(400);
  });
});
