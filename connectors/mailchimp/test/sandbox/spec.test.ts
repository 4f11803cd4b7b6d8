// The sandbox against the vendor's published Swagger document: every operation that both have.
import { sandbox } from '@heed/connector-mailchimp/sandbox';
import { describe, expect, test } from 'vitest';
import { audienceCalls, call, type Mailchimp, md5, start } from './client.ts';
import { mismatches, type Swagger, vendorSwagger } from './swagger.ts';

const FILE = 'mailchimp/marketing-3.0.55-contacts-subset.json';
const swagger = vendorSwagger(FILE);
const ADA = 'ada@example.org';

/** Written in the document's own names of parameters. */
type Ids = Readonly<Record<string, string>>;

/** Reads are of a customer base with everything in it; for a write one member is enough. */
async function filled(method: string): Promise<{ mailchimp: Mailchimp; ids: Ids }> {
  const mailchimp = await start({ demo: method === 'GET' });
  const { raw, add } = audienceCalls(mailchimp);
  await add(ADA, { tags: ['vip'], merge_fields: { ADDRESS: { addr1: '1', city: '2', state: '3', zip: '4' } } });
  const { campaign } = mailchimp.act('person/complain', { email: ADA }) as { campaign: string };
  const category = (await raw('GET', '/interest-categories')).body.categories[0].id;
  const batch = (await call(mailchimp, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })).body.id;
  mailchimp.clock.advance(60_000);
  const interest = (await raw('GET', `/interest-categories/${category}/interests`)).body.interests[0].id;
  return {
    mailchimp,
    ids: {
      list_id: mailchimp.audience,
      batch_id: batch,
      subscriber_hash: md5(ADA),
      campaign_id: campaign,
      interest_category_id: category,
      interest_id: interest,
      merge_id: '1',
      segment_id: String((await raw('GET', '/segments')).body.segments[0].id),
      report_id: String((await raw('GET', '/abuse-reports?count=1000')).body.abuse_reports.at(-1).id),
    },
  };
}

const pathOf = (template: string, ids: Ids): string =>
  template.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? 'unknown').replace(/^\/$/, '');

/** Path templates without the names of their parameters, to compare the document's with the sandbox's. */
const shape = (template: string): string => template.replace(/\{\w+\}/g, '{}');

const built = new Set(sandbox.routes.map((route) => `${route.method} ${shape(route.path.replace('/3.0', ''))}`));
const documented = Object.entries(swagger?.paths ?? {}).flatMap(([path, operations]) =>
  Object.entries(operations)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const shared = documented.filter(({ method, path }) => built.has(`${method} ${shape(path)}`));
const titled = (rows: typeof shared) => rows.map((row) => [`${row.method} ${row.path}`, row] as const);

/** Bodies for the operations that write and answer with a document. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /lists': { name: 'x', contact: {}, permission_reminder: '', campaign_defaults: {}, email_type_option: false },
  'PATCH /lists/{list_id}': { name: 'x' },
  'POST /batches': {
    operations: [{ method: 'POST', path: '/lists', params: { x: 1 }, body: '{}', operation_id: 'a' }],
  },
  'POST /lists/{list_id}': {
    members: [{ email_address: 'new@example.org', status: 'subscribed', tags: ['a'] }, { email_address: 'bad' }],
  },
  'POST /lists/{list_id}/members': { email_address: 'eve@example.org', status: 'unsubscribed' },
  'PUT /lists/{list_id}/members/{subscriber_hash}': { email_address: ADA, status_if_new: 'subscribed' },
  'PATCH /lists/{list_id}/members/{subscriber_hash}': { vip: true },
  'POST /lists/{list_id}/segments': { name: 'x', static_segment: [] },
  'PATCH /lists/{list_id}/segments/{segment_id}': { name: 'x' },
  'POST /lists/{list_id}/segments/{segment_id}': { members_to_add: [ADA, 'nobody@example.org'] },
  'POST /lists/{list_id}/segments/{segment_id}/members': { email_address: ADA },
  'POST /lists/{list_id}/merge-fields': { name: 'x', type: 'dropdown', options: { choices: ['a'] } },
  'PATCH /lists/{list_id}/merge-fields/{merge_id}': { name: 'x' },
  'POST /lists/{list_id}/interest-categories': { title: 'x', type: 'radio' },
  'PATCH /lists/{list_id}/interest-categories/{interest_category_id}': { title: 'x' },
  'POST /lists/{list_id}/interest-categories/{interest_category_id}/interests': { name: 'x' },
  'PATCH /lists/{list_id}/interest-categories/{interest_category_id}/interests/{interest_id}': { name: 'x' },
};

if (swagger === undefined) {
  test.skip(`NOT CHECKED against ${FILE}: it is neither in ../shared/specs nor in $VENDOR_SPECS`, () => undefined);
} else {
  describe(`conforms to ${FILE}`, () => conformance(swagger));
}

function conformance(swagger: Swagger): void {
  test('has the operations that the vendor notes name', () => {
    expect(shared.length).toBeGreaterThanOrEqual(40);
    const documentedShapes = new Set(documented.map(({ method, path }) => `${method} ${shape(path)}`));
    // GET /ping is not in the trimmed document; everything else that is built is.
    expect([...built].filter((one) => !documentedShapes.has(one))).toEqual(['GET /ping']);
  });

  const answering = shared.filter(({ operation }) => operation.responses['200']?.schema !== undefined);
  test.each(titled(answering))('%s', async (name, { method, path, operation }) => {
    const { mailchimp, ids } = await filled(method);
    const body = BODIES[name];
    if (method !== 'GET') expect(body, `a body for ${name}`).toBeDefined();
    const query = operation.parameters?.some((one) => one.name === 'count') === true ? '?count=1000' : '';
    const answer = await call(mailchimp, method, pathOf(path, ids) + query, body);
    expect(answer.status).toBe(200);
    const schema = operation.responses['200']?.schema ?? {};
    expect(mismatches(swagger, schema, answer.body)).toEqual([]);
  });

  const silent = shared.filter(({ operation }) => operation.responses['204'] !== undefined);
  test.each(titled(silent))('%s answers 204 without a body', async (_name, { method, path }) => {
    const { mailchimp, ids } = await filled(method);
    const body = path.endsWith('/tags') ? { tags: [] } : undefined;
    if (method === 'DELETE' && path.endsWith('/members/{subscriber_hash}')) {
      await audienceCalls(mailchimp).put(ADA, { status: 'unsubscribed' });
    }
    expect(await call(mailchimp, method, pathOf(path, ids), body)).toMatchObject({ status: 204, body: '' });
  });

  test('errors are problem documents', async () => {
    const mailchimp = await start();
    const answer = await call(mailchimp, 'GET', '/lists/unknown');
    expect(mismatches(swagger, swagger.definitions.Get ?? {}, answer.body)).toEqual([]);
  });
}
