import { Connection, OAuth2 } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

/** The vendor's own SDK against the stand-in: what it sends is understood, what it gets it understands. */
describe('the official jsforce client', () => {
  let client: Client;
  let oauth2: OAuth2;
  beforeEach(async () => {
    client = await open({ switches: { pageSize: 2, minimumBatchSize: 1 } });
    const { clientId, clientSecret } = client.org.state().credentials;
    oauth2 = new OAuth2({ loginUrl: client.org.url, clientId, clientSecret });
  });
  afterEach(() => client.org.close());

  const connected = async (): Promise<Connection> => {
    const connection = new Connection({ oauth2, instanceUrl: client.org.url, version: '66.0' });
    const user = await connection.authorize({ grant_type: 'client_credentials' });
    expect(user.organizationId).toBe(client.org.state().organizationId);
    return connection;
  };

  it('authorizes, queries, pages, describes', async () => {
    const connection = await connected();
    for (const name of ['A', 'B', 'C'])
      await client.create('Contact', { LastName: name, Email: `${name}@example.com` });
    const first = await connection.query('SELECT Id, LastName FROM Contact ORDER BY LastName');
    expect([first.totalSize, first.done, first.records.map((r) => r.LastName)]).toEqual([3, false, ['A', 'B']]);
    const second = await connection.queryMore(first.nextRecordsUrl ?? '');
    expect([second.done, second.records.map((r) => r.LastName)]).toEqual([true, ['C']]);
    const found = await connection.sobject('Contact').find({ Email: 'b@example.com' }, ['LastName']);
    expect(found.map((r) => r.LastName)).toEqual(['B']);
    const described = await connection.describe('Contact');
    expect(described.fields.find((f) => f.name === 'HasOptedOutOfEmail')).toMatchObject({
      type: 'boolean',
      updateable: true,
    });
    expect((await connection.describeGlobal()).sobjects.map((o) => o.name)).toContain('Lead');
    expect(connection.limitInfo.apiUsage).toEqual({ used: client.org.calls().length - 1, limit: 15_000 });
  });

  it('creates, updates, upserts, retrieves and deletes in collections, and reads deletes', async () => {
    const connection = await connected();
    const contacts = connection.sobject('Contact');
    const made = await contacts.create([{ LastName: 'A' }, { FirstName: 'nameless' }]);
    expect(made.map((r) => r.success)).toEqual([true, false]);
    const failure = made[1]?.errors[0] as unknown as { statusCode: string };
    expect(failure.statusCode).toBe('REQUIRED_FIELD_MISSING');
    const id = made[0]?.id ?? '';
    expect((await contacts.update([{ Id: id, HasOptedOutOfEmail: true }]))[0]?.success).toBe(true);
    const upserted = await contacts.upsert([{ Heed_Id__c: 'h', LastName: 'H' }], 'Heed_Id__c');
    expect(upserted[0]).toMatchObject({ success: true, created: true });
    const retrieved = await contacts.retrieve([id], { fields: ['LastName', 'HasOptedOutOfEmail'] });
    expect(retrieved[0]).toMatchObject({ LastName: 'A', HasOptedOutOfEmail: true });
    client.org.clock.advance(60_000);
    expect((await contacts.destroy([id]))[0]?.success).toBe(true);
    client.org.clock.advance(120_000);
    const deleted = await contacts.deleted('2026-03-01T12:00:00Z', '2026-03-01T12:03:00Z');
    expect(deleted.deletedRecords.map((r) => r.id)).toEqual([id]);
    const changed = await contacts.updated('2026-03-01T11:59:00Z', '2026-03-01T12:03:00Z');
    expect(changed.ids).toEqual([upserted[0]?.id]);
    const withDeleted = await connection.query('SELECT Id FROM Contact WHERE IsDeleted = true', { scanAll: true });
    expect(withDeleted.totalSize).toBe(1);
  });

  it("refreshes once for parallel 401s, and throws the vendor's error codes", async () => {
    const { refreshToken } = client.org.state().credentials;
    const connection = new Connection({
      oauth2,
      instanceUrl: client.org.url,
      accessToken: 'stale',
      refreshToken,
      version: '66.0',
    });
    await Promise.all([1, 2, 3].map(() => connection.query('SELECT Id FROM Contact')));
    expect(client.org.calls().filter((call) => call.path === '/services/oauth2/token')).toHaveLength(1);
    await expect(connection.query('SELECT Nope FROM Contact')).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
    await expect(connection.sobject('Contact').retrieve('003000000000000AAA')).rejects.toMatchObject({
      errorCode: 'NOT_FOUND',
    });
    const wrong = new OAuth2({ loginUrl: client.org.url, clientId: 'x', clientSecret: 'y' });
    await expect(wrong.requestToken({ grant_type: 'client_credentials' })).rejects.toMatchObject({
      name: 'invalid_client_id',
    });
  });
});
