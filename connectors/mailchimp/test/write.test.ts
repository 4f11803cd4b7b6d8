import { describe, expect, it } from 'vitest';
import {
  add,
  addMany,
  brief,
  isMemberIn,
  memberIn,
  openFor,
  ops,
  raw,
  refOf,
  signal,
  startMailchimp,
  writeOne,
} from './support.ts';

const ANN = 'ann@example.org';

/** The ids of the audience's interests, as the connector shows them. */
const interestsIn = async (vendor: Awaited<ReturnType<typeof startMailchimp>>): Promise<readonly string[]> =>
  (await openFor(vendor).session.describe(signal)).topics.map(({ id }) => id);

describe('an opt-out', () => {
  it('unsubscribes subscribed, pending and non-subscribed members, and is unchanged the second time', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    for (const status of ['subscribed', 'pending', 'transactional']) {
      const email = `${status}@example.org`;
      await add(vendor, email, status);
      const outcome = await writeOne(session, ops.optOut(email));
      expect(outcome).toMatchObject({
        result: 'applied',
        record: refOf(email),
        row: { member: { status: 'unsubscribed', by: 'operator' } },
      });
      expect(memberIn(vendor, email).status).toBe('unsubscribed');
      expect(brief(await writeOne(session, ops.optOut(email)))).toBe('unchanged');
    }
  });

  it('is unchanged when the person was quicker, and sends nothing then', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.act('person/unsubscribe', { email: ANN });
    const { session, meter } = openFor(vendor);
    expect(await writeOne(session, ops.optOut(ANN))).toMatchObject({
      result: 'unchanged',
      row: { member: { by: 'person' } },
    });
    expect(meter.counts()['patch member']).toBeUndefined();
  });

  it('never revives an archived member, leaves a bounced one, and creates nobody', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    await raw(vendor, 'DELETE', `/members/${refOf(ANN).id}`);
    await add(vendor, 'bounced@example.org', 'cleaned');
    const { session } = openFor(vendor);
    expect(brief(await writeOne(session, ops.optOut(ANN)))).toBe('rejected refused archived');
    expect(brief(await writeOne(session, ops.optOut('bounced@example.org')))).toBe('rejected refused cleaned');
    expect(brief(await writeOne(session, ops.optOut('nobody@example.org')))).toBe(
      'rejected missing Resource Not Found',
    );
    expect(memberIn(vendor, ANN).status).toBe('archived');
    expect(isMemberIn(vendor, 'nobody@example.org')).toBe(false);
  });

  it('of an unknown address creates an unsubscribed member only when no record is named', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    expect(brief(await writeOne(session, ops.optOut('New@Example.org', null)))).toBe('applied');
    expect(memberIn(vendor, 'new@example.org').status).toBe('unsubscribed');
    await add(vendor, ANN);
    expect(brief(await writeOne(session, ops.optOut(ANN, null)))).toBe('applied');
    expect(memberIn(vendor, ANN).status).toBe('unsubscribed');
  });

  it('C17 of one interest unticks that one, and leaves the status and the others', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    const [news = '', events = ''] = await interestsIn(vendor);
    await raw(vendor, 'PATCH', `/members/${refOf(ANN).id}`, { interests: { [news]: true, [events]: true } });
    const { session } = openFor(vendor);
    const leave = { ...ops.optOut(ANN), topic: events } as const;
    expect(await writeOne(session, leave)).toMatchObject({
      result: 'applied',
      row: { member: { status: 'subscribed', topics: { [news]: 'opted-in', [events]: 'opted-out' } } },
    });
    expect(brief(await writeOne(session, { ...leave, id: 'again' }))).toBe('unchanged');
    expect(memberIn(vendor, ANN).interests).toEqual([news]);
    expect(memberIn(vendor, ANN).status).toBe('subscribed');
    const unknown = { ...ops.optOut(ANN), id: 'u', topic: 'abc' } as const;
    expect(brief(await writeOne(session, unknown))).toBe('rejected config topic');
    const nobody = { ...ops.optOut('nobody@example.org', null), topic: events } as const;
    expect(brief(await writeOne(session, nobody))).toBe('rejected missing Resource Not Found');
    expect(isMemberIn(vendor, 'nobody@example.org')).toBe(false);
  });

  it('C17 of one interest wakes no archived member', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    const [news = ''] = await interestsIn(vendor);
    await raw(vendor, 'DELETE', `/members/${refOf(ANN).id}`);
    const { session } = openFor(vendor);
    const leave = { ...ops.optOut(ANN), topic: news } as const;
    expect(brief(await writeOne(session, leave))).toBe('rejected refused archived');
    expect(memberIn(vendor, ANN).status).toBe('archived');
  });

  it('is never cleared', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN, 'unsubscribed');
    const { session } = openFor(vendor);
    const clear = {
      kind: 'clear',
      id: 'x',
      record: refOf(ANN),
      email: ANN,
      topic: '*',
      set: {},
      ifVersion: null,
    } as const;
    expect(await writeOne(session, clear)).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'refused', forever: true },
    });
    expect(memberIn(vendor, ANN).status).toBe('unsubscribed');
  });

  it('goes out before everything else', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, ['a@example.org', 'b@example.org']);
    await openFor(vendor).session.write(
      [
        ops.patch('a@example.org', { FNAME: 'A' }),
        ops.create('c@example.org', 'subscribed'),
        ops.optOut('b@example.org'),
      ],
      signal,
    );
    const writes = vendor.calls().filter(({ method }) => method === 'PATCH' || method === 'PUT');
    expect(writes[0]?.path).toContain(refOf('b@example.org').id);
    expect(writes).toHaveLength(3);
  });
});

describe('a patch', () => {
  it('changes merge fields, clears with null, and leaves every status alone', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    for (const status of ['subscribed', 'unsubscribed', 'pending', 'cleaned', 'transactional']) {
      const email = `${status}@example.org`;
      await add(vendor, email, status, { FNAME: 'Old', LNAME: 'Old' });
      const outcome = await writeOne(session, ops.patch(email, { FNAME: 'New', LNAME: null }));
      expect(outcome).toMatchObject({ result: 'applied', row: { values: { FNAME: 'New', LNAME: null } } });
      expect(memberIn(vendor, email)).toMatchObject({ status, mergeFields: { FNAME: 'New' } });
      expect(memberIn(vendor, email).mergeFields.LNAME).toBeUndefined();
    }
  });

  it('of an unknown merge field is invalid, though Mailchimp would take it silently', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    const outcome = await writeOne(openFor(vendor).session, ops.patch(ANN, { NOSUCH: 'x' }));
    expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'invalid', field: 'NOSUCH' } });
  });

  it('of somebody who is gone creates nobody', async () => {
    const vendor = await startMailchimp();
    expect(brief(await writeOne(openFor(vendor).session, ops.patch(ANN, { FNAME: 'x' })))).toBe(
      'rejected missing Resource Not Found',
    );
    expect(isMemberIn(vendor, ANN)).toBe(false);
  });
});

describe('a rename', () => {
  it('keeps the opt-out and everything else', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.act('person/unsubscribe', { email: ANN });
    const outcome = await writeOne(openFor(vendor).session, ops.rename(ANN, 'new@example.org'));
    expect(outcome).toMatchObject({
      result: 'applied',
      record: refOf('new@example.org'),
      row: { member: { status: 'unsubscribed', by: 'person' } },
    });
    expect(isMemberIn(vendor, ANN)).toBe(false);
  });

  it('to an address that is taken, of an archived member, and of nobody are refused', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, [ANN, 'taken@example.org', 'old@example.org']);
    await raw(vendor, 'DELETE', `/members/${refOf('old@example.org').id}`);
    const { session } = openFor(vendor);
    expect(brief(await writeOne(session, ops.rename(ANN, 'taken@example.org')))).toBe('rejected refused Member Exists');
    expect(brief(await writeOne(session, ops.rename('old@example.org', 'x@example.org')))).toBe(
      'rejected refused archived',
    );
    expect(brief(await writeOne(session, ops.rename('nobody@example.org', 'x@example.org')))).toBe(
      'rejected missing Resource Not Found',
    );
    expect(isMemberIn(vendor, 'x@example.org')).toBe(false);
  });
});

describe('a create', () => {
  it('makes a member of each status that the manifest names', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    const made = {
      subscribed: 'subscribed',
      pending: 'pending',
      'non-subscribed': 'transactional',
      unsubscribed: 'unsubscribed',
    } as const;
    for (const as of ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'] as const) {
      const email = `${as}@example.org`;
      expect(await writeOne(session, ops.create(email, as, { FNAME: 'Ann' }))).toMatchObject({
        result: 'applied',
        row: { member: { status: as }, values: { FNAME: 'Ann' } },
      });
      expect(memberIn(vendor, email).status).toBe(made[as]);
    }
  });

  it('on a hit leaves consent alone, and sends fields only to those who get them', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    for (const status of ['subscribed', 'unsubscribed', 'pending', 'cleaned', 'transactional', 'archived']) {
      const email = `${status}@example.org`;
      await add(vendor, email, status === 'archived' ? 'subscribed' : status);
      if (status === 'archived') await raw(vendor, 'DELETE', `/members/${refOf(email).id}`);
      const outcome = await writeOne(session, ops.create(email, 'subscribed', { FNAME: 'New' }));
      const gets = ['subscribed', 'pending', 'transactional'].includes(status);
      expect(brief(outcome)).toBe(gets ? 'applied' : 'unchanged');
      expect(memberIn(vendor, email).status).toBe(status);
      expect(memberIn(vendor, email).mergeFields.FNAME).toBe(gets ? 'New' : undefined);
    }
  });

  it('of an erased address is refused for ever, without the address in the message', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.act('admin/delete', { email: ANN });
    const outcome = await writeOne(openFor(vendor).session, ops.create(ANN, 'subscribed'));
    expect(outcome).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'refused', forever: true, code: 'Forgotten Email Not Subscribed' },
    });
    expect(JSON.stringify({ ...outcome, op: '' })).not.toContain('example.org');
  });

  it('twice in one call makes one member', async () => {
    const vendor = await startMailchimp();
    const twice = [ops.create(ANN, 'pending'), { ...ops.create('ANN@example.org', 'pending'), id: 'second' }];
    const outcomes = await openFor(vendor).session.write(twice, signal);
    expect(outcomes.map(brief).sort()).toEqual(['applied', 'unchanged']);
  });
});

describe('whoever leaves', () => {
  it('is tagged or archived if subscribed or non-subscribed, and left alone in every other state', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor);
    for (const how of ['tag', 'archive'] as const) {
      for (const status of ['subscribed', 'transactional', 'unsubscribed', 'pending', 'cleaned']) {
        const email = `${how}-${status}@example.org`;
        await add(vendor, email, status);
        const outcome = await writeOne(session, ops.leave(email, how));
        const may = status === 'subscribed' || status === 'transactional';
        expect(brief(outcome)).toBe(may ? 'applied' : `rejected refused ${status}`);
        expect(memberIn(vendor, email).status).toBe(may && how === 'archive' ? 'archived' : status);
        expect(memberIn(vendor, email).segments).toHaveLength(may && how === 'tag' ? 1 : 0);
        if (may) expect(brief(await writeOne(session, ops.leave(email, how)))).toBe('unchanged');
      }
    }
    expect(brief(await writeOne(session, ops.leave(ANN, 'tag')))).toBe('rejected missing Resource Not Found');
  });
});

describe('trouble', () => {
  it('with the audience is an error of the profile: nobody is taken for gone', async () => {
    const vendor = await startMailchimp();
    const { session } = openFor(vendor, { container: 'nosuch' });
    expect(brief(await writeOne(session, ops.optOut(ANN)))).toBe('rejected config config');
  });

  it('with the key stops everything after it, and says so op by op', async () => {
    const vendor = await startMailchimp();
    await addMany(vendor, ['a@example.org', 'b@example.org']);
    const { session } = openFor(vendor, { apiKey: `${'0'.repeat(32)}-us7` });
    const outcomes = await session.write(
      [ops.optOut('a@example.org'), ops.patch('b@example.org', { FNAME: 'x' }), ops.create(ANN, 'subscribed')],
      signal,
    );
    expect(outcomes.map(brief)).toEqual(Array(3).fill('rejected auth API Key Invalid'));
    expect(vendor.calls().filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('at the edge is waited out', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.faults([
      { kind: 'html', status: 403, count: 1 },
      { kind: 'throttle', count: 1 },
      { kind: 'html', status: 503, count: 1 },
    ]);
    expect(brief(await writeOne(openFor(vendor).session, ops.optOut(ANN)))).toBe('applied');
  });

  it('that lasts leaves an opt-out owed: rejected if surely not sent, unknown if it may have arrived', async () => {
    const vendor = await startMailchimp();
    await add(vendor, ANN);
    vendor.faults([{ kind: 'throttle', route: 'PATCH /3.0/lists/{list}/members/{member}' }]);
    expect(await writeOne(openFor(vendor).session, ops.optOut(ANN))).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'rate-limited' },
    });
    vendor.faults([{ kind: 'reset-after', route: 'PATCH /3.0/lists/{list}/members/{member}' }]);
    expect(await writeOne(openFor(vendor).session, ops.optOut(ANN))).toMatchObject({
      result: 'unknown',
      refusal: { kind: 'unavailable' },
    });
    expect(memberIn(vendor, ANN).status).toBe('unsubscribed');
  });

  it('never asks for more than eight connections at once', async () => {
    const vendor = await startMailchimp({ latencyMs: 5 });
    const emails = Array.from({ length: 40 }, (_, n) => `n${n}@example.org`);
    await addMany(vendor, emails);
    const { session } = openFor(vendor);
    await session.write(
      emails.map((email) => ops.optOut(email)),
      signal,
    );
    const most = Math.max(...vendor.calls().map(({ concurrent }) => concurrent));
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(1);
  });
});
