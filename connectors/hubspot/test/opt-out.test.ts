import { describe, expect, it } from 'vitest';
import { ADDRESS } from '../src/contact.ts';
import {
  callsTo,
  contact,
  create,
  fieldOf,
  inBetween,
  lookup,
  make,
  open,
  optOut,
  putIn,
  type Running,
  stateOf,
  statusesOf,
  stored,
  topicsOf,
  useSandbox,
  write,
  writeOne,
} from './kit.ts';

const running = useSandbox();
const ANN = 'ann@example.org';
const OUT = { hs_email_optout: true };

const ownField = (vendor: Running): void => {
  vendor.act('admin/property', {
    name: 'no_mail',
    label: 'No mail',
    groupName: 'contactinformation',
    type: 'bool',
    fieldType: 'booleancheckbox',
  });
};
const statusOf = async (email: string, topic: string) =>
  (await statusesOf(running(), email)).find(({ subscriptionId }) => String(subscriptionId) === topic)?.status;

it('is read back without a look at the list, in which nobody needs to be who opted out', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => make(running(), `p${index}@example.org`));
  await putIn(running(), ids);
  for (const index of ids.keys()) running().act('person/unsubscribe', { email: `p${index}@example.org` });
  const session = open(running(), { role: 'marketing' });
  await lookup(session, { records: [] });
  const before = running().calls().length;
  const rows = await lookup(session, { records: ids.map(contact) });
  expect(rows.map(({ member }) => member?.status)).toEqual(Array(30).fill('unsubscribed'));
  expect(callsTo(running(), before)).toEqual(['POST /crm/v3/objects/contacts/batch/read']);
});

describe('an opt-out as a CRM', () => {
  it('of one subscription type leaves the others alone', async () => {
    const id = make(running(), ANN);
    const [news = '', events = ''] = topicsOf(running());
    const session = open(running());
    const op = optOut(id, ANN, { [`hs_email_optout_${news}`]: true }, news);
    expect(await writeOne(session, op)).toMatchObject({ result: 'applied', record: contact(id) });
    expect(await writeOne(session, op)).toMatchObject({ result: 'unchanged' });
    expect(await stored(running(), id, 'hs_email_optout', `hs_email_optout_${news}`)).toMatchObject({
      [`hs_email_optout_${news}`]: 'true',
    });
    expect([await statusOf(ANN, news), await statusOf(ANN, events)]).toEqual(['UNSUBSCRIBED', 'NOT_SPECIFIED']);
    const fields = [`hs_email_optout_${news}`, `hs_email_optout_${events}`];
    const [row] = await lookup(session, { records: [contact(id)] }, { fields });
    expect(row?.values).toEqual({ hs_email_optout: false, [fields[0] ?? '']: true, [fields[1] ?? '']: false });
  });

  it("in a field of the customer's own touches no preference, and both at once are both written", async () => {
    ownField(running());
    const [ann, bob] = [make(running(), ANN), make(running(), 'bob@example.org')];
    const session = open(running());
    const before = running().calls().length;
    expect((await writeOne(session, optOut(ann, ANN, { no_mail: true }))).result).toBe('applied');
    expect(callsTo(running(), before).filter((call) => call.includes('preferences'))).toEqual([]);
    expect(await stored(running(), ann, 'no_mail', 'hs_email_optout')).toMatchObject({ no_mail: 'true' });
    const both = optOut(bob, 'bob@example.org', { ...OUT, no_mail: true });
    expect((await writeOne(session, both)).result).toBe('applied');
    expect((await writeOne(session, both)).result).toBe('unchanged');
    expect(await stored(running(), bob, 'no_mail', 'hs_email_optout')).toMatchObject({
      no_mail: 'true',
      hs_email_optout: 'true',
    });
  });

  it('is written where it can be, although the other half is refused', async () => {
    ownField(running());
    const id = make(running(), ANN);
    running().act('admin/scopes', {
      scopes: ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.schemas.contacts.read'],
    });
    const outcome = await writeOne(open(running()), optOut(id, ANN, { ...OUT, no_mail: true }));
    expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'forbidden' } });
    expect(await stored(running(), id, 'no_mail')).toMatchObject({ no_mail: 'true' });
  });

  it('belongs to the address it names, also when the contact has another one by now', async () => {
    const id = make(running(), ANN);
    running().act('admin/edit', { id, properties: { email: 'ann.new@example.org' } });
    const session = open(running());
    expect((await writeOne(session, optOut(id, ANN, OUT))).result).toBe('applied');
    expect(fieldOf((await lookup(session, { records: [contact(id)] }))[0], 'hs_email_optout')).toBe(false);
    expect((await writeOne(session, optOut(id, ANN, OUT))).result).toBe('unchanged');
  });

  it('cannot be undone, nor be written as a mapped field', async () => {
    const id = make(running(), ANN);
    running().act('person/unsubscribe', { email: ANN });
    const session = open(running());
    const undo = await writeOne(session, optOut(id, ANN, { hs_email_optout: false }));
    expect(undo).toMatchObject({ result: 'rejected', refusal: { code: 'clear' } });
    for (const name of ['email', 'hs_email_optout', 'hs_email_optout_1', 'hs_marketable_status']) {
      const patched = await writeOne(session, {
        kind: 'patch',
        id: 'patch',
        record: contact(id),
        email: ANN,
        fields: { [name]: 'false' },
        ifVersion: null,
      });
      expect(patched).toMatchObject({ result: 'rejected', refusal: { code: 'NOT_BY_FIELDS', field: name } });
    }
    expect(await stored(running(), id, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
  });

  it('is carried to the new address before an address changes, types included', async () => {
    const [news = '', events = ''] = topicsOf(running());
    const [ann, bob] = [make(running(), ANN), make(running(), 'bob@example.org')];
    running().act('person/unsubscribe', { email: ANN });
    running().act('person/unsubscribe', { email: 'bob@example.org', subscription: Number(news) });
    const session = open(running());
    const rename = (id: string, from: string, to: string) =>
      ({ kind: 'rename', id: `rename ${from}`, record: contact(id), from, to }) as const;
    await write(session, rename(ann, ANN, 'ann2@example.org'), rename(bob, 'bob@example.org', 'bob2@example.org'));
    expect(await stored(running(), ann, 'email', 'hs_email_optout')).toMatchObject({
      email: 'ann2@example.org',
      hs_email_optout: 'true',
    });
    expect([await statusOf('bob2@example.org', news), await statusOf('bob2@example.org', events)]).toEqual([
      'UNSUBSCRIBED',
      'NOT_SPECIFIED',
    ]);
    const late = await writeOne(session, rename(ann, ANN, 'ann3@example.org'));
    expect(late).toMatchObject({ result: 'rejected', refusal: { kind: 'stale' } });
    const taken = await writeOne(session, rename(ann, 'ann2@example.org', 'bob2@example.org'));
    expect(taken).toMatchObject({ result: 'rejected', refusal: { kind: 'refused' } });
  });
});

describe('an opt-out in marketing', () => {
  const marketing = () => open(running(), { role: 'marketing' });

  it('of an address without a contact makes none, is found by the address, and belongs to a later contact', async () => {
    const session = marketing();
    const outcome = await writeOne(session, optOut(null, ANN));
    expect(outcome).toMatchObject({ result: 'applied', record: { type: ADDRESS } });
    expect((await writeOne(marketing(), optOut(null, ANN))).result).toBe('unchanged');
    expect([...running().state().contacts.live()]).toEqual([]);
    const [row] = await lookup(marketing(), { emails: ['ANN@example.org', 'nobody@example.org'] });
    expect(row).toMatchObject({ email: ANN, member: { status: 'unsubscribed' }, life: { kind: 'live' } });
    expect(row?.member?.since).toBe(running().clock.now());
    expect(JSON.stringify(row?.record)).not.toContain('example.org');
    // As long as this session lives it can be asked for by its record.
    const found = 'record' in outcome && outcome.record !== null ? [outcome.record] : [];
    expect(await lookup(session, { records: found })).toHaveLength(1);
    expect(await lookup(marketing(), { records: found })).toEqual([]);
    make(running(), ANN);
    expect((await lookup(marketing(), { emails: [ANN] })).map(stateOf)).toEqual(['unsubscribed']);
  });

  it.each(['professional', 'enterprise'])('goes by batches where the plan has them: %s', async (plan) => {
    running().switches({ plan, rateLimits: false });
    const emails = Array.from({ length: 130 }, (_, index) => `p${index}@example.org`);
    const made = running().act('admin/import-contacts', { emails }) as { readonly results: readonly { id: string }[] };
    await putIn(
      running(),
      made.results.map(({ id }) => id),
    );
    running().act('person/unsubscribe', { email: 'p7@example.org' });
    const before = running().calls().length;
    const outcomes = await write(
      marketing(),
      ...made.results.map(({ id }, index) => optOut(id, emails[index] ?? '')),
      optOut(null, 'stranger@example.org'),
    );
    const results = Object.groupBy(outcomes.values(), ({ result }) => result);
    expect(results.applied).toHaveLength(130);
    expect(results.unchanged?.map(({ op }) => op)).toEqual(['opt-out p7@example.org *']);
    const calls = callsTo(running(), before);
    const singly = calls.filter((call) => call.endsWith('{email}/unsubscribe-all') && call.startsWith('POST'));
    // One batch that is refused tells that the plan has none.
    expect([singly.length, calls.filter((call) => call.endsWith('batch/unsubscribe-all')).length]).toEqual(
      plan === 'enterprise' ? [0, 2] : [130, 1],
    );
    const rows = await lookup(marketing(), { records: made.results.map(({ id }) => contact(id)) });
    expect(new Set(rows.map(stateOf))).toEqual(new Set(['unsubscribed']));
  });

  it('gets through where batches hold fewer than we send, and where an opt-out needs a legal basis', async () => {
    running().switches({ plan: 'enterprise', preferenceBatchMax: 10, legalBasisRequired: 'always' });
    const emails = Array.from({ length: 12 }, (_, index) => `p${index}@example.org`);
    const [news = ''] = topicsOf(running());
    const all = emails.map((email) => optOut(null, email));
    const single = emails.slice(0, 2).map((email) => optOut(null, email, {}, news));
    const outcomes = await write(marketing(), ...single, ...all);
    expect(new Set([...outcomes.values()].map(({ result }) => result))).toEqual(new Set(['applied']));
    expect(await statusOf('p1@example.org', news)).toBe('UNSUBSCRIBED');
    expect(await lookup(marketing(), { emails })).toHaveLength(12);
  });

  it('that somebody made between our look and our request is not ours', async () => {
    const id = make(running(), ANN);
    await putIn(running(), [id]);
    const personFirst = ({ method, url }: { readonly method: string; readonly url: string }): void => {
      if (method === 'POST' && url.includes('unsubscribe-all')) running().act('person/unsubscribe', { email: ANN });
    };
    const outcome = await inBetween(running(), personFirst, (baseUrl) =>
      writeOne(open(running(), { role: 'marketing', config: { baseUrl } }), optOut(id, ANN)),
    );
    expect(outcome.result).toBe('unchanged');
  });

  it('of one type is one of the address, with or without a contact', async () => {
    const [news = ''] = topicsOf(running());
    const session = marketing();
    expect((await writeOne(session, optOut(null, ANN, {}, news))).result).toBe('applied');
    expect((await writeOne(session, optOut(null, ANN, {}, news))).result).toBe('unchanged');
    const odd = await writeOne(session, optOut(null, ANN, {}, 'newsletter'));
    expect(odd).toMatchObject({ result: 'rejected', refusal: { kind: 'config' } });
    expect(await statusOf(ANN, news)).toBe('UNSUBSCRIBED');
  });
});

describe('nobody is ever resubscribed', () => {
  const basis = { kind: 'contract', text: 'customer since 2019' } as const;
  const withPrivacy = (apiVersion: 'v3' | '2026-03') =>
    open(running(), {
      role: 'marketing',
      basis,
      config: { apiVersion, dataPrivacy: { subscriptionTypes: [topicsOf(running())[0] ?? ''] } },
    });

  it.each(['v3', '2026-03'] as const)(
    'a new member gets its legal basis, opted-out ones get nothing (%s)',
    async (apiVersion) => {
      running().switches({ legalBasisRequired: 'subscribing' });
      const [news = '', events = ''] = topicsOf(running());
      running().act('person/unsubscribe', { email: 'out@example.org' });
      running().act('person/unsubscribe', { email: 'topic@example.org', subscription: Number(events) });
      const session = withPrivacy(apiVersion);
      const emails = [ANN, 'out@example.org', 'topic@example.org'];
      const outcomes = await write(session, ...emails.map((email) => create(email, { as: 'subscribed' })));
      expect([...outcomes.values()].map(({ op, result }) => [op, result]).sort()).toEqual([
        ['create ann@example.org', 'applied'],
        ['create out@example.org', 'unchanged'],
        ['create topic@example.org', 'rejected'],
      ]);
      const told = (await statusesOf(running(), ANN)).find(({ subscriptionId }) => String(subscriptionId) === news);
      expect(told).toMatchObject({
        status: 'SUBSCRIBED',
        legalBasis: 'PERFORMANCE_OF_CONTRACT',
        legalBasisExplanation: basis.text,
      });
      for (const email of ['out@example.org', 'topic@example.org'])
        expect((await statusesOf(running(), email)).map(({ status }) => status)).not.toContain('SUBSCRIBED');
      // Only who is a member is in the list, and the opted-out one has no contact at all.
      expect((await lookup(session, { emails })).map((row) => [row.email, stateOf(row)]).sort()).toEqual([
        [ANN, 'subscribed'],
        ['out@example.org', 'unsubscribed'],
      ]);
    },
  );

  it('a contact that exists is put into the list, and keeps every status it has', async () => {
    const [news = ''] = topicsOf(running());
    const ids = [ANN, 'bob@example.org'].map((email) => make(running(), email));
    running().act('person/unsubscribe', { email: 'bob@example.org', subscription: Number(news) });
    const before = await Promise.all([ANN, 'bob@example.org'].map((email) => statusesOf(running(), email)));
    const session = withPrivacy('2026-03');
    const ops = [ANN, 'bob@example.org'].map((email) =>
      create(email, { as: 'subscribed', fields: { firstname: 'New' } }),
    );
    for (const outcome of (await write(session, ...ops)).values()) expect(outcome.result).toBe('applied');
    expect(await Promise.all([ANN, 'bob@example.org'].map((email) => statusesOf(running(), email)))).toEqual(before);
    const rows = await lookup(session, { records: ids.map(contact) }, { fields: ['firstname'] });
    expect(rows.map((row) => [stateOf(row), fieldOf(row, 'firstname')])).toEqual([
      ['subscribed', 'New'],
      ['subscribed', 'New'],
    ]);
  });

  it('without a basis of the profile nobody is made where one is wanted', async () => {
    const config = { dataPrivacy: { subscriptionTypes: topicsOf(running()).slice(0, 1) } };
    const session = open(running(), { role: 'marketing', config });
    const outcome = await writeOne(session, create(ANN, { as: 'subscribed' }));
    expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'config' } });
    expect([...running().state().contacts.live()]).toEqual([]);
  });

  it('a status that 2026-03 resubscribes after all is taken back at once', async () => {
    const session = withPrivacy('2026-03');
    const [news = ''] = topicsOf(running());
    const personFirst = ({ body }: { readonly body: string }): void => {
      if (body.includes('"SUBSCRIBED"'))
        running().act('person/unsubscribe', { email: ANN, subscription: Number(news) });
    };
    const config = { apiVersion: '2026-03', dataPrivacy: { subscriptionTypes: [news] } };
    const outcome = await inBetween(running(), personFirst, (baseUrl) =>
      writeOne(
        open(running(), { role: 'marketing', basis, config: { ...config, baseUrl } }),
        create(ANN, { as: 'subscribed' }),
      ),
    );
    expect(outcome).toMatchObject({ refusal: { code: 'RESUBSCRIBE_OCCURRED' } });
    expect(await statusOf(ANN, news)).toBe('UNSUBSCRIBED');
    expect(await lookup(session, { emails: [ANN] })).toEqual([]);
  });
});
