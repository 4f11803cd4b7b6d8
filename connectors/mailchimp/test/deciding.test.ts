import type { Deciding } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { add, type Mailchimp, openFor, raw, refOf, signal, startMailchimp } from './support.ts';

const ANN = 'ann@example.org';

const ask = (vendor: Mailchimp, email = ANN): Promise<readonly Deciding[]> =>
  openFor(vendor).session.deciding(email, signal);
const named = (all: readonly Deciding[], name: string): Deciding | undefined => all.find((one) => one.name === name);

describe('what decides about a member', () => {
  it('is the status, in every one that Mailchimp has: only subscribed members get mail', async () => {
    const vendor = await startMailchimp();
    for (const status of ['subscribed', 'pending', 'transactional', 'unsubscribed', 'cleaned', 'archived']) {
      const email = `${status}@example.org`;
      const first = status === 'cleaned' || status === 'archived' ? 'subscribed' : status;
      await add(vendor, email, first);
      if (status === 'cleaned') vendor.act('person/bounce', { email });
      if (status === 'archived') await raw(vendor, 'DELETE', `/members/${refOf(email).id}`);
      expect(named(await ask(vendor, email), 'status')).toMatchObject({
        record: refOf(email),
        value: status,
        blocks: status !== 'subscribed',
      });
    }
  });

  it('tells a cleaned one from an opt-out, and an archived one from both', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.act('person/bounce', { email: ANN });
    expect(named(await ask(vendor), 'status')?.why).toMatch(/no opt-out by itself \(C10\)/);
    await add(vendor, 'old@example.org');
    await raw(vendor, 'DELETE', `/members/${refOf('old@example.org').id}`);
    expect(named(await ask(vendor, 'old@example.org'), 'status')?.why).toMatch(/Mailchimp hides \(C12a\)/);
  });

  it('is dated by the activity feed where the person opted out, and by nothing where an administrator or the API did', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.clock.advance(60_000);
    const at = vendor.clock.now();
    vendor.act('person/unsubscribe', { email: ANN, reason: 'I no longer want these' });
    vendor.clock.advance(3_600_000);
    const own = await ask(vendor);
    expect(named(own, 'status')).toMatchObject({ value: 'unsubscribed', since: at });
    expect(named(own, 'unsubscribe_reason')).toMatchObject({ value: 'I no longer want these', blocks: null });
    expect(named(own, 'unsubscribe_reason')?.why).toMatch(/only the person can undo it/);

    // Comes back, and is opted out by the API: the older entry of the feed is not the date of that.
    vendor.act('person/resubscribe', { email: ANN });
    vendor.clock.advance(3_600_000);
    await raw(vendor, 'PATCH', `/members/${refOf(ANN).id}`, { status: 'unsubscribed' });
    const others = await ask(vendor);
    expect(named(others, 'status')).toMatchObject({ value: 'unsubscribed', since: null });
    expect(named(others, 'unsubscribe_reason')?.why).toMatch(/an administrator or the API/);
  });

  it('is a report of abuse as well, with its date, whatever the status, also when the member is gone', async () => {
    const vendor = await startMailchimp({ switches: { complaintBecomes: 'cleaned' } });
    await add(vendor, ANN);
    const at = vendor.clock.now();
    vendor.act('person/complain', { email: ANN });
    vendor.clock.advance(60_000);
    const all = await ask(vendor);
    expect(all.filter(({ blocks }) => blocks).map(({ name }) => name)).toEqual(['status', 'abuse report']);
    expect(named(all, 'abuse report')).toMatchObject({ record: refOf(ANN), value: true, blocks: true, since: at });

    vendor.act('admin/delete', { email: ANN });
    expect(await ask(vendor)).toEqual([expect.objectContaining({ record: null, name: 'abuse report', blocks: true })]);
  });

  it('tells times and segments, which decide nothing by themselves', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    await raw(vendor, 'POST', `/members/${refOf(ANN).id}/tags`, { tags: [{ name: 'VIP', status: 'active' }] });
    const all = await ask(vendor);
    expect(all.filter(({ blocks }) => blocks !== null).map(({ name }) => name)).toEqual(['status']);
    expect(named(all, 'tags')?.value).toEqual(['VIP']);
    expect(named(all, 'timestamp_opt')?.value).toBe(new Date(vendor.clock.now()).toISOString());
    expect(named(all, 'last_changed')?.value).not.toBeNull();
    expect(all.some(({ name }) => name.startsWith('sms'))).toBe(false);
  });
});

describe('asking', () => {
  it('costs two calls, three for who opted out, and none of them writes', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    const before = vendor.calls().length;
    await ask(vendor);
    expect(vendor.calls().length - before).toBe(2);
    vendor.act('person/unsubscribe', { email: ANN });
    await ask(vendor);
    const asked = vendor.calls().slice(before);
    expect(asked.map(({ method }) => method)).toEqual(Array(5).fill('GET'));
  });

  it('about nobody answers nothing; in a lost audience it is an error of the profile', async () => {
    const vendor = await startMailchimp();
    expect(await ask(vendor)).toEqual([]);
    const lost = openFor(vendor, { container: 'nosuch' }).session.deciding(ANN, signal);
    await expect(lost).rejects.toMatchObject({ kind: 'config' });
  });
});
