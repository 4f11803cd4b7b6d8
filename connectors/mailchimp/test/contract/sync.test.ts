// Both directions against the vendor's published Swagger document: what the SDK sends while the connector works, and what
// the sandbox answers to it.
import { connector } from '@heed/connector-mailchimp';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Swagger, vendorSwagger } from '../sandbox/swagger.ts';
import { ALLOWED_DEVIATIONS } from './allowed-deviations.ts';
import { operationsIn } from './batch-operations.ts';
import { contractOf } from './contract.ts';
import type { Recorded } from './recorded.ts';
import { recordedSync } from './sync-flow.ts';

const FILE = 'mailchimp/marketing-3.0.55-contacts-subset.json';

/** Every route that a sync uses. A connector that begins to use another one says so here, and has it checked. */
const USED = [
  'GET /',
  'GET /lists',
  'GET /lists/{list_id}',
  'GET /lists/{list_id}/abuse-reports',
  'GET /lists/{list_id}/interest-categories',
  'GET /lists/{list_id}/interest-categories/{interest_category_id}/interests',
  'GET /lists/{list_id}/members',
  'GET /lists/{list_id}/members/{subscriber_hash}',
  'GET /lists/{list_id}/members/{subscriber_hash}/activity-feed',
  'GET /lists/{list_id}/merge-fields',
  'GET /lists/{list_id}/segments',
  'POST /lists/{list_id}',
  'PUT /lists/{list_id}/members/{subscriber_hash}',
  'PATCH /lists/{list_id}/members/{subscriber_hash}',
  'DELETE /lists/{list_id}/members/{subscriber_hash}',
  'POST /lists/{list_id}/members/{subscriber_hash}/tags',
  ...(connector.roles.marketing?.bulk === null ? [] : ['POST /batches', 'GET /batches/{batch_id}']),
];

const swagger = vendorSwagger(FILE);
if (swagger === undefined) {
  test.skip(`NOT CHECKED against ${FILE}: it is neither in ../shared/specs nor in $VENDOR_SPECS`, () => undefined);
} else {
  describe(`a sync and the sandbox keep to ${FILE}`, () => bothDirections(swagger));
}

function bothDirections(document: Swagger): void {
  const contract = contractOf(document);
  let record: readonly Recorded[] = [];
  let lines: readonly string[] = [];

  beforeAll(async () => {
    record = await recordedSync();
    const operations = record.flatMap(operationsIn);
    const sent = [...record, ...operations].flatMap((call) => contract.sent(call));
    lines = [...new Set([...sent, ...record.flatMap((call) => contract.answered(call))])];
  });

  test('the flow goes over every route that a sync uses, and over no other', () => {
    const seen = new Set(record.map((call) => contract.operationOf(call) ?? `${call.method}, not documented`));
    expect([...seen].sort()).toEqual([...USED].sort());
  });

  test('what is sent and what is answered deviates only where somebody has said why', () => {
    const allowed = new Set(ALLOWED_DEVIATIONS.map(({ line }) => line));
    expect(lines.filter((line) => !allowed.has(line))).toEqual([]);
  });

  test('no deviation is allowed that does not occur', () => {
    expect(ALLOWED_DEVIATIONS.filter(({ line }) => !lines.includes(line))).toEqual([]);
  });

  test('no address and no secret is in a URL', () => {
    for (const { path, query } of record) expect(decodeURIComponent(`${path}?${query}`)).not.toMatch(/@|-us6/);
  });
}
