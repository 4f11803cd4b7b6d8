import { connector as mailchimp } from '@heed/connector-mailchimp';
import { abilitiesIn } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { MAILCHIMP } from '../../bench/least/mailchimp.ts';
import { SALESFORCE, valuesInQuery } from '../../bench/least/salesforce.ts';
import { type LeastCalls, leastOf, sumOf } from '../../bench/least-calls.ts';
import { MAIN } from '../../bench/pairs.ts';

const { firstSync, nothingChanged, someChanged, optOutsFromMarketing, optOutsFromCrm } = leastOf(MAIN);

const counts = (least: LeastCalls): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Object.entries(least.crm), ...Object.entries(least.marketing)].map(([kind, { calls }]) => [kind, calls]),
  );

describe('the least possible calls', () => {
  it('a quiet run makes the calls of docs/reads.md, and no write', () => {
    const least = nothingChanged();
    expect(sumOf(least)).toBe(20);
    expect(Object.keys(counts(least)).filter((kind) => !kind.startsWith('GET '))).toEqual([
      'POST /services/oauth2/token',
    ]);
  });

  it.each([
    { contacts: 1_000, optedOut: 20, pages: 1, locators: 0, creates: 2 },
    { contacts: 10_000, optedOut: 200, pages: 1, locators: 4, creates: 20 },
    { contacts: 10_001, optedOut: 2_001, pages: 1, locators: 6, creates: 16 },
  ])('a first sync of $contacts reads by pages of 2,000 and creates by batches of 500', (one) => {
    const least = counts(firstSync(one.contacts, one.optedOut));
    expect(least['GET /queryAll Contact (everybody)']).toBe(one.pages);
    expect(least['GET /query/{locator}'] ?? 0).toBe(one.locators);
    expect(least['POST /lists/{audience}']).toBe(one.creates);
    expect(least['POST /jobs/query']).toBeUndefined();
  });

  it('a first sync of 100,000 reads by a job, whose pages have 5,000 rows', () => {
    const least = counts(firstSync(100_000, 2_000));
    expect(least).toMatchObject({
      'POST /jobs/query': 1,
      'GET /jobs/query/{id}': 1,
      'GET /jobs/query/{id}/results': 20,
      'GET /queryAll Contact (everybody)': 1,
      'POST /lists/{audience}': 196,
    });
    expect(least['GET /query/{locator}']).toBeUndefined();
  });

  it('few field updates go one by one, many by jobs of 1,000', () => {
    const one = (changed: number) => counts(someChanged(changed));
    expect(one(499)['PATCH /members/{hash}']).toBe(499);
    expect(one(500)).toMatchObject({ 'POST /batches': 1, 'GET /batches/{id}': 1 });
    expect(one(1_001)['POST /batches']).toBe(2);
    expect(one(2_001)['GET /query/{locator}']).toBe(2);
  });

  it('opt-outs go 200 a call to Salesforce, 500 a call to Mailchimp, and are read back', () => {
    expect(counts(optOutsFromMarketing(5_000, 30))).toMatchObject({
      'GET /queryAll Contact (by address)': 12,
      'POST /composite/sobjects/Contact': 6,
      'PATCH /composite/sobjects': 25,
      'GET /members (changes)': 5,
      'GET /members (unsubscribed since)': 5,
    });
    expect(counts(optOutsFromMarketing(600, 30))).toMatchObject({ 'GET /queryAll Contact (by id)': 2 });
    expect(counts(optOutsFromMarketing(5_000, 30))['GET /query/{locator}']).toBe(2);
    expect(counts(optOutsFromCrm(5_000))).toMatchObject({
      'POST /lists/{audience}': 10,
      'GET /members (changes)': 7,
      'GET /query/{locator}': 4,
    });
  });

  it('as many addresses go into a query as the URL takes', () => {
    const address = 'person.12345@bench.example.org';
    const list = Array.from({ length: valuesInQuery(address.length) }, () => `'${address}'`).join(',');
    const { search } = new URL(`http://x/?q=${list}`);
    expect(search.length).toBeLessThan(SALESFORCE.headBytes);
    expect(valuesInQuery(address.length)).toBeGreaterThan(400);
  });

  it('knows the lanes that the connectors declare', () => {
    expect(abilitiesIn(mailchimp, 'marketing').bulk).toMatchObject({
      fromOps: MAILCHIMP.operationsFrom,
      mostOps: MAILCHIMP.batchOperations,
    });
  });

  it('HubSpot: 100 contacts a page and a call, 200 a search, opt-outs by themselves', () => {
    const { firstSync, optOutsFromMarketing: leave } = leastOf('hubspot-mailchimp');
    expect(counts(firstSync(10_000, 201))).toMatchObject({
      'GET /objects/contacts': 101,
      'POST /objects/contacts/search': 2,
    });
    expect(counts(leave(500, 30))).toMatchObject({
      'POST /communication-preferences/v4/statuses/{address}/unsubscribe-all': 500,
      'POST /objects/contacts/batch/read': 15,
      'POST /objects/contacts/search': 4,
    });
    const marketing = counts(leastOf('salesforce-hubspot').firstSync(1_000, 20));
    expect(marketing).toMatchObject({
      'GET /communication-preferences/v4/statuses/{address}/unsubscribe-all': 1_000,
      'POST /objects/contacts/batch/create': 10,
      'PUT /lists/{id}/memberships/add': 10,
    });
  });

  it('NetSuite: 1,000 rows a query, 500 values a look-up, one record a write', () => {
    const { firstSync, optOutsFromMarketing: leave, nothingChanged: quiet } = leastOf('netsuite-mailchimp');
    expect(counts(quiet())['POST /suiteql']).toBe(12);
    expect(counts(firstSync(10_000, 200))['POST /suiteql']).toBe(4 + 2 + 1 + 10);
    expect(counts(leave(501, 30))).toMatchObject({ 'PATCH /contact/{id}': 501, 'POST /suiteql': 12 + 6 });
  });

  it('an imported list is looked for as a whole, and carried for who is there', () => {
    const imported = counts(leastOf(MAIN).importedList(5_000, 100_000, 34));
    expect(imported).toMatchObject({
      'GET /queryAll Contact (by address)': Math.ceil(100_000 / valuesInQuery(34)),
      'PATCH /composite/sobjects': 25,
      'POST /lists/{audience}': 10,
    });
  });
});
