import { afterEach, describe, expect, it } from 'vitest';
import { crmCase as hubspotCrm, marketingCase as hubspotMarketing } from '../../connectors/hubspot/test/suite-case.ts';
import { mailchimpCase } from '../../connectors/mailchimp/test/suite-case.ts';
import { netsuiteCase } from '../../connectors/netsuite/test/suite-case.ts';
import { salesforceCase } from '../../connectors/salesforce/test/suite-case.ts';
import { run as checkCommand } from '../../packages/cli/src/commands/check.ts';
import { run as correctCommand } from '../../packages/cli/src/commands/correct.ts';
import { run as listsCommand } from '../../packages/cli/src/commands/lists.ts';
import { run as planCommand } from '../../packages/cli/src/commands/plan.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';
import { openStage, type Stage } from './stage.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';

let stage: Stage;
afterEach(() => stage.close());

/** What `heed lists` calls the topics of a system, by their names. */
const topicsOf = async (connection: string): Promise<ReadonlyMap<string, string>> => {
  const { json } = await stage.heed((invocation) => listsCommand(invocation, ['acme', connection], {}));
  const { topics } = json as { readonly topics: readonly { readonly id: string; readonly name: string }[] };
  return new Map(topics.map(({ id, name }) => [name, id]));
};

const bucketOf = (json: unknown, side: 'crm' | 'marketing'): unknown =>
  (json as { readonly runs: readonly { readonly crm: object; readonly marketing: object }[] }).runs[0]?.[side];

/** Nobody opted out of everything: no opt-out of a topic was ever widened (C17). */
const nobodyOut = async (): Promise<void> => {
  for (const side of ['crm', 'marketing'] as const)
    for (const one of await stage[side].people.seen())
      expect([side, one.email, one.optedOut]).toEqual([side, one.email, false]);
};

const quiet = async (): Promise<void> => {
  const { json, text } = await stage.heed(syncCommand);
  expect(bucketOf(json, 'crm'), text).toMatchObject({ optedOut: 0, updated: 0 });
  expect(bucketOf(json, 'marketing'), text).toMatchObject({ optedOut: 0, updated: 0 });
};

describe('C17 Salesforce and Mailchimp: a checkbox and an interest', () => {
  const contact = async (id: string, fields?: object): Promise<Record<string, unknown>> => {
    const { vendor } = stage.crm;
    const response = await fetch(`${vendor.url}/services/data/v66.0/sobjects/Contact/${id}`, {
      method: fields === undefined ? 'GET' : 'PATCH',
      headers: { authorization: `Bearer ${vendor.accessToken}`, 'content-type': 'application/json' },
      ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
    });
    return fields === undefined ? ((await response.json()) as Record<string, unknown>) : {};
  };

  it('an interest unticked by the person ticks the box; the box unticks the interest; all mail stays', async () => {
    stage = await openStage('salesforce-mailchimp', salesforceCase, mailchimpCase);
    const events = (await topicsOf('mailchimp')).get('What would you like to hear about?: Events') ?? '';
    expect(events).not.toBe('');
    stage.rewrite((text) => `${text}topics:\n  events: { crm: Newsletter_Opt_Out__c, marketing: "${events}" }\n`);
    const [ann, bob] = await stage.crm.people.add([ANN, BOB].map((email) => ({ email })));
    const check = await stage.heed(checkCommand);
    expect(check.code, check.text).toBe(0);
    await stage.heed(syncCommand, { yes: true });
    const tick = (email: string, on: boolean) =>
      stage.marketing.vendor.act('person/preferences', { email, interests: { [events]: on } });
    for (const email of [ANN, BOB]) tick(email, true);
    await stage.heed(syncCommand);
    expect((await contact(ann?.id ?? '')).Newsletter_Opt_Out__c).toBe(false);

    tick(ANN, false);
    await contact(bob?.id ?? '', { Newsletter_Opt_Out__c: true });
    const { json, text } = await stage.heed(syncCommand);
    expect(bucketOf(json, 'crm'), text).toMatchObject({ optedOut: 1 });
    expect(bucketOf(json, 'marketing'), text).toMatchObject({ optedOut: 1 });
    expect((await contact(ann?.id ?? '')).Newsletter_Opt_Out__c).toBe(true);
    await nobodyOut();
    await quiet();
    // Ticked again by somebody: not by a proven act, so it is unticked once more (C6).
    tick(BOB, true);
    const again = await stage.heed(syncCommand);
    expect(bucketOf(again.json, 'marketing'), again.text).toMatchObject({ optedOut: 1 });
    await nobodyOut();
  });
});

describe('C17 NetSuite and HubSpot: a subscription category and a subscription type', () => {
  it('travels both ways, from customers, and never as an opt-out of everything', async () => {
    stage = await openStage('netsuite-hubspot', netsuiteCase, hubspotMarketing());
    const { vendor } = stage.crm;
    const { id: category } = vendor.act('admin/subscription-category', { name: 'Trade fairs' }) as {
      readonly id: string;
    };
    const events = (await topicsOf('hubspot')).get('Events') ?? '';
    stage.rewrite((text) => `${text}topics:\n  events: { crm: "${category}", marketing: "${events}" }\n`);
    const [ann, bob] = await stage.crm.people.add([ANN, BOB].map((email) => ({ email, type: 'customer' })));
    for (const one of [ann, bob])
      vendor.act('admin/subscription', { id: one?.id, subscription: category, subscribed: true });
    const check = await stage.heed(checkCommand);
    expect(check.code, check.text).toBe(0);
    await stage.heed(syncCommand, { yes: true });

    stage.marketing.vendor.act('person/unsubscribe', { email: ANN, subscription: events });
    vendor.act('admin/subscription', { id: bob?.id, subscription: category, subscribed: false });
    const { json, text } = await stage.heed(syncCommand);
    expect(bucketOf(json, 'crm'), text).toMatchObject({ optedOut: 1 });
    expect(bucketOf(json, 'marketing'), text).toMatchObject({ optedOut: 1 });
    await nobodyOut();
    await quiet();

    const correct = (topic?: string) =>
      stage.heed((invocation) =>
        correctCommand(invocation, ['acme', BOB], { because: 'a slip', ...(topic === undefined ? {} : { topic }) }),
      );
    await expect(correct()).rejects.toThrow('the ledger holds no opt-out of this address');
    expect((await correct('events')).code).toBe(0);
  });

  it('without a place in NetSuite it is listed, or with collapse sets the global status, which stays an echo of it', async () => {
    stage = await openStage('netsuite-hubspot', netsuiteCase, hubspotMarketing());
    const events = (await topicsOf('hubspot')).get('Events') ?? '';
    stage.rewrite((text) => `${text}topics:\n  events: { marketing: "${events}" }\n`);
    await stage.crm.people.add([{ email: ANN }]);
    await stage.heed(syncCommand, { yes: true });
    stage.marketing.vendor.act('person/unsubscribe', { email: ANN, subscription: events });
    const { text } = await stage.heed(syncCommand);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('1 opted out of a topic that the other side does not know (C17)');
    await nobodyOut();

    stage.rewrite((text) => text.replace(`{ marketing: "${events}" }`, `{ marketing: "${events}", collapse: any }`));
    const plan = await stage.heed(planCommand);
    expect(plan.text.replaceAll(/\s+/g, ' ')).toContain(
      'opt-outs of one topic, written as opt-outs of everything (C17) 1',
    );
    expect(plan.json).toMatchObject({ runs: [{ collapsed: 1, lines: [{ kind: 'opt-out', topic: 'events' }] }] });
    await stage.heed(syncCommand, { yes: true });
    await stage.heed(syncCommand);
    expect((await stage.crm.people.seen()).map(({ optedOut }) => optedOut)).toEqual([true]);
    expect((await stage.marketing.people.seen()).map(({ optedOut }) => optedOut)).toEqual([false]);
    await quiet();
  });
});

describe('C17 HubSpot as the CRM and Mailchimp: a subscription type and an interest', () => {
  it('travels both ways; the opt-out of everything in the portal is never set', async () => {
    stage = await openStage('hubspot-mailchimp', hubspotCrm(), mailchimpCase);
    const types = await topicsOf('hubspot');
    const interest = (await topicsOf('mailchimp')).get('What would you like to hear about?: Events') ?? '';
    const events = types.get('Events') ?? '';
    stage.rewrite((text) => `${text}topics:\n  events: { crm: "${events}", marketing: "${interest}" }\n`);
    await stage.crm.people.add([ANN, BOB].map((email) => ({ email })));
    const check = await stage.heed(checkCommand);
    expect(check.code, check.text).toBe(0);
    await stage.heed(syncCommand, { yes: true });
    const tick = (email: string, on: boolean) =>
      stage.marketing.vendor.act('person/preferences', { email, interests: { [interest]: on } });
    for (const email of [ANN, BOB]) tick(email, true);
    await stage.heed(syncCommand);
    tick(ANN, false);
    stage.crm.vendor.act('admin/opt-out', { email: BOB, subscription: events });
    const { json, text } = await stage.heed(syncCommand);
    expect(bucketOf(json, 'crm'), text).toMatchObject({ optedOut: 1 });
    expect(bucketOf(json, 'marketing'), text).toMatchObject({ optedOut: 1 });
    await nobodyOut();
    await quiet();
  });
});

describe('C17 Salesforce and HubSpot: several topics of one person at once', () => {
  it('each goes its own way, also in one batch to one record', async () => {
    stage = await openStage('salesforce-hubspot', salesforceCase, hubspotMarketing());
    const types = await topicsOf('hubspot');
    const [news, events] = [types.get('Newsletter') ?? '', types.get('Events') ?? ''];
    stage.rewrite(
      (text) =>
        `${text}topics:\n  news: { crm: Newsletter_Opt_Out__c, marketing: "${news}" }\n  events: { crm: Email_Undeliverable__c, marketing: "${events}" }\n`,
    );
    await stage.crm.people.add([ANN, BOB].map((email) => ({ email })));
    await stage.heed(syncCommand, { yes: true });
    for (const subscription of [news, events])
      stage.marketing.vendor.act('person/unsubscribe', { email: ANN, subscription });
    stage.marketing.vendor.act('person/unsubscribe', { email: BOB, subscription: news });
    stage.marketing.vendor.act('person/unsubscribe', { email: BOB });
    const { json, text } = await stage.heed(syncCommand);
    expect(bucketOf(json, 'crm'), text).toMatchObject({ optedOut: 2, setAside: [] });
    expect((await stage.crm.people.seen()).map(({ email, optedOut }) => [email, optedOut])).toEqual([
      [ANN, false],
      [BOB, true],
    ]);
    await quiet();
  });
});
