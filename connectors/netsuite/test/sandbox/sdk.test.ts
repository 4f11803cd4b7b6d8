import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

/** netsuite-rest 1.0.9 has no types. */
interface NetsuiteRest {
  request(options: {
    readonly path: string;
    readonly method?: string;
    readonly body?: string;
    readonly heads?: Readonly<Record<string, string>>;
  }): Promise<{
    readonly statusCode: number;
    readonly rawHeaders: readonly string[];
    readonly data: Readonly<Record<string, unknown>> | null;
    readonly headers?: unknown;
  }>;
}
const NetsuiteRest: new (options: Readonly<Record<string, string>>) => NetsuiteRest = createRequire(import.meta.url)(
  'netsuite-rest',
);

const locationOf = (rawHeaders: readonly string[]): string =>
  rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'location') + 1] ?? '';

/** The vendor's package against the stand-in, for the calls of section 6 of the notes. Its clock is the machine's. */
describe('the official netsuite-rest package', () => {
  let client: Client;
  let ns: NetsuiteRest;
  beforeEach(async () => {
    client = await open({ switches: { timestampSkewMs: -1 } });
    const { consumerKey, consumerSecret, tokenId, tokenSecret } = client.account.tokenBased;
    ns = new NetsuiteRest({
      consumer_key: consumerKey,
      consumer_secret_key: consumerSecret,
      token: tokenId,
      token_secret: tokenSecret,
      realm: client.account.account,
      base_url: client.account.url,
    });
  });
  afterEach(() => client.account.close());

  const json = { 'Content-Type': 'application/json' };

  it('creates, reads, opts out, upserts and deletes; the id is in rawHeaders only', async () => {
    const body = JSON.stringify({ lastName: 'Ash', email: "o'neil+(x)!*@example.com" });
    const created = await ns.request({ path: 'record/v1/contact', method: 'POST', body, heads: json });
    expect([created.statusCode, created.data, created.headers]).toEqual([204, null, undefined]);
    const id = locationOf(created.rawHeaders).split('/').at(-1) ?? '';
    const optOut = await ns.request({
      path: `record/v1/contact/${id}`,
      method: 'PATCH',
      body: JSON.stringify({ globalSubscriptionStatus: { id: '2' } }),
      heads: { ...json, 'X-NetSuite-PropertyNameValidation': 'Error' },
    });
    expect(optOut.statusCode).toBe(204);
    const read = await ns.request({ path: `record/v1/contact/${id}?fields=email,globalSubscriptionStatus` });
    expect(read.data).toMatchObject({
      id,
      email: "o'neil+(x)!*@example.com",
      globalSubscriptionStatus: { id: '2', refName: 'Soft Opt-Out' },
    });
    const upserted = await ns.request({
      path: 'record/v1/contact/eid:abc',
      method: 'PUT',
      body: JSON.stringify({ lastName: 'New' }),
      heads: json,
    });
    expect(upserted.statusCode).toBe(204);
    expect((await ns.request({ path: 'record/v1/contact/eid:abc', method: 'DELETE' })).statusCode).toBe(204);
  });

  it('queries with parameters and signs the query string', async () => {
    await client.create('contact', { lastName: 'Ash' });
    const body = JSON.stringify({ q: 'SELECT id FROM contact WHERE lastname = ?', params: ['Ash'] });
    const { data } = await ns.request({
      path: 'query/v1/suiteql?limit=1000&offset=0',
      method: 'POST',
      body,
      heads: json,
    });
    expect(data).toMatchObject({ count: 1, items: [{ id: '101' }] });
    const q = encodeURIComponent('lastName START_WITH "A" AND isInactive IS false');
    expect((await ns.request({ path: `record/v1/contact?q=${q}&limit=5` })).data).toMatchObject({ totalResults: 1 });
  });

  it('describes, and takes a bearer token instead of its own signature', async () => {
    const heads = { Accept: 'application/schema+json' };
    const described = await ns.request({ path: 'record/v1/metadata-catalog/contact', heads });
    expect(described.data?.properties).toHaveProperty('custentity_newsletter_opt_out');
    const authorization = { ...heads, Authorization: `Bearer ${client.account.accessToken}` };
    expect((await ns.request({ path: 'record/v1/metadata-catalog/contact', heads: authorization })).statusCode).toBe(
      200,
    );
  });

  it('"forces prefer: transient": no asynchronous writes through it', async () => {
    const heads = { 'Content-Type': 'application/vnd.oracle.resource+json; type=collection', Prefer: 'respond-async' };
    const body = JSON.stringify({ items: [{ lastName: 'A' }] });
    const failed = ns.request({ path: 'record/v1/contact', method: 'POST', body, heads });
    await expect(failed).rejects.toMatchObject({ response: { statusCode: 400 } });
  });

  it('"HTTP errors: JSON in err.response.body as string"; an HTML page fails in its hook', async () => {
    const missing = ns.request({ path: 'record/v1/contact/999999' });
    await expect(missing).rejects.toMatchObject({
      response: { statusCode: 404, body: expect.stringContaining('NONEXISTENT_ID') },
    });
    client.account.faults([{ kind: 'html', status: 403, count: 1 }]);
    await expect(ns.request({ path: 'record/v1/contact' })).rejects.toThrow('Unexpected token');
  });
});
