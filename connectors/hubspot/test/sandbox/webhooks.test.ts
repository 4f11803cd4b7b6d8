// Checklist point 12 and section 2.5 of the vendor notes: what an app is told, against a receiver of our own.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Signature } from '@hubspot/api-client';
import { afterEach, describe, expect, test } from 'vitest';
import { contactCalls, type Hubspot, NOON, preferenceCalls, read, start } from './client.ts';

const ADA = 'ada@example.org';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const servers: Server[] = [];

afterEach(() => {
  for (const one of servers.splice(0)) one.close();
});

/** An app that notes what it is told and answers with `statuses`, then 204. */
async function receiver(statuses: number[] = []): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function app(hubspot: Hubspot) {
  const { appId, developerKey } = hubspot.oauth;
  return async (method: string, path: string, body?: unknown, version = 'v3') =>
    read(
      await fetch(`${hubspot.url}/webhooks/${version}/${appId}${path}?hapikey=${developerKey}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
}

type Told = readonly { readonly status: number; readonly events: number }[];
const deliver = (hubspot: Hubspot, body: object = {}): Promise<Told> =>
  hubspot.act('webhooks/deliver', { ...body }) as Promise<Told>;

async function subscribed(hubspot: Hubspot, url: string, ...types: readonly string[]): Promise<void> {
  const call = app(hubspot);
  const target = { targetUrl: `${url}/hook?x=%2Fa`, throttling: { maxConcurrentRequests: 10 } };
  expect((await call('PUT', '/settings', target)).status).toBe(200);
  for (const type of types) {
    const [eventType, propertyName] = type.split(' ');
    const made = await call('POST', '/subscriptions', { eventType, propertyName, active: true });
    expect(made.status).toBe(201);
  }
}

describe('12. "array payload, signature v3, retries, duplicates, shuffled order, no email in the payload"', () => {
  test('"POST body: JSON array, ≤100 events"; "No email in the payload"', async () => {
    const hubspot = await start();
    const { url, received } = await receiver();
    await subscribed(hubspot, url, 'contact.creation', 'contact.propertyChange hs_email_optout', 'contact.merge');
    const { id, raw } = contactCalls(hubspot);
    const [ada, bob] = [await id({ email: ADA }), await id({ email: 'bob@example.org' })];
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    const merged = await raw('POST', '/merge', { primaryObjectId: ada, objectIdToMerge: bob });
    expect(await deliver(hubspot)).toEqual([{ status: 204, events: 4 }]);
    const events = JSON.parse(received[0]?.body ?? '');
    expect(events.map((one: { subscriptionType: string }) => one.subscriptionType)).toEqual([
      'contact.creation',
      'contact.creation',
      'contact.propertyChange',
      'contact.merge',
    ]);
    expect(events[2]).toMatchObject({
      objectId: Number(ada),
      portalId: hubspot.state().portalId,
      appId: hubspot.state().appId,
      occurredAt: NOON,
      attemptNumber: 0,
      propertyName: 'hs_email_optout',
      propertyValue: 'true',
      objectTypeId: '0-1',
    });
    expect(events[3]).toMatchObject({
      primaryObjectId: Number(ada),
      mergedObjectIds: [Number(bob)],
      newObjectId: Number(merged.body.id),
    });
    expect(received[0]?.body).not.toContain('@');
    expect(await deliver(hubspot)).toEqual([]);
  });

  test('signature v3 as the SDK computes it, a wrong one, and one six minutes old', async () => {
    const hubspot = await start();
    const { url, received } = await receiver();
    await subscribed(hubspot, url, 'contact.creation');
    for (const signature of ['right', 'wrong', 'old']) {
      await contactCalls(hubspot).id({});
      await deliver(hubspot, { signature });
    }
    const { clientSecret } = hubspot.oauth;
    const fits = received.map(({ headers, body }) => {
      const timestamp = Number(headers['x-hubspot-request-timestamp']);
      const signed = { signature: '', clientSecret, requestBody: body, url: `${url}/hook?x=/a`, timestamp }; // "decode certain URL-encoded characters"
      return [
        headers['x-hubspot-signature-v3'] === Signature.getSignature('POST', 'v3', signed),
        headers['x-hubspot-signature'] === Signature.getSignature('POST', 'v1', signed),
        timestamp - NOON,
      ];
    });
    expect(fits).toEqual([
      [true, true, 0],
      [false, false, 0],
      [true, true, -360_000],
    ]);
  });

  test('"otherwise up to 10 retries over 24 h, also after 4xx"; then never again', async () => {
    const hubspot = await start();
    const { url, received } = await receiver([400, 503]);
    await subscribed(hubspot, url, 'contact.creation');
    await contactCalls(hubspot).id({ email: ADA });
    expect(await deliver(hubspot)).toEqual([{ status: 400, events: 1 }]);
    expect(await deliver(hubspot)).toEqual([]);
    hubspot.clock.advance(60_000);
    expect(await deliver(hubspot)).toEqual([{ status: 503, events: 1 }]);
    hubspot.clock.advance(120_000);
    expect(await deliver(hubspot)).toEqual([{ status: 204, events: 1 }]);
    expect(received.map(({ body }) => JSON.parse(body)[0].attemptNumber)).toEqual([0, 1, 2]);
    for (const one of servers.splice(0)) one.close(); // nobody there any more
    await contactCalls(hubspot).id({ email: 'bob@example.org' });
    let tries = 0;
    for (let hour = 0; hour < 30; hour += 1) {
      tries += (await deliver(hubspot)).length;
      hubspot.clock.advance(3_600_000);
    }
    expect(tries).toBeLessThanOrEqual(11);
    expect(hubspot.state().webhooks.queue).toEqual([]);
  });

  test('"No order guarantee; duplicates possible", and more than a hundred in two requests', async () => {
    const hubspot = await start();
    const { url, received } = await receiver();
    await subscribed(hubspot, url, 'contact.creation');
    const inputs = Array.from({ length: 60 }, (_, at) => ({ properties: { email: `p${at}@example.org` } }));
    await contactCalls(hubspot).batch('create', { inputs });
    expect(await deliver(hubspot, { duplicates: true, shuffled: true })).toEqual([
      { status: 204, events: 100 },
      { status: 204, events: 20 },
    ]);
    const events = received.flatMap(({ body }) => JSON.parse(body) as { eventId: number }[]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(60);
    expect(events[0]?.eventId).toBeGreaterThan(events.at(-1)?.eventId ?? 0);
  });
});

describe('2.5 settings and subscriptions', () => {
  test('"Configured per app": by the developer\'s key, under v3 and 2026-03, and through the SDK', async () => {
    const hubspot = await start();
    const { appId, developerKey } = hubspot.oauth;
    const call = app(hubspot);
    expect((await call('GET', '/settings')).status).toBe(404);
    expect((await read(await fetch(`${hubspot.url}/webhooks/v3/${appId}/settings?hapikey=wrong`))).status).toBe(401);
    const elsewhere = { targetUrl: 'https://app.example/hook', throttling: { maxConcurrentRequests: 10 } };
    expect((await call('PUT', '/settings', elsewhere)).status).toBe(400); // the stand-in tells nobody outside
    const { webhooks } = new Client({
      developerApiKey: developerKey,
      basePath: hubspot.url,
      numberOfApiCallRetries: 0,
    });
    const target = { targetUrl: 'http://127.0.0.1:9/hook', throttling: { maxConcurrentRequests: 10 } };
    expect((await webhooks.settingsApi.configure(appId, target)).targetUrl).toBe(target.targetUrl);
    const made = await call('POST', '/subscriptions', { eventType: 'contact.deletion', active: false });
    const id = Number(made.body.id);
    expect((await call('PATCH', `/subscriptions/${id}`, { active: true }, '2026-03')).body.active).toBe(true);
    expect((await webhooks.subscriptionsApi.getAll(appId)).results).toMatchObject([{ active: true }]);
    const off = await call('POST', '/subscriptions/batch/update', { inputs: [{ id, active: false }] });
    expect(off.body.results).toMatchObject([{ id: String(id), active: false }]);
    expect((await call('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect((await call('GET', `/subscriptions/${id}`)).status).toBe(404);
    expect((await call('DELETE', '/settings')).status).toBe(204);
    expect(JSON.stringify(hubspot.calls())).not.toContain(developerKey);
  });

  test.each([true, false])(
    '"contact.propertyChange on hs_email_optout: sources conflict. UNVERIFIED": %s',
    async (allowed) => {
      const hubspot = await start({ switches: { webhooksOnOptOut: allowed } });
      const body = { eventType: 'contact.propertyChange', propertyName: 'hs_email_optout', active: true };
      expect((await app(hubspot)('POST', '/subscriptions', body)).status).toBe(allowed ? 201 : 400);
      expect((await app(hubspot)('POST', '/subscriptions', { eventType: 'contact.propertyChange' })).status).toBe(400);
    },
  );
});
