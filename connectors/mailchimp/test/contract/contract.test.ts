// The judge itself: every way in which a call or an answer can leave the vendor's document is noticed.
import { describe, expect, test } from 'vitest';
import { type Swagger, vendorSwagger } from '../sandbox/swagger.ts';
import { operationsIn } from './batch-operations.ts';
import { contractOf } from './contract.ts';
import type { Recorded } from './recorded.ts';

const FILE = 'mailchimp/marketing-3.0.55-contacts-subset.json';
const HASH = '0123456789abcdef'.repeat(2);
const MEMBERS = '/lists/a1/members';
const MEMBER = `${MEMBERS}/${HASH}`;
const JSON_HEADERS = { authorization: 'Bearer key', 'content-type': 'application/json' };

const made = (given: Partial<Recorded> & { readonly ask?: string; readonly body?: object }): Recorded => ({
  method: 'GET',
  path: MEMBERS,
  query: new URLSearchParams(given.ask ?? ''),
  headers: JSON_HEADERS,
  sent: given.body === undefined ? '' : JSON.stringify(given.body),
  status: 200,
  answered: '{}',
  ...given,
});
const put = (body: object): Recorded => made({ method: 'PUT', path: MEMBER, body });

const SENT: readonly (readonly [string, Recorded])[] = [
  ['sent GET /audiences: the document has no such operation', made({ path: '/audiences' })],
  ['query nmae is not documented', made({ ask: 'nmae=x' })],
  ['query count is not a integer', made({ ask: 'count=many' })],
  ['query count is not a integer', made({ ask: 'count=1001' })],
  ['query sort_field is not a string', made({ ask: 'sort_field=email' })],
  ['query since_last_changed is not a string', made({ ask: 'since_last_changed=yesterday' })],
  ['query vip_only is not a boolean', made({ ask: 'vip_only=1' })],
  ['query fields names members.emial_address', made({ ask: 'fields=members.id,members.emial_address' })],
  [
    'query activity_filters is not a array',
    made({ path: `${MEMBER}/activity-feed`, ask: 'activity_filters=unsub,no' }),
  ],
  ['path subscriber_hash is no MD5', made({ path: `${MEMBERS}/ada@example.org` })],
  ['body is not documented', made({ body: {} })],
  ['body is missing', made({ method: 'POST' })],
  ["body must have required property 'status_if_new'", put({ email_address: 'a@example.org' })],
  ['body/status_if_new must be equal to one of the allowed values', put({ status_if_new: 'archived' })],
  ["body must NOT have additional properties 'merge_feilds'", put({ merge_feilds: {} })],
  ['body/interests/* must be boolean', put({ interests: { a1: 'yes' } })],
  ['header authorization is neither Basic nor Bearer', made({ headers: {} })],
  ['the credential is in the URL', made({ ask: 'fields=key' })],
  [
    'header content-type is not application/json',
    made({ method: 'PATCH', path: MEMBER, body: {}, headers: { authorization: 'Bearer key' } }),
  ],
];

const ANSWERED: readonly (readonly [string, Recorded])[] = [
  ['200/members must be array', made({ answered: '{"members":{}}' })],
  ["200 must NOT have additional properties 'membres'", made({ answered: '{"membres":[]}' })],
  ['200/members/*/status must be equal to one of', made({ answered: '{"members":[{"status":"gone"}]}' })],
  ['200/members/*/last_changed must match format', made({ answered: '{"members":[{"last_changed":"today"}]}' })],
  ["400 must have required property 'title'", made({ status: 400, answered: '{"status":400}' })],
  ['202 is not documented', made({ status: 202 })],
  ['204 is not documented', made({ status: 204, answered: '' })],
];

const swagger = vendorSwagger(FILE);
if (swagger === undefined) {
  test.skip(`NOT CHECKED against ${FILE}: it is neither in ../shared/specs nor in $VENDOR_SPECS`, () => undefined);
} else {
  describe('the contract notices', () => judge(swagger));
}

function judge(document: Swagger): void {
  const contract = contractOf(document);

  test.each(SENT)('%s', (line, call) => {
    expect(contract.sent(call)).toContainEqual(expect.stringContaining(line));
  });

  test.each(ANSWERED)('answered %s', (line, call) => {
    expect(contract.answered(call)).toContainEqual(expect.stringContaining(line));
  });

  test('nothing where nothing is wrong, and names no values', () => {
    const body = { email_address: 'a@example.org', status_if_new: 'subscribed', merge_fields: { FNAME: 'Ada' } };
    expect(contract.sent(put(body))).toEqual([]);
    const ask = 'fields=members.id,members.merge_fields.FNAME,total_items&count=1000&status=archived';
    expect(contract.sent(made({ ask }))).toEqual([]);
    const spoiled = contract.sent(put({ email_address: ['secret@example.org'], merge_fields: 'Ada' }));
    expect(spoiled.length).toBeGreaterThan(1);
    expect(spoiled.join()).not.toMatch(/secret|Ada/);
  });

  test('the operations within an asynchronous batch', () => {
    const operations = [
      { method: 'PATCH', path: `${MEMBER.slice(1)}?skip_merge_validation=yes`, body: '{"status":"gone"}' },
      {
        method: 'PATCH',
        path: MEMBER,
        params: { skip_merge_validation: true },
        body: '{"vip":true}',
        operation_id: 'a',
      },
    ];
    const batch = made({ method: 'POST', path: '/batches', body: { operations } });
    expect(contract.sent(batch)).toEqual([]);
    expect(operationsIn(batch).map((one) => contract.sent(one).length)).toEqual([2, 0]);
    expect(operationsIn(made({}))).toEqual([]);
    const typed = made({
      method: 'POST',
      path: '/batches',
      body: { operations: [{ method: 'GET', path: '/', body: {} }] },
    });
    expect(contract.sent(typed)).toContainEqual(expect.stringContaining('body/operations/*/body must be string'));
  });
}
