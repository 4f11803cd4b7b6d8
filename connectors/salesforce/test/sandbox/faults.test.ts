import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { faultKinds } from '../../sandbox/routes/fault-kinds.ts';
import { ended, ingest, queryJob, queryRows, resultsOf, rowsOf, upload } from './bulk-client.ts';
import { base, type Client, open } from './client.ts';

describe('faults of this vendor', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const data = '/services/data/{version}';
  const fault = (kind: (typeof faultKinds)[number], route: string, more: object = {}) =>
    client.org.faults([{ kind, route: `${route.replace(' /', ` ${data}/`)}`, ...more }]);
  const people = async (count: number): Promise<readonly string[]> => {
    const records = Array.from({ length: count }, (_, i) => ({ attributes: { type: 'Contact' }, LastName: `N${i}` }));
    const { body } = await client.call('POST', '/composite/sobjects', { records });
    return body.map((one: { id: string }) => one.id);
  };
  const count = async (object = 'Contact') => (await client.query(`SELECT COUNT() FROM ${object}`)).body.totalSize;
  const insert = () => ingest(client, { operation: 'insert' }, 'LastName\nA\nB\nC\nD\n');

  describe('bulk jobs', () => {
    it('bulk-job-stuck: half of it is done, and it stays InProgress until it is aborted', async () => {
      fault('bulk-job-stuck', 'PATCH /jobs/ingest/{id}', { count: 1 });
      const id = await insert();
      for (let look = 0; look < 5; look += 1) {
        client.org.clock.advance(3_600_000);
        expect((await client.call('GET', `/jobs/ingest/${id}`)).body).toMatchObject({
          state: 'InProgress',
          numberRecordsProcessed: 2,
        });
      }
      expect((await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' })).status).toBe(200);
      expect(await count()).toBe(2);
      expect(await ended(client, 'ingest', await insert())).toMatchObject({ state: 'JobComplete' });
      fault('bulk-job-stuck', 'POST /jobs/query', { details: { at: 0.1 } });
      const query = await queryJob(client, 'SELECT Id FROM Contact');
      client.org.clock.advance(3_600_000);
      expect((await client.call('GET', `/jobs/query/${query}`)).body.state).toBe('InProgress');
    });

    it('bulk-job-failed: what was done stays, the rest is unprocessed', async () => {
      fault('bulk-job-failed', 'PATCH /jobs/ingest/{id}', { details: { at: 0.25 } });
      const id = await insert();
      expect(await ended(client, 'ingest', id)).toMatchObject({
        state: 'Failed',
        errorMessage: 'InternalServerError : An unexpected error occurred',
        numberRecordsProcessed: 1,
        numberRecordsFailed: 0,
      });
      const { successful, unprocessed } = await resultsOf(client, id);
      expect([successful.map((row) => row.LastName), unprocessed.map((row) => row.LastName)]).toEqual([
        ['A'],
        ['B', 'C', 'D'],
      ]);
      expect(await count()).toBe(1);
    });

    it('bulk-job-aborted, and admin/abort-job: an administrator cancels it', async () => {
      fault('bulk-job-aborted', 'PATCH /jobs/ingest/{id}', { count: 1 });
      const id = await insert();
      expect(await ended(client, 'ingest', id)).toMatchObject({ state: 'Aborted', numberRecordsProcessed: 2 });
      const other = await insert();
      client.act('admin/abort-job', { id: other });
      expect(await ended(client, 'ingest', other)).toMatchObject({ state: 'Aborted', numberRecordsProcessed: 0 });
      expect(() => client.act('admin/abort-job', { id: other })).toThrow('has ended');
      fault('bulk-job-aborted', 'POST /jobs/query');
      const query = await queryJob(client, 'SELECT Id FROM Contact');
      expect((await ended(client, 'query', query)).state).toBe('Aborted');
      expect((await client.call('GET', `/jobs/query/${query}/results`)).status).toBe(404);
    });

    it('partial-batch at closing: chosen rows of the job fail', async () => {
      fault('partial-batch', 'PATCH /jobs/ingest/{id}', {
        details: { indexes: [1], statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' },
      });
      const id = await insert();
      await ended(client, 'ingest', id);
      const { failed, successful } = await resultsOf(client, id);
      expect([failed.map((row) => row.LastName), successful.length]).toEqual([['B'], 3]);
      expect(failed[0]?.sf__Error).toMatch(/^FIELD_CUSTOM_VALIDATION_EXCEPTION:/);
    });

    it('bulk-upload-lost: 503, and the upload was stored, or was not', async () => {
      const newJob = async () =>
        (await client.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert' })).body.id;
      const close = (id: string) => client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
      fault('bulk-upload-lost', 'PUT /jobs/ingest/{id}/batches', { count: 1 });
      const before = await newJob();
      expect((await upload(client, before, 'LastName\nA\n')).status).toBe(503);
      expect((await close(before)).status).toBe(400);
      expect((await upload(client, before, 'LastName\nA\n')).status).toBe(201);
      expect((await close(before)).status).toBe(200);
      fault('bulk-upload-lost', 'PUT /jobs/ingest/{id}/batches', { count: 1, details: { stored: true } });
      const after = await newJob();
      expect((await upload(client, after, 'LastName\nB\n')).status).toBe(503);
      expect((await upload(client, after, 'LastName\nB\n')).status).toBe(201);
      expect((await close(after)).body[0].errorCode).toBe('INVALIDJOB');
      expect((await ended(client, 'ingest', before)).numberRecordsProcessed).toBe(1);
      expect(await count()).toBe(1);
    });

    it('a job whose answer was lost is in the list of jobs', async () => {
      client.org.faults([{ kind: 'reset-after', route: `POST ${data}/jobs/ingest`, count: 1 }]);
      await expect(client.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert' })).rejects.toThrow();
      const { body } = await client.call('GET', '/jobs/ingest');
      expect(body.records).toMatchObject([{ object: 'Contact', operation: 'insert', state: 'Open' }]);
    });

    it('bulk-results-truncated: the CSV ends early, as if it were whole', async () => {
      await people(10);
      const id = await queryJob(client, 'SELECT Id, LastName FROM Contact');
      await ended(client, 'query', id);
      fault('bulk-results-truncated', 'GET /jobs/query/{id}/results', { count: 1 });
      const cut = await client.call('GET', `/jobs/query/${id}/results`);
      expect([cut.status, cut.headers.get('sforce-numberofrecords'), cut.headers.get('sforce-locator')]).toEqual([
        200,
        '10',
        'null',
      ]);
      const whole = await client.call('GET', `/jobs/query/${id}/results`);
      expect(whole.text.startsWith(cut.text)).toBe(true);
      expect(cut.text.length).toBe(Math.floor(whole.text.length / 2));
      const write = await insert();
      await ended(client, 'ingest', write);
      fault('bulk-results-truncated', 'GET /jobs/ingest/{id}/successfulResults', { details: { keep: 0.9 } });
      const { text } = await client.call('GET', `/jobs/ingest/${write}/successfulResults`);
      expect(text.endsWith('\n')).toBe(false);
    });

    it('bulk-results-missing: fewer rows than the counters say', async () => {
      await people(4);
      const id = await queryJob(client, 'SELECT Id FROM Contact');
      await ended(client, 'query', id);
      fault('bulk-results-missing', 'GET /jobs/query/{id}/results');
      const page = await client.call('GET', `/jobs/query/${id}/results`);
      expect([rowsOf(page.text).length, page.headers.get('sforce-numberofrecords')]).toEqual([2, '4']);
      const write = await insert();
      const { numberRecordsProcessed } = await ended(client, 'ingest', write);
      fault('bulk-results-missing', 'GET /jobs/ingest/{id}/successfulResults', { details: { every: 4 } });
      expect([(await resultsOf(client, write)).successful.length, numberRecordsProcessed]).toEqual([3, 4]);
    });

    it('bulk-locator-expired: the next page cannot be read', async () => {
      await people(3);
      const id = await queryJob(client, 'SELECT Id FROM Contact');
      await ended(client, 'query', id);
      fault('bulk-locator-expired', 'GET /jobs/query/{id}/results', { count: 1 });
      await expect(queryRows(client, id, 1)).rejects.toThrow('INVALID_QUERY_LOCATOR');
      expect(await queryRows(client, id, 1)).toHaveLength(3);
    });
  });

  describe('queries and collections', () => {
    it('expired-locator: 400 INVALID_QUERY_LOCATOR, for good', async () => {
      client.org.switches({ pageSize: 2 });
      await people(5);
      const { nextRecordsUrl } = (await client.query('SELECT Id FROM Contact')).body;
      fault('expired-locator', 'GET /query/{locator}', { count: 1 });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const { status, body } = await client.call('GET', nextRecordsUrl);
        expect([status, body[0].errorCode]).toEqual([400, 'INVALID_QUERY_LOCATOR']);
      }
    });

    it('repeating-next-link: the page names itself as the next', async () => {
      client.org.switches({ pageSize: 2 });
      await people(3);
      const { nextRecordsUrl } = (await client.query('SELECT Id FROM Contact')).body;
      fault('repeating-next-link', 'GET /query/{locator}');
      const { body } = await client.call('GET', nextRecordsUrl);
      expect([body.done, body.nextRecordsUrl]).toEqual([false, nextRecordsUrl]);
    });

    it('foreign-next-link: another host, another path, or any address', async () => {
      await people(1);
      const next = async (details?: object) => {
        fault('foreign-next-link', 'GET /query', details ? { details } : {});
        return (await client.query('SELECT Id FROM Contact')).body.nextRecordsUrl;
      };
      expect(await next()).toMatch(/^https:\/\/elsewhere\.example\.org\/services\/data\/v67\.0\/query\//);
      expect(await next({ as: 'path' })).toBe(`${base}/sobjects/User/${client.org.state().users.integration}`);
      expect(await next({ url: '//127.0.0.1:1/x' })).toBe('//127.0.0.1:1/x');
      await insert();
      fault('foreign-next-link', 'GET /jobs/ingest');
      expect((await client.call('GET', '/jobs/ingest')).body).toMatchObject({
        done: false,
        nextRecordsUrl: expect.stringContaining('elsewhere.example.org'),
      });
    });

    it('reads-empty: no rows, though there are', async () => {
      await people(2);
      client.org.faults([
        { kind: 'reads-empty', route: `GET ${data}/query`, count: 1 },
        { kind: 'reads-empty', route: `POST ${data}/jobs/query`, count: 1 },
      ]);
      expect((await client.query('SELECT Id FROM Contact')).body).toEqual({ totalSize: 0, done: true, records: [] });
      const id = await queryJob(client, 'SELECT Id FROM Contact');
      expect(await ended(client, 'query', id)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 0 });
      expect(await queryRows(client, id)).toEqual([]);
      expect(await count()).toBe(2);
    });

    it('error-in-200: success in the status, an error in the body, nothing done', async () => {
      fault('error-in-200', 'POST /composite/sobjects', { count: 1 });
      const records = [{ attributes: { type: 'Contact' }, LastName: 'A' }];
      const answer = await client.call('POST', '/composite/sobjects', { records });
      expect([answer.status, answer.body]).toEqual([
        200,
        [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' }],
      ]);
      expect(await count()).toBe(0);
      fault('error-in-200', 'GET /jobs/{kind}', { details: { errorCode: 'SERVER_UNAVAILABLE' } });
      expect((await client.call('GET', '/jobs/query')).body[0].errorCode).toBe('SERVER_UNAVAILABLE');
    });

    it('fewer-results and reordered-results: everything is done, the answer does not fit the request', async () => {
      const records = ['A', 'B', 'C'].map((LastName) => ({ attributes: { type: 'Contact' }, LastName }));
      fault('fewer-results', 'POST /composite/sobjects', { count: 1 });
      expect((await client.call('POST', '/composite/sobjects', { records })).body).toHaveLength(2);
      expect(await count()).toBe(3);
      const ids = await people(3);
      fault('reordered-results', 'POST /composite/sobjects/Contact');
      const read = (await client.call('POST', '/composite/sobjects/Contact', { ids, fields: ['Id'] })).body;
      expect(read.map((one: { Id: string }) => one.Id)).toEqual(ids.toReversed());
    });
  });

  describe('what somebody else did between two calls', () => {
    it('field-vanished: a custom field is deleted, a standard one hidden', async () => {
      const soql = 'SELECT Title, Email_Preference__c FROM Contact';
      expect((await client.query(soql)).status).toBe(200);
      fault('field-vanished', 'GET /query', { details: { type: 'Contact', field: 'Email_Preference__c' } });
      const { status, body } = await client.query(soql);
      expect([status, body[0].errorCode]).toEqual([400, 'INVALID_FIELD']);
      fault('field-vanished', 'GET /query', { count: 1, details: { type: 'Contact', field: 'Title' } });
      expect((await client.query('SELECT Title FROM Contact')).status).toBe(400);
      const { fields } = (await client.call('GET', '/sobjects/Contact/describe')).body;
      const names = fields.map((field: { name: string }) => field.name);
      expect(names).not.toContain('Title');
      expect(names).not.toContain('Email_Preference__c');
      client.act('admin/grant', { type: 'Contact', field: 'Title' });
      expect((await client.query('SELECT Title FROM Contact')).status).toBe(200);
    });

    it('field-retyped: the same name, another type, and values that follow', async () => {
      const id = await client.create('Contact', { LastName: 'A', Newsletter_Opt_Out__c: true });
      fault('field-retyped', 'GET /query', {
        count: 1,
        details: { type: 'Contact', field: 'Newsletter_Opt_Out__c', fieldType: 'string' },
      });
      const soql = `SELECT Newsletter_Opt_Out__c FROM Contact WHERE Id = '${id}'`;
      expect((await client.query(soql)).body.records[0].Newsletter_Opt_Out__c).toBe('true');
      const { fields } = (await client.call('GET', '/sobjects/Contact/describe')).body;
      const field = fields.find((one: { name: string }) => one.name === 'Newsletter_Opt_Out__c');
      expect([field.type, field.soapType]).toEqual(['string', 'xsd:string']);
      client.act('admin/retype-field', { type: 'Contact', field: 'Newsletter_Opt_Out__c', fieldType: 'boolean' });
      expect((await client.query(soql)).body.records[0].Newsletter_Opt_Out__c).toBe(true);
    });

    it('list-deleted: the campaign and its members go, between two calls', async () => {
      const { id: campaign } = client.act('admin/campaign', { name: 'News' });
      await client.create('Contact', { LastName: 'A', Email: 'a@example.org' });
      client.act('admin/add-member', { campaign, email: 'a@example.org' });
      fault('list-deleted', 'GET /query', { after: 1, details: { campaign: 'News' } });
      expect(await count('CampaignMember')).toBe(1);
      expect(await count('CampaignMember')).toBe(0);
      expect(await count('Campaign')).toBe(0);
    });

    it('token-rotated: access and refresh token are useless, only the other one knows the new', async () => {
      const { clientId, clientSecret, refreshToken } = client.org.state().credentials;
      const refresh = (token: string) =>
        client.token({
          grant_type: 'refresh_token',
          refresh_token: token,
          client_id: clientId,
          client_secret: clientSecret,
        });
      fault('token-rotated', 'GET /query', { count: 1 });
      const { status, body } = await client.query('SELECT Id FROM Contact');
      expect([status, body[0].errorCode]).toEqual([401, 'INVALID_SESSION_ID']);
      const old = await refresh(refreshToken);
      expect([old.status, old.body]).toEqual([
        400,
        { error: 'invalid_grant', error_description: 'expired access/refresh token' },
      ]);
      const known = client.org.state().credentials.refreshToken;
      expect(known).not.toBe(refreshToken);
      client.useToken((await refresh(known)).body.access_token);
      expect((await client.query('SELECT Id FROM Contact')).status).toBe(200);
    });
  });
});
