import type { Deciding } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { callsTo, make, never, open, useSandbox } from './kit.ts';

const sandbox = useSandbox();
const ANN = 'ann@example.org';

const ask = (email = ANN): Promise<readonly Deciding[]> => open(sandbox()).session.deciding(email, never);
const blocking = (all: readonly Deciding[]): readonly string[] =>
  all.filter(({ blocks }) => blocks === true).map(({ record, name }) => `${record?.type ?? 'address'} ${name}`);
const named = (all: readonly Deciding[], name: string): readonly Deciding[] => all.filter((one) => one.name === name);

describe('of each Contact and Lead with the address', () => {
  test('the box: one that is ticked blocks, and there is no leading one', async () => {
    const contact = make(sandbox(), 'Contact', { Email: 'Ann@Example.org', HasOptedOutOfEmail: true });
    const lead = make(sandbox(), 'Lead', { Email: ANN });
    make(sandbox(), 'Contact', { Email: 'other@example.org', HasOptedOutOfEmail: true });
    const all = await ask();
    expect(named(all, 'HasOptedOutOfEmail').map(({ record, value, blocks }) => [record, value, blocks])).toEqual([
      [{ type: 'Contact', id: contact }, true, true],
      [{ type: 'Lead', id: lead }, false, false],
    ]);
    expect(blocking(all)).toEqual(['Contact HasOptedOutOfEmail']);
  });

  test('its date comes from the field history, where that is kept and leads to what the box shows', async () => {
    const before = make(sandbox(), 'Contact', { Email: ANN });
    sandbox().switches({ fieldHistory: true });
    sandbox().clock.advance(60_000);
    const at = sandbox().clock.now();
    sandbox().act('person/unsubscribe', { id: before });
    const later = make(sandbox(), 'Lead', { Email: ANN, HasOptedOutOfEmail: true });
    sandbox().clock.advance(60_000);
    const since = async () =>
      named(await ask(), 'HasOptedOutOfEmail').map(({ record, since: when }) => [record?.id, when]);
    expect(await since()).toEqual([
      [before, at],
      [later, null],
    ]);
    // A change that the history does not have: its latest entry is no date of what the box shows.
    sandbox().switches({ fieldHistory: false });
    sandbox().act('admin/edit', { id: before, fields: { HasOptedOutOfEmail: false } });
    expect(await since()).toEqual([
      [before, null],
      [later, null],
    ]);
  });

  test('a bounce blocks as undeliverable, with its date; a lead has no IsEmailBounced', async () => {
    const contact = make(sandbox(), 'Contact', { Email: ANN });
    make(sandbox(), 'Lead', { Email: ANN });
    const at = sandbox().clock.now();
    sandbox().act('person/bounce', { id: contact, reason: 'mailbox unknown' });
    const all = await ask();
    expect(blocking(all)).toEqual(['Contact IsEmailBounced', 'Contact EmailBouncedReason', 'Contact EmailBouncedDate']);
    expect(named(all, 'EmailBouncedReason')[0]).toMatchObject({ value: 'mailbox unknown', since: at });
    expect(named(all, 'EmailBouncedReason')[0]?.why).toMatch(/no opt-out \(C10\)/);
    expect(named(all, 'IsEmailBounced')).toHaveLength(1);
  });

  test('deleted, merged and converted ones say so and block nobody (C12)', async () => {
    const [gone, heir, loser] = [{ HasOptedOutOfEmail: true }, {}, { HasOptedOutOfEmail: true }].map((more) =>
      make(sandbox(), 'Contact', { Email: ANN, ...more }),
    );
    const lead = make(sandbox(), 'Lead', { Email: ANN });
    sandbox().act('admin/delete', { id: gone });
    sandbox().act('admin/merge', { type: 'Contact', master: heir, losers: [loser] });
    sandbox().act('admin/convert', { id: lead, contact: heir });
    const all = await ask();
    expect(blocking(all)).toEqual([]);
    const told = (id: string | undefined) => all.filter(({ record }) => record?.id === id);
    expect(told(gone)).toEqual([expect.objectContaining({ name: 'IsDeleted', value: true, blocks: null })]);
    expect(told(loser)[0]?.why).toMatch(/merged into another record/);
    expect(told(lead)).toEqual([expect.objectContaining({ name: 'IsConverted', value: true, blocks: null })]);
    expect(told(heir).map(({ name }) => name)).toContain('HasOptedOutOfEmail');
  });

  test('what permissions hide is unknown, never "not opted out" (C18)', async () => {
    make(sandbox(), 'Contact', { Email: ANN, HasOptedOutOfEmail: true });
    make(sandbox(), 'Lead', { Email: ANN, HasOptedOutOfEmail: true });
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    sandbox().act('admin/object-access', { type: 'Lead', access: 'none' });
    const all = await ask();
    expect(named(all, 'HasOptedOutOfEmail')).toEqual([expect.objectContaining({ value: null, blocks: null })]);
    expect(named(all, 'Lead')).toEqual([expect.objectContaining({ record: null, value: null, blocks: null })]);
    expect(blocking(all)).toEqual([]);
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'Email' });
    expect(named(await ask(), 'Contact.Email')).toEqual([expect.objectContaining({ blocks: null })]);
  });
});

describe("of the person's Individual", () => {
  const person = (wishes: Readonly<Record<string, unknown>> = {}): string => {
    const individual = make(sandbox(), 'Individual', wishes);
    make(sandbox(), 'Contact', { Email: ANN, IndividualId: individual });
    return individual;
  };

  test('wishes are shown, and decide nothing by themselves: the vendor does not ask them for e-mail', async () => {
    person({ ShouldForget: true });
    const all = await ask();
    expect(
      all.filter(({ name }) => name.startsWith('Individual.')).map(({ name, value, blocks }) => [name, value, blocks]),
    ).toEqual([
      ['Individual.HasOptedOutSolicit', false, false],
      ['Individual.HasOptedOutProcessing', false, false],
      ['Individual.ShouldForget', true, null],
    ]);
    sandbox().act('admin/object-access', { type: 'Individual', access: 'none' });
    expect(named(await ask(), 'Individual')).toEqual([expect.objectContaining({ value: null, blocks: null })]);
  });

  test('a consent to e-mail blocks if it is an opt-out in force; other channels are not asked', async () => {
    const party = person();
    const now = sandbox().clock.now();
    const consent = (status: string, more: Readonly<Record<string, unknown>> = {}): void => {
      const fields = { Name: 'consent', PartyId: party, ContactPointType: 'Email', PrivacyConsentStatus: status };
      sandbox().act('admin/create', { type: 'ContactPointTypeConsent', fields: { ...fields, ...more } });
    };
    const stamp = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');
    consent('OptIn');
    consent('Seen');
    consent('OptOut', { ContactPointType: 'Phone' });
    consent('OptOut', { EffectiveFrom: stamp(now + 86_400_000) });
    consent('OptOut', { EffectiveFrom: stamp(now - 86_400_000), EffectiveTo: stamp(now - 1_000) });
    const shown = async () =>
      named(await ask(), 'ContactPointTypeConsent.PrivacyConsentStatus').map(({ value, blocks }) => [value, blocks]);
    expect(await shown()).toEqual([
      ['OptIn', false],
      ['Seen', null],
      ['OptOut', false],
      ['OptOut', false],
    ]);
    consent('OptOut', { EffectiveFrom: stamp(now - 86_400_000) });
    expect((await shown()).at(-1)).toEqual(['OptOut', true]);
    expect(named(await ask(), 'ContactPointTypeConsent.PrivacyConsentStatus').at(-1)?.since).toBe(now - 86_400_000);
  });
});

describe('asking', () => {
  test('about nobody costs a query a type; nothing is written', async () => {
    expect(await ask()).toEqual([]);
    expect(callsTo(sandbox())).toEqual([
      'POST /oauth2/token',
      'GET /sobjects/Contact/describe',
      'GET /sobjects/Lead/describe',
      'GET /queryAll',
      'GET /queryAll',
    ]);
  });

  test('an address cannot bend the query', async () => {
    make(sandbox(), 'Contact', { Email: ANN, HasOptedOutOfEmail: true });
    expect(await ask("x' OR HasOptedOutOfEmail = true OR Email = '")).toEqual([]);
  });
});
