// The sandbox against the models of the vendor's SDK 14.0.1 and the facts of preferences v4, in both directions.
import { sandbox } from '@heed/connector-hubspot/sandbox';
import { describe, expect, test } from 'vitest';
import { call, contactCalls, type Hubspot, preferenceCalls, start, typeNamed } from './client.ts';
import {
  type Model,
  mismatches,
  type Operation,
  preferenceFacts,
  sdkFacts,
  shapeMismatches,
  skipped,
  whenSkipped,
} from './vendor-facts.ts';

const ADA = 'ada@example.org';

/** Reviewed: operations of the SDK that the stand-in has not, and why. */
const UNBUILT: Readonly<Record<string, string>> = {
  'crm.lists.foldersApi.': 'folders only sort lists on the screen',
  'crm.lists.mappingApi.': 'ids of the legacy lists API',
  'crm.lists.listsApi.cancelConversion': 'conversion of lists',
  'crm.lists.listsApi.getConversionDetails': 'conversion of lists',
  'crm.lists.listsApi.scheduleOrUpdateConversion': 'conversion of lists',
  'crm.lists.listsApi.updateListFilters': 'filters of DYNAMIC lists are set when they are made',
  'crm.lists.membershipsApi.addAllFromList': 'copies a list',
  'crm.lists.membershipsApi.getPageOrderedByAddedToListDate': 'another order of the same page',
  'crm.properties.batchApi.': 'properties are few',
  'crm.properties.groupsApi.': 'groups only sort properties on the screen',
};

/** Reviewed: what of an answer differs from the models, and why. */
const DEVIATIONS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\.errors\[\d+\]\.(links|errors) is missing$/, 'the samples of the documentation leave them out'],
  [/\.dataSensitivity is not in the model$/, 'in the specification of properties since 2025'],
];

/** Reviewed: required fields of requests that the stand-in does not insist on, and why. */
const FORGIVEN: Readonly<Record<string, string>> = {
  'crm.contacts.batchApi.read properties': 'the samples of the documentation leave one of them out',
  'crm.contacts.batchApi.read propertiesWithHistory': 'the samples of the documentation leave one of them out',
  'crm.lists.membershipsApi.addAndRemove recordIdsToAdd': 'samples give only one of them',
  'crm.lists.membershipsApi.addAndRemove recordIdsToRemove': 'samples give only one of them',
  'crm.properties.coreApi.create fieldType': 'follows from the type',
  'crm.properties.coreApi.create groupName': 'the sandbox has one group',
  'crm.properties.coreApi.create label': 'the name will do',
};

const shape = (path: string): string =>
  path
    .replace(/\/+$/, '')
    .replace('{objectType}', 'contacts')
    .replace(/\{\w+\}/g, '{}');
const built = new Set(sandbox.routes.map((route) => `${route.method} ${shape(route.path)}`));
const isBuilt = ({ method, path }: Operation): boolean => built.has(`${method} ${shape(path)}`);
const isUnbuilt = ({ call: name }: Operation): boolean => Object.keys(UNBUILT).some((known) => name.startsWith(known));

/** The models of the API that an operation belongs to. */
function modelsOf({ call: name }: Operation): Readonly<Record<string, Model>> {
  const api = Object.keys(sdkFacts.models).find((one) => name.startsWith(`${one}.`)) ?? '';
  return sdkFacts.models[api] ?? {};
}

interface Prepared {
  readonly hubspot: Hubspot;
  readonly params: Readonly<Record<string, string>>;
  readonly bodies: Readonly<Record<string, unknown>>;
}

/** An account with something of everything, and a good body for every operation that takes one. */
async function prepared(): Promise<Prepared> {
  const hubspot = await start({ switches: { rateLimits: false } });
  const { id, patch } = contactCalls(hubspot);
  const ada = await id({ email: ADA, firstname: 'A', customer_number: 'C-1' });
  await patch(ada, { firstname: 'Ada' });
  const bob = await id({ email: 'bob@example.org' });
  await call(hubspot, 'PUT', `/crm/v3/lists/${hubspot.audience}/memberships/add`, [ada, bob]);
  await preferenceCalls(hubspot).write(ADA, typeNamed(hubspot, 'Newsletter'), 'UNSUBSCRIBED');
  const { access } = hubspot.state();
  const form = { grant_type: 'refresh_token', client_id: access.clientId, client_secret: access.clientSecret };
  const token = await fetch(`${hubspot.url}/oauth/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, refresh_token: hubspot.oauth.refreshToken }),
  });
  const { access_token: accessToken } = (await token.json()) as { access_token: string };
  const write = { emailAddress: 'eve@example.org', subscriptionId: String(typeNamed(hubspot, 'Events')) };
  const inputs = (...more: readonly object[]) => ({
    inputs: more.map((one, at) => ({ objectWriteTraceId: `t${at}`, ...one })),
  });
  const webhook = { targetUrl: 'http://127.0.0.1:9/hook', throttling: { maxConcurrentRequests: 10 } };
  const { appId, developerKey } = hubspot.oauth;
  const develop = async (method: string, path: string, body: object) => {
    const address = `${hubspot.url}/webhooks/v3/${appId}${path}?hapikey=${developerKey}`;
    return (await fetch(address, { method, body: JSON.stringify(body) })).json() as Promise<{ readonly id: string }>;
  };
  const { importId, runningId } = await imports(hubspot);
  await develop('PUT', '/settings', webhook);
  const subscription = await develop('POST', '/subscriptions', { eventType: 'contact.creation' });
  return {
    hubspot,
    params: {
      importId,
      runningId,
      appId: String(appId),
      subscriptionId: subscription.id,
      contactId: ada,
      objectType: 'contacts',
      propertyName: 'customer_number',
      listId: hubspot.audience,
      listName: 'Heed',
      objectTypeId: '0-1',
      recordId: ada,
      emailAddress: ADA,
      token: accessToken,
    },
    bodies: {
      'crm.contacts.basicApi.create': { properties: { email: 'new@example.org' } },
      'crm.contacts.basicApi.update': { properties: { lastname: 'L' } },
      'crm.contacts.basicApi.merge': { primaryObjectId: ada, objectIdToMerge: bob },
      'crm.contacts.basicApi.purge': { objectId: bob },
      'crm.contacts.batchApi.archive': { inputs: [{ id: bob }] },
      'crm.contacts.batchApi.create': inputs(
        { properties: { email: 'x@example.org' } },
        { properties: { nothing: 'x' } },
      ),
      'crm.contacts.batchApi.update': inputs({ id: ada, properties: { lastname: 'L' } }, { id: '1', properties: {} }),
      'crm.contacts.batchApi.upsert': inputs({
        id: 'C-1',
        idProperty: 'customer_number',
        properties: { lastname: 'L' },
      }),
      'crm.contacts.batchApi.read': {
        inputs: [{ id: ada }, { id: '1' }],
        properties: ['email'],
        propertiesWithHistory: ['firstname'],
      },
      'crm.contacts.searchApi.doSearch': {
        limit: 1,
        filterGroups: [{ filters: [{ propertyName: 'email', operator: 'HAS_PROPERTY' }] }],
      },
      'crm.properties.coreApi.create': {
        name: 'made',
        label: 'Made',
        type: 'string',
        fieldType: 'text',
        groupName: 'contactinformation',
      },
      'crm.properties.coreApi.update': { label: 'Changed' },
      'crm.lists.listsApi.create': { name: 'New', objectTypeId: '0-1', processingType: 'MANUAL' },
      'crm.lists.listsApi.doSearch': { additionalProperties: ['hs_list_size'] },
      'crm.lists.membershipsApi.add': [ada],
      'crm.lists.membershipsApi.remove': [ada],
      'crm.lists.membershipsApi.addAndRemove': { recordIdsToAdd: [], recordIdsToRemove: [bob] },
      'communicationPreferences.statusApi.subscribe': write,
      'communicationPreferences.statusApi.unsubscribe': write,
      'webhooks.settingsApi.configure': webhook,
      'webhooks.subscriptionsApi.create': { eventType: 'contact.propertyChange', propertyName: 'email', active: true },
      'webhooks.subscriptionsApi.update': { active: true },
      'webhooks.subscriptionsApi.updateBatch': { inputs: [{ id: Number(subscription.id), active: true }] },
    },
  };
}

/** One import that failed in part, and one that is still at work. */
async function imports(hubspot: Hubspot): Promise<{ readonly importId: string; readonly runningId: string }> {
  const upload = async (): Promise<string> => {
    const form = new FormData();
    form.set('files', new Blob(['Email\nimported@example.org\nnobody\n']), 'people.csv');
    const columnMappings = [{ columnObjectTypeId: '0-1', columnName: 'Email', propertyName: 'email' }];
    form.set('importRequest', JSON.stringify({ name: 'People', files: [{ fileImportPage: { columnMappings } }] }));
    const headers = { authorization: `Bearer ${hubspot.accessToken}` };
    const answer = await fetch(`${hubspot.url}/crm/v3/imports/`, { method: 'POST', body: form, headers });
    return ((await answer.json()) as { readonly id: string }).id;
  };
  const importId = await upload();
  hubspot.clock.advance(10_000);
  return { importId, runningId: await upload() };
}

function pathOf({ hubspot, params }: Prepared, operation: Operation): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(params[name] ?? 'unknown'),
  );
  const name = operation.call;
  const query = name.endsWith('getPage') && name.includes('contacts') ? '?limit=1&propertiesWithHistory=firstname' : '';
  if (name === 'crm.imports.coreApi.cancel') return path.replace(params.importId ?? '', params.runningId ?? '');
  if (name.startsWith('webhooks.')) return `${path}?hapikey=${hubspot.oauth.developerKey}`;
  return name.includes('refreshTokensApi') ? path.replace(/[^/]+$/, 'REFRESH') : path + query;
}

// Those two take no JSON: sdk.test.ts calls them.
const operations = sdkFacts.operations.filter(
  (one) => isBuilt(one) && !/^(oauth.tokensApi|crm.imports.coreApi.create)/.test(one.call),
);
const titled = operations.map((one) => [one.call, one] as const);

describe.skipIf(skipped)(`against the models of the SDK${whenSkipped}`, () => {
  test('every operation is built, or left out for a reason', () => {
    const missing = sdkFacts.operations.filter((one) => !isBuilt(one) && !isUnbuilt(one)).map(({ call: name }) => name);
    expect(missing).toEqual([]);
    const both = sdkFacts.operations.filter((one) => isBuilt(one) && isUnbuilt(one)).map(({ call: name }) => name);
    expect(both).toEqual([]);
    expect(operations.length).toBeGreaterThan(30);
  });

  test.each(titled)('%s: the answer has the fields and types of its model', async (name, operation) => {
    const account = await prepared();
    const { hubspot, bodies } = account;
    const path = pathOf(account, operation).replace('REFRESH', hubspot.oauth.refreshToken);
    const { status, body } = await call(hubspot, operation.method, path, bodies[name]);
    const model = operation.responses[String(status)];
    expect([name, status, model]).toEqual([name, status, expect.any(String)]);
    if (model === '(no body)') {
      expect(body).toBe('');
      return;
    }
    const found = mismatches(modelsOf(operation), model ?? '', body);
    expect(found.filter((one) => !DEVIATIONS.some(([pattern]) => pattern.test(one)))).toEqual([]);
  });

  const withBody = titled.filter(([, { body }]) => body !== undefined && !body.startsWith('Array<'));

  test.each(withBody)(
    '%s: our body fits its model, and without a required field it is refused',
    async (name, operation) => {
      const account = await prepared();
      const { hubspot, bodies } = account;
      const models = modelsOf(operation);
      const given = bodies[name] as Readonly<Record<string, unknown>>;
      expect(mismatches(models, operation.body ?? '', given)).toEqual([]);
      const required = Object.keys(models[operation.body ?? ''] ?? {}).filter((field) => !field.endsWith('?'));
      for (const field of required.filter((one) => FORGIVEN[`${name} ${one}`] === undefined)) {
        const { [field]: _, ...rest } = given;
        const { status } = await call(hubspot, operation.method, pathOf(account, operation), rest);
        expect([field, status]).toEqual([field, 400]);
      }
    },
  );
});

const PREFERENCE_ROUTES = preferenceFacts.routes.map(({ m, p }) => [m, p] as const);

describe.skipIf(skipped)(`against the facts of communication preferences v4${whenSkipped}`, () => {
  test.each(PREFERENCE_ROUTES)('%s %s is there, and under 2026-03', (method, path) => {
    expect(built.has(`${method} ${shape(path)}`)).toBe(true);
    expect(built.has(`${method} ${shape(path.replace('/v4/', '/2026-03/'))}`)).toBe(true);
  });

  test('envelopes, statuses, wide statuses and definitions have the shapes', async () => {
    const hubspot = await start({ switches: { plan: 'enterprise' } });
    const { statuses, write, unsubscribeAll, wide } = preferenceCalls(hubspot);
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const basis = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'form' };
    const definitions = await call(
      hubspot,
      'GET',
      '/communication-preferences/v4/definitions?includeTranslations=true',
    );
    const answers = [
      ['Status', await write(ADA, newsletter, 'SUBSCRIBED', basis)],
      ['Status', await statuses(ADA)],
      ['Status', await unsubscribeAll(ADA, '&verbose=true')],
      ['WideStatus', await wide(ADA)],
      ['Definition', definitions],
    ] as const;
    for (const [name, { status, body }] of answers) {
      expect(status).toBe(200);
      expect(shapeMismatches('Envelope', body)).toEqual([]);
      expect(body.results.length).toBeGreaterThan(0);
      expect(body.results.flatMap((one: unknown) => shapeMismatches(name, one))).toEqual([]);
    }
    const at = '/communication-preferences/v4/statuses/batch';
    const bad = await call(hubspot, 'POST', `${at}/read?channel=EMAIL`, { inputs: [ADA, 'nobody'] });
    expect(shapeMismatches('Envelope', bad.body)).toEqual([]);
    expect(bad.body.results[0].statuses.flatMap((one: unknown) => shapeMismatches('Status', one))).toEqual([]);
  });

  test('a StatusWrite without a required field is refused; every legal basis is taken', async () => {
    const hubspot = await start();
    const subscriptionId = typeNamed(hubspot, 'Newsletter');
    const good = { channel: 'EMAIL', statusState: 'UNSUBSCRIBED', subscriptionId };
    expect(shapeMismatches('StatusWrite', good)).toEqual([]);
    const at = `/communication-preferences/v4/statuses/${ADA}`;
    for (const field of ['channel', 'statusState', 'subscriptionId']) {
      expect((await call(hubspot, 'POST', at, { ...good, [field]: undefined })).status, field).toBe(400);
    }
    for (const legalBasis of preferenceFacts.shapes.LegalBasis as readonly string[]) {
      const body = { ...good, legalBasis, legalBasisExplanation: 'x' };
      expect((await call(hubspot, 'POST', at, body)).status, legalBasis).toBe(200);
    }
  });
});
