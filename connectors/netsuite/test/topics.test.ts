import type { OptOutField } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import {
  lookup,
  make,
  never,
  open,
  optOut,
  readAll,
  request,
  rowsOf,
  STATUS,
  stored,
  useSandbox,
  write,
} from './kit.ts';

const running = useSandbox();
const category = (name: string): string =>
  (running().act('admin/subscription-category', { name }) as { readonly id: string }).id;
const field = (id: string): OptOutField => ({ field: `subscription_${id}`, optedOutWhen: false, write: false });
const lines = (customer: string): Readonly<Record<string, boolean>> =>
  Object.fromEntries(
    [...(running().state().subscriptions.get(customer) ?? [])].map(([id, line]) => [id, line.subscribed]),
  );

describe('subscription categories', () => {
  it('are topics, and fields of customers only', async () => {
    const news = category('News');
    const schema = await open(running()).describe(never);
    expect(schema.topics).toContainEqual({ id: news, name: 'News', kind: 'subscription category' });
    const [contact, customer] = schema.recordTypes;
    expect(customer?.topicOptOuts?.[news]).toEqual(field(news));
    expect(customer?.fields).toContainEqual(
      expect.objectContaining({ name: `subscription_${news}`, type: 'boolean', writable: true }),
    );
    expect(contact?.topicOptOuts).toBeUndefined();
    expect(contact?.fields.some(({ name }) => name.startsWith('subscription_'))).toBe(false);
  });

  it('are none where the feature is off', async () => {
    running().switches({ subscriptionCategories: false });
    const schema = await open(running()).describe(never);
    expect(schema.topics).toEqual([]);
    expect(schema.recordTypes.map(({ topicOptOuts }) => topicOptOuts)).toEqual([undefined, undefined]);
  });

  it('are read where they are asked for, from customers', async () => {
    const [news, offers] = [category('News'), category('Offers')];
    const id = make(running(), 'customer', { email: 'ann@example.org' });
    make(running(), 'contact', { email: 'ann@example.org' });
    running().act('admin/subscription', { id, subscription: offers, subscribed: false });
    const consent = [field(news), field(offers)];
    const rows = await lookup(open(running()), { emails: ['ann@example.org'] }, { consent });
    expect(rows.map(({ record, values }) => [record.type, values])).toEqual([
      ['contact', {}],
      ['customer', { [`subscription_${news}`]: true, [`subscription_${offers}`]: false }],
    ]);
    const read = rowsOf(await readAll(open(running()), request({ consent, initially: 'opted-out' })));
    expect(read.map(({ record }) => record.id)).toEqual([id]);
  });

  it('are unsubscribed one by one; the status and the others stay', async () => {
    const [news, offers] = [category('News'), category('Offers')];
    const id = make(running(), 'customer', { email: 'ann@example.org' });
    const session = open(running());
    const op = optOut('customer', id, { [`subscription_${news}`]: false });
    expect((await write(session, op))[`out ${id}`]).toMatchObject({ result: 'applied' });
    expect(lines(id)).toMatchObject({ [news]: false, [offers]: true });
    expect(stored(running(), 'customer', id)[STATUS]).toBe('1');
    expect((await write(session, op))[`out ${id}`]).toMatchObject({ result: 'unchanged' });
  });

  it('are never subscribed by Heed, and not of contacts', async () => {
    const news = category('News');
    const customer = make(running(), 'customer', { email: 'ann@example.org' });
    const contact = make(running(), 'contact', { email: 'ann@example.org' });
    const done = await write(
      open(running()),
      optOut('customer', customer, { [`subscription_${news}`]: true }),
      optOut('contact', contact, { [`subscription_${news}`]: false }),
    );
    expect(
      Object.values(done)
        .map((one) => 'refusal' in one && one.refusal.code)
        .sort(),
    ).toEqual(['NOT_BY_US', 'NO_TOPICS']);
  });

  it("are all unsubscribed by a soft opt-out, which is NetSuite's own doing", async () => {
    const news = category('News');
    const id = make(running(), 'customer', { email: 'ann@example.org' });
    await write(open(running()), optOut('customer', id, { [STATUS]: '2' }));
    expect(lines(id)).toMatchObject({ [news]: false });
  });
});

describe('what decides whether somebody gets mail', () => {
  it('is told of every contact and customer with the address, by the names of NetSuite', async () => {
    const news = category('News');
    const customer = make(running(), 'customer', { email: 'Ann@example.org', isInactive: true });
    const contact = make(running(), 'contact', { email: 'ann@example.org', custentity_newsletter_opt_out: true });
    running().act('person/unsubscribe', { id: contact });
    const told = await open(running()).deciding('ann@example.org', never);
    const of = (id: string) =>
      Object.fromEntries(
        told.filter(({ record }) => record?.id === id).map(({ name, value, blocks }) => [name, [value, blocks]]),
      );
    expect(of(contact)).toMatchObject({
      email: ['ann@example.org', false],
      [STATUS]: ['4', true],
      unsubscribe: [false, false],
      isInactive: [false, false],
      custentity_newsletter_opt_out: [true, null],
    });
    expect(of(customer)).toMatchObject({
      [STATUS]: ['4', true],
      isInactive: [true, true],
      'subscriptions.News': [false, true],
    });
    expect(told.find(({ name }) => name === 'subscriptions.News')?.since).toBe(running().clock.now());
    expect(told.filter(({ record }) => record === null).map(({ name }) => name)).toEqual([
      'Hard Bounced',
      'partner, vendor, employee',
    ]);
    expect(news).not.toBe('');
  });

  it('is nothing for an address that nobody has', async () => {
    expect(await open(running()).deciding('ann@example.org', never)).toEqual([]);
  });
});
