// The vendor's own SDK against the sandbox: the calls of section 6 of the vendor notes.
import { Client } from '@hubspot/api-client';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import { expect, test } from 'vitest';
import { type Hubspot, NOON, start, typeNamed } from './client.ts';

const ADA = 'ada@example.org';

function sdkFor(hubspot: Hubspot, accessToken: string = hubspot.accessToken): Client {
  return new Client({ accessToken, basePath: hubspot.url, numberOfApiCallRetries: 0 });
}

test('contacts one by one: getPage, getById, create, update, archive, merge, purge', async () => {
  const hubspot = await start();
  const { basicApi } = sdkFor(hubspot).crm.contacts;
  const made = await basicApi.create({ properties: { email: ADA, firstname: 'Ada' }, associations: [] });
  expect([made.properties.email, made.createdAt.getTime()]).toEqual([ADA, NOON]); // "dates become Date"
  const changed = await basicApi.update(ADA, { properties: { lastname: 'Lovelace' } }, 'email');
  expect(changed.id).toBe(made.id);
  const asked = ['lastname', 'hs_email_optout'];
  const read = await basicApi.getById(ADA, asked, undefined, undefined, false, 'email');
  expect(read.properties).toMatchObject({ lastname: 'Lovelace', hs_email_optout: null });
  const history = await basicApi.getById(made.id, undefined, ['lastname']);
  expect(history.propertiesWithHistory?.lastname?.[0]).toMatchObject({ value: 'Lovelace', sourceType: 'INTEGRATION' });
  const bob = await basicApi.create({ properties: { email: 'bob@example.org' } });
  const page = await basicApi.getPage(1, undefined, ['email']);
  expect([page.results.length, page.paging?.next?.after]).toEqual([1, made.id]);
  const merged = await basicApi.merge({ primaryObjectId: made.id, objectIdToMerge: bob.id });
  expect((await basicApi.getById(bob.id)).id).toBe(merged.id);
  await basicApi.archive(merged.id);
  expect((await basicApi.getPage(10, undefined, undefined, undefined, undefined, true)).results).toMatchObject([
    { id: merged.id, archived: true, archivedAt: new Date(NOON) },
  ]);
  await basicApi.create({ properties: { email: 'eve@example.org' } });
  await basicApi.purge({ objectId: 'eve@example.org', idProperty: 'email' });
  await expect(basicApi.getById('eve@example.org', [], [], [], false, 'email')).rejects.toMatchObject({
    code: 404,
    body: { category: 'OBJECT_NOT_FOUND' },
  });
});

test('"createWithHttpInfo / updateWithHttpInfo / upsertWithHttpInfo({ inputs })  // see the 207"; read and archive', async () => {
  const hubspot = await start();
  const { batchApi } = sdkFor(hubspot).crm.contacts;
  const inputs = [
    { properties: { email: ADA }, objectWriteTraceId: 'a', associations: [] },
    { properties: { email: 'bob@example.org', missing: 'x' }, objectWriteTraceId: 'b', associations: [] },
  ];
  const created = await batchApi.createWithHttpInfo({ inputs });
  expect(created.httpStatusCode).toBe(207);
  const { results, errors } = created.data as typeof created.data & { errors?: { context: unknown }[] };
  expect(errors?.[0]?.context).toEqual({ objectWriteTraceId: ['b'] });
  const [ada] = results;
  const update = [{ id: ada?.id ?? '', properties: { firstname: 'Ada' }, objectWriteTraceId: 'c' }];
  const updated = await batchApi.updateWithHttpInfo({ inputs: update });
  expect([updated.httpStatusCode, updated.data.results[0]?.properties.firstname]).toEqual([200, 'Ada']);
  const upsert = [
    { id: 'C-1', idProperty: 'customer_number', properties: { firstname: 'Eve' }, objectWriteTraceId: 'd' },
  ];
  const upserted = await batchApi.upsertWithHttpInfo({ inputs: upsert });
  expect(upserted.data.results[0]?._new).toBe(true); // "upsert's new is _new"
  const wanted = {
    inputs: [{ id: ADA }, { id: 'nobody@example.org' }],
    properties: ['firstname'],
    propertiesWithHistory: [],
  };
  const read = await batchApi.readWithHttpInfo({ ...wanted, idProperty: 'email' }, false);
  expect([read.httpStatusCode, read.data.results[0]?.properties.firstname]).toEqual([207, 'Ada']);
  await batchApi.archive({ inputs: [{ id: ada?.id ?? '' }] });
  expect((await batchApi.read({ ...wanted, idProperty: 'email' }, false)).results).toEqual([]);
});

test('search: "operator needs FilterOperatorEnum; sorts typed string[] but objects work"', async () => {
  const hubspot = await start();
  const { crm } = sdkFor(hubspot);
  for (const name of ['a', 'b', 'c'])
    await crm.contacts.basicApi.create({ properties: { email: `${name}@example.org` } });
  const sort = { propertyName: 'hs_object_id', direction: 'DESCENDING' } as unknown as string;
  const filters = [{ propertyName: 'lastmodifieddate', operator: FilterOperatorEnum.Gte, value: String(NOON) }];
  const found = await crm.contacts.searchApi.doSearch({
    filterGroups: [{ filters }],
    sorts: [sort],
    properties: ['email'],
    limit: 2,
  });
  expect(found).toMatchObject({ total: 3, paging: { next: { after: '2' } } });
  expect(found.results.map(({ properties }) => properties.email)).toEqual(['c@example.org', 'b@example.org']);
});

test('properties and lists', async () => {
  const hubspot = await start();
  const { crm } = sdkFor(hubspot);
  const { results } = await crm.properties.coreApi.getAll('contacts', false);
  const optOut = results.find(({ name }) => name === 'hs_email_optout');
  expect(optOut?.modificationMetadata).toMatchObject({ readOnlyValue: true }); // "recorded fixture"
  const made = await crm.contacts.basicApi.create({ properties: { email: ADA } });
  const search = {
    query: 'heed',
    count: 100,
    offset: 0,
    processingTypes: ['MANUAL'],
    additionalProperties: ['hs_list_size'],
  };
  const [list] = (await crm.lists.listsApi.doSearch(search)).lists;
  expect(list?.listId).toBe(hubspot.audience);
  const added = await crm.lists.membershipsApi.add(hubspot.audience, [made.id]);
  expect(added.recordsIdsAdded).toEqual([made.id]);
  const page = await crm.lists.membershipsApi.getPage(hubspot.audience, undefined, undefined, 250);
  expect(page.results).toMatchObject([{ recordId: made.id, membershipTimestamp: new Date(NOON) }]);
  expect((await crm.lists.membershipsApi.remove(hubspot.audience, [made.id])).recordIdsRemoved).toEqual([made.id]);
  expect((await crm.lists.listsApi.getAll([hubspot.audience])).lists).toHaveLength(1);
  const body = { name: 'New', objectTypeId: '0-1', processingType: 'MANUAL' };
  const { list: fresh } = await crm.lists.listsApi.create(body);
  expect((await crm.lists.listsApi.getById(fresh.listId)).list.name).toBe('New');
});

test('communication preferences v3 by the SDK, v4 by apiRequest', async () => {
  const hubspot = await start();
  const client = sdkFor(hubspot);
  const { definitionApi, statusApi } = client.communicationPreferences;
  expect((await definitionApi.getPage()).subscriptionDefinitions).toHaveLength(5);
  const newsletter = typeNamed(hubspot, 'Newsletter');
  const write = { emailAddress: ADA, subscriptionId: String(newsletter) };
  expect(await statusApi.subscribe(write)).toMatchObject({ status: 'SUBSCRIBED' });
  expect(await statusApi.unsubscribe(write)).toMatchObject({ status: 'NOT_SUBSCRIBED' });
  const { recipient, subscriptionStatuses } = await statusApi.getEmailStatus(ADA);
  expect([recipient, subscriptionStatuses.length]).toEqual([ADA, 4]);
  await expect(statusApi.subscribe(write)).rejects.toMatchObject({ code: 400, body: { category: 'VALIDATION_ERROR' } });
  const path = `/communication-preferences/v4/statuses/${encodeURIComponent(ADA)}/unsubscribe-all`;
  const response = await client.apiRequest({ method: 'POST', path, qs: { channel: 'EMAIL' } });
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'COMPLETE', results: [] }]);
  const refused = await client.apiRequest({ method: 'POST', path }); // "apiRequest never throws on 4xx/5xx"
  expect(refused.status).toBe(400);
});

test('"c.oauth.tokensApi.create(\'refresh_token\', …) // OAuth v1!"', async () => {
  const hubspot = await start();
  const { clientId, clientSecret, refreshToken } = hubspot.oauth;
  const { tokensApi, accessTokensApi } = sdkFor(hubspot).oauth;
  const token = await tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, refreshToken);
  expect([token.expiresIn, token.refreshToken]).toEqual([1800, refreshToken]);
  expect((await accessTokensApi.get(token.accessToken)).hubId).toBe(hubspot.state().portalId);
  const page = await sdkFor(hubspot, token.accessToken).crm.contacts.basicApi.getPage();
  expect(page.results).toEqual([]);
});

test('"ApiException.body is an object, or a string if HTML; network failure is TypeError: fetch failed with cause.code"', async () => {
  const hubspot = await start();
  const { basicApi } = sdkFor(hubspot).crm.contacts;
  hubspot.faults([
    { kind: 'html', status: 502, count: 1 },
    { kind: 'throttle', count: 1 },
    { kind: 'reset', count: 1 },
    { kind: 'locked' }, // asked after the kit's own kinds
  ]);
  await expect(basicApi.getPage()).rejects.toMatchObject({ code: 502, body: expect.stringContaining('<html>') });
  await expect(basicApi.getPage()).rejects.toMatchObject({ code: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } });
  await expect(basicApi.getPage()).rejects.toThrow('fetch failed');
  await expect(basicApi.getPage()).rejects.toMatchObject({ code: 423 });
});

test('"A request middleware can rewrite SDK paths": 2026-03 for contacts', async () => {
  const hubspot = await start();
  const rewriting = {
    pre: async (context: { getUrl(): string; setUrl(url: string): void }) => {
      context.setUrl(context.getUrl().replace('/crm/v3/objects/', '/crm/objects/2026-03/'));
      return context;
    },
    post: async (context: object) => context,
  };
  const client = new Client({
    accessToken: hubspot.accessToken,
    basePath: hubspot.url,
    numberOfApiCallRetries: 0,
    middleware: [rewriting as never], // the type wants the classes of one generated API
  });
  await client.crm.contacts.basicApi.create({ properties: { email: ADA } });
  expect(hubspot.calls()).toMatchObject([{ path: '/crm/objects/2026-03/contacts', status: 201 }]);
});

test('"c.crm.imports.coreApi.create({ data: Buffer, name }, JSON.stringify(importRequest))"', async () => {
  const hubspot = await start();
  hubspot.act('admin/privacy-delete', { email: 'gone@example.org' });
  const { crm } = sdkFor(hubspot);
  const bob = await crm.contacts.basicApi.create({ properties: { email: 'bob@example.org' } });
  const csv =
    'Name,Email\r\n"Lovelace, ""Ada""",ada@example.org\r\nBob,bob@example.org\r\nX,gone@example.org\r\nY,nobody\r\n';
  const columns = { Name: 'firstname', Email: 'email' };
  const columnMappings = Object.entries(columns).map(([columnName, propertyName]) => ({
    columnObjectTypeId: '0-1',
    columnName,
    propertyName,
  }));
  const request = {
    name: 'People',
    marketableContactImport: true,
    files: [{ fileName: 'x.csv', fileImportPage: { hasHeader: true, columnMappings } }],
  };
  const { coreApi, publicImportsApi } = crm.imports;
  const started = await coreApi.create({ data: Buffer.from(csv), name: 'x.csv' }, JSON.stringify(request));
  expect(started).toMatchObject({ state: 'STARTED', optOutImport: false });
  hubspot.clock.advance(5_000);
  const done = await coreApi.getById(Number(started.id));
  expect(done).toMatchObject({
    state: 'DONE',
    metadata: { counters: { TOTAL_ROWS: 4, CREATED_OBJECTS: 1, UPDATED_OBJECTS: 1, ERRORS: 2 } },
  });
  const { results } = await publicImportsApi.getErrors(Number(started.id));
  expect(results.map(({ errorType, sourceData }) => [errorType, sourceData.lineNumber])).toEqual([
    ['GDPR_BLACKLISTED_EMAIL', 4],
    ['INVALID_EMAIL', 5],
  ]);
  const asked = ['firstname', 'hs_marketable_status'];
  const ada = await crm.contacts.basicApi.getById(ADA, asked, [], [], false, 'email');
  expect(ada.properties).toMatchObject({ firstname: 'Lovelace, "Ada"', hs_marketable_status: 'true' });
  expect((await crm.contacts.basicApi.getById(bob.id, asked)).properties.firstname).toBe('Bob');
  const second = await coreApi.create({ data: Buffer.from(csv), name: 'x.csv' }, JSON.stringify(request));
  await coreApi.cancel(Number(second.id));
  expect((await coreApi.getPage()).results.map(({ state }) => state)).toEqual(['DONE', 'CANCELED']);
});
