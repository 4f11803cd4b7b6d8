import { expect, it } from 'vitest';
import { contact, make, never, open, raw, topicsOf, useSandbox } from './kit.ts';

const running = useSandbox();
const ANN = 'ann@example.org';
const MINUTE_MS = 60_000;

const deciding = async (email: string) => {
  const all = await open(running(), { role: 'marketing' }).deciding(email, never);
  return new Map(all.map((one) => [one.name, one]));
};

it('shows every property by the name HubSpot has for it, what it blocks, and since when', async () => {
  const id = make(running(), ANN);
  running().clock.advance(MINUTE_MS);
  const at = running().clock.now();
  running().act('person/bounce', { email: ANN });
  running().act('admin/delivery', {
    email: ANN,
    properties: { hs_email_quarantined: 'true', hs_email_quarantined_reason: 'RECIPIENT_COMPLAINT' },
  });
  running().clock.advance(MINUTE_MS);
  const told = await deciding('ANN@example.org');
  expect(told.get('hs_email_quarantined')).toMatchObject({ record: contact(id), value: true, blocks: true, since: at });
  expect(told.get('hs_email_quarantined_reason')).toMatchObject({ value: 'RECIPIENT_COMPLAINT', blocks: true });
  expect(told.get('hs_email_hard_bounce_reason_enum')).toMatchObject({ value: 'UNKNOWN_USER', blocks: true });
  expect(told.get('hs_email_optout')).toMatchObject({ value: false, blocks: false });
  // Billing, told as such; no consent, and no write of ours changes it.
  expect(told.get('hs_marketable_status')).toMatchObject({ blocks: true, why: expect.stringContaining('billing') });
  expect(told.get('email')).toMatchObject({ value: ANN, blocks: false });
  expect(told.get('unsubscribe-all (PORTAL_WIDE)')).toMatchObject({ record: null, value: null, blocks: false });
});

it('shows what belongs to the address alone: all mail, a brand, a type with its source and legal basis', async () => {
  const [news = '', events = ''] = topicsOf(running());
  const [brand] = running().state().brands;
  const path = `/communication-preferences/v4/statuses/${encodeURIComponent(ANN)}`;
  await raw(running(), 'POST', path, {
    channel: 'EMAIL',
    statusState: 'SUBSCRIBED',
    subscriptionId: Number(events),
    legalBasis: 'CONSENT_WITH_NOTICE',
    legalBasisExplanation: 'a form',
  });
  const at = running().clock.now();
  running().act('person/unsubscribe', { email: ANN, subscription: Number(news) });
  running().act('person/unsubscribe', { email: ANN, brand: brand?.id });
  const told = await deciding(ANN);
  expect(told.get('unsubscribe-all (BUSINESS_UNIT_WIDE)')).toMatchObject({ blocks: true, since: at });
  expect(told.get(`status of subscription type ${news}`)).toMatchObject({
    value: 'UNSUBSCRIBED',
    blocks: true,
    since: at,
  });
  expect(told.get(`status of subscription type ${events}`)).toMatchObject({
    blocks: false,
    why: expect.stringContaining('CONSENT_WITH_NOTICE'),
  });
  expect([...told.values()].every(({ record }) => record === null)).toBe(true);
  running().act('person/unsubscribe', { email: ANN });
  expect((await deciding(ANN)).get('unsubscribe-all (PORTAL_WIDE)')).toMatchObject({
    value: 'UNSUBSCRIBED',
    blocks: true,
  });
});
