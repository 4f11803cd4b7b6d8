import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, queryJob, queryRows, rowsOf } from './bulk-client.ts';
import { base, type Client, open } from './client.ts';

describe('checklist 9: Bulk API 2.0 query jobs', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const people = async (count: number): Promise<readonly string[]> => {
    const names = Array.from({ length: count }, (_, i) => `N${String(i).padStart(3, '0')}`);
    const records = names.map((LastName) => ({ attributes: { type: 'Contact' }, LastName }));
    await client.call('POST', '/composite/sobjects', { records });
    return names;
  };
  const done = async (query: string, operation?: string): Promise<string> => {
    const id = await queryJob(client, query, operation);
    await ended(client, 'query', id);
    return id;
  };

  it('goes from UploadComplete over InProgress to JobComplete', async () => {
    await people(2);
    const made = await client.call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM contact' });
    expect([made.status, made.body]).toEqual([
      200,
      {
        id: expect.stringMatching(/^750/),
        operation: 'query',
        object: 'Contact',
        createdById: client.org.state().users.integration,
        createdDate: '2026-03-01T12:00:00.000+0000',
        systemModstamp: '2026-03-01T12:00:00.000+0000',
        state: 'UploadComplete',
        concurrencyMode: 'Parallel',
        contentType: 'CSV',
        apiVersion: 67,
        lineEnding: 'LF',
        columnDelimiter: 'COMMA',
      },
    ]);
    const { id } = made.body;
    expect((await client.call('GET', `/jobs/query/${id}`)).body.state).toBe('InProgress');
    expect((await client.call('GET', `/jobs/query/${id}`)).body).toMatchObject({
      state: 'JobComplete',
      jobType: 'V2Query',
      numberRecordsProcessed: 2,
      isPkChunkingSupported: true,
    });
  });

  it('"Sforce-Locator (literal null on the last page), Sforce-NumberOfRecords; header row on every page"', async () => {
    const names = await people(5);
    const id = await done('SELECT Id, LastName FROM Contact');
    const first = await client.call('GET', `/jobs/query/${id}/results?maxRecords=2`);
    expect(first.headers.get('content-type')).toBe('text/csv');
    expect(first.headers.get('sforce-numberofrecords')).toBe('2');
    expect(first.text).toMatch(/^"Id","LastName"\n"003\w{15}","N\d+"\n"003\w{15}","N\d+"\n$/);
    const locator = first.headers.get('sforce-locator') ?? '';
    const second = await client.call('GET', `/jobs/query/${id}/results?maxRecords=2&locator=${locator}`);
    expect(second.text.startsWith('"Id","LastName"\n')).toBe(true);
    const again = await client.call('GET', `/jobs/query/${id}/results?maxRecords=2&locator=${locator}`);
    expect(again.text).toBe(second.text);
    const last = await client.call(
      'GET',
      `/jobs/query/${id}/results?maxRecords=2&locator=${second.headers.get('sforce-locator')}`,
    );
    expect([last.headers.get('sforce-locator'), last.headers.get('sforce-numberofrecords')]).toEqual(['null', '1']);
    const all = [first, second, last].flatMap((page) => rowsOf(page.text).map((row) => row.LastName ?? ''));
    expect(all.toSorted()).toEqual(names);
  });

  it('a page has at most what the server gives, whatever maxRecords says', async () => {
    await people(5);
    client.org.switches({ bulkPageRows: 3 });
    const id = await done('SELECT Id FROM Contact');
    for (const path of ['', '?maxRecords=100']) {
      const page = await client.call('GET', `/jobs/query/${id}/results${path}`);
      expect(page.headers.get('sforce-numberofrecords')).toBe('3');
    }
    expect(await queryRows(client, id, 100)).toHaveLength(5);
  });

  it('promises no order, and keeps that of ORDER BY', async () => {
    const names = await people(30);
    const free = (await queryRows(client, await done('SELECT LastName FROM Contact'))).map((row) => row.LastName);
    expect(free).not.toEqual(names);
    expect(free).not.toEqual(names.toReversed());
    const sorted = await queryRows(client, await done('SELECT LastName FROM Contact ORDER BY LastName DESC'));
    expect(sorted.map((row) => row.LastName)).toEqual(names.toReversed());
  });

  it('writes empty cells for null, true and false, date-times with Z, parents by their path, quotes doubled', async () => {
    const account = await client.create('Account', { Name: 'A "B", C' });
    const id = await client.create('Contact', { LastName: 'Ü', AccountId: account, HasOptedOutOfEmail: true });
    const query =
      "SELECT Id, Email, HasOptedOutOfEmail, SystemModstamp, Account.Name FROM Contact WHERE LastName = 'Ü'";
    const job = await done(query);
    expect((await client.call('GET', `/jobs/query/${job}/results`)).text).toBe(
      `"Id","Email","HasOptedOutOfEmail","SystemModstamp","Account.Name"\n"${id}","","true","2026-03-01T12:00:00.000Z","A ""B"", C"\n`,
    );
    client.org.switches({ bulkDateTimes: 'offset' });
    const [row] = await queryRows(client, await done('SELECT SystemModstamp FROM Contact'));
    expect(row?.SystemModstamp).toBe('2026-03-01T12:00:00.000+0000');
  });

  it('has a header and no rows when nothing matches', async () => {
    const id = await done("SELECT Id, Email FROM Contact WHERE LastName = 'nobody'");
    const page = await client.call('GET', `/jobs/query/${id}/results`);
    expect([page.text, page.headers.get('sforce-locator'), page.headers.get('sforce-numberofrecords')]).toEqual([
      '"Id","Email"\n',
      'null',
      '0',
    ]);
  });

  it('queryAll shows what is in the Recycle Bin, hidden fields do not exist', async () => {
    const gone = await client.create('Contact', { LastName: 'A' });
    client.act('admin/delete', { id: gone });
    expect(await queryRows(client, await done('SELECT Id FROM Contact'))).toEqual([]);
    const all = await queryRows(client, await done('SELECT Id, IsDeleted FROM Contact', 'queryAll'));
    expect(all).toEqual([{ Id: gone, IsDeleted: 'true' }]);
    client.act('admin/hide-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    const hidden = await client.call('POST', '/jobs/query', {
      operation: 'query',
      query: 'SELECT HasOptedOutOfEmail FROM Contact',
    });
    expect([hidden.status, hidden.body[0].errorCode]).toEqual([400, 'INVALID_FIELD']);
  });

  it('refuses what the guide says bulk queries cannot do', async () => {
    const cannot = [
      'SELECT Email, COUNT(Id) FROM Contact GROUP BY Email',
      'SELECT COUNT() FROM Contact',
      'SELECT MAX(SystemModstamp) FROM Contact',
      'SELECT Id FROM Contact LIMIT 10 OFFSET 5',
      'SELECT TYPEOF Owner WHEN User THEN Email END FROM Contact',
      'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
      'SELECT MailingAddress FROM Contact',
      'SELECT FIELDS(ALL) FROM Contact LIMIT 200',
    ];
    for (const query of cannot) {
      const { status, body } = await client.call('POST', '/jobs/query', { operation: 'query', query });
      expect([query, status, body[0].errorCode]).toEqual([query, 400, 'API_ERROR']);
      expect(body[0].message).toMatch(/ not supported in Bulk Query$/);
    }
    const semiJoin = `SELECT Id FROM Contact WHERE LastName != 'OFFSET 5 GROUP BY' AND Id IN (SELECT ContactId FROM CampaignMember)`;
    expect((await client.call('POST', '/jobs/query', { operation: 'query', query: semiJoin })).status).toBe(200);
    const others: readonly (readonly [object, string])[] = [
      [{ operation: 'query', query: 'SELECT Id FROM Nope' }, 'INVALID_TYPE'],
      [{ operation: 'query', query: 'SELECT FROM' }, 'MALFORMED_QUERY'],
      [{ operation: 'query' }, 'API_ERROR'],
      [{ operation: 'delete', query: 'SELECT Id FROM Contact' }, 'INVALIDJOB'],
    ];
    for (const [body, errorCode] of others) {
      expect((await client.call('POST', '/jobs/query', body)).body[0].errorCode).toBe(errorCode);
    }
  });

  it('a wrong query, or a field that vanishes meanwhile, can fail the job instead of the call', async () => {
    client.org.switches({ bulkQueryRefusal: 'job' });
    const wrong = await ended(client, 'query', await queryJob(client, 'SELECT Nope FROM Contact'));
    expect(wrong).toMatchObject({
      state: 'Failed',
      errorMessage: expect.stringMatching(
        /^InvalidBatch : Failed to process query: INVALID_FIELD: No such column 'Nope'/,
      ),
    });
    const id = await queryJob(client, 'SELECT Email_Preference__c FROM Contact');
    client.act('admin/remove-field', { type: 'Contact', field: 'Email_Preference__c' });
    expect((await ended(client, 'query', id)).state).toBe('Failed');
    expect((await client.call('GET', `/jobs/query/${id}/results`)).status).toBe(404);
  });

  it('each part of a job shows the moment it was read: a change meanwhile is seen by later parts only', async () => {
    const ids = await Promise.all(['A', 'B'].map((LastName) => client.create('Contact', { LastName, Title: 'old' })));
    ids.sort();
    client.org.switches({ bulkPartRows: 1, bulkJobLooks: 2 });
    const job = await queryJob(client, 'SELECT Id, Title FROM Contact');
    await client.call('GET', `/jobs/query/${job}`); // a third of the way: the first part is read
    for (const id of ids) client.act('admin/edit', { id, fields: { Title: 'new' } });
    const late = await client.create('Contact', { LastName: 'C', Title: 'late' });
    await ended(client, 'query', job);
    const seen = new Map((await queryRows(client, job)).map((row) => [row.Id, row.Title]));
    expect(seen.get(ids[0])).toBe('old');
    expect(seen.get(ids[1])).toBe('new');
    expect(seen.get(late)).toBe('late');
    client.act('admin/edit', { id: late, fields: { Title: 'later' } });
    expect((await queryRows(client, job)).find((row) => row.Id === late)?.Title).toBe('late');
  });

  it('wants the results in the version that made the job, good locators, and a positive maxRecords', async () => {
    await people(2);
    const id = await done('SELECT Id FROM Contact');
    const other = await client.call('GET', `/services/data/v66.0/jobs/query/${id}/results`);
    expect([other.status, other.body[0].errorCode]).toEqual([409, 'INVALIDVERSION']);
    for (const locator of ['nonsense', 'LTE', 'MTAw', '']) {
      const page = await client.call('GET', `/jobs/query/${id}/results?locator=${locator}`);
      expect([page.status, page.body[0].errorCode]).toEqual([400, 'INVALID_QUERY_LOCATOR']);
    }
    expect((await client.call('GET', `/jobs/query/${id}/results?maxRecords=0`)).status).toBe(400);
    expect((await client.call('POST', '/services/data/v46.0/jobs/query', {})).status).toBe(404);
  });

  it('"the response body is always compressed", for a caller that accepts gzip', async () => {
    const id = await done('SELECT Id FROM Contact');
    const { url, accessToken } = client.org;
    const encoding = (accept: string) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${accessToken}`, 'accept-encoding': accept };
        const call = request(`${url}${base}/jobs/query/${id}/results`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.headers['content-encoding']);
        });
        call.on('error', reject);
        call.end();
      });
    expect(await encoding('gzip, deflate')).toBe('gzip');
    expect(await encoding('identity')).toBeUndefined();
  });
});
