import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, ingest, resultsOf, rowsOf, upload } from './bulk-client.ts';
import { type Client, open } from './client.ts';

describe('checklist 9: Bulk API 2.0 ingest jobs', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const one = async (soql: string) => (await client.query(soql)).body.records[0];
  const contact = (id: string) => one(`SELECT FIELDS(ALL) FROM Contact WHERE Id = '${id}' LIMIT 1`);
  const newJob = async (more: object = {}): Promise<string> =>
    (await client.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert', ...more })).body.id;

  it('goes from Open over UploadComplete and InProgress to JobComplete, with its counters', async () => {
    const made = await client.call('POST', '/jobs/ingest', { object: 'contact', operation: 'insert' });
    expect(made.status).toBe(200);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^750.{15}$/),
      operation: 'insert',
      object: 'Contact',
      createdById: client.org.state().users.integration,
      createdDate: '2026-03-01T12:00:00.000+0000',
      systemModstamp: '2026-03-01T12:00:00.000+0000',
      state: 'Open',
      concurrencyMode: 'Parallel',
      contentType: 'CSV',
      apiVersion: 67,
      contentUrl: `services/data/v67.0/jobs/ingest/${made.body.id}/batches`,
      lineEnding: 'LF',
      columnDelimiter: 'COMMA',
    });
    const { id, contentUrl } = made.body;
    const put = await client.send(
      'PUT',
      `/${contentUrl}`,
      'LastName,Email\nA,a@example.org\n,b@example.org\n',
      'text/csv',
    );
    expect([put.status, put.text]).toEqual([201, '']);
    const closed = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    expect([closed.status, closed.body.state]).toEqual([200, 'UploadComplete']);
    expect(closed.body.contentUrl).toBeUndefined();
    const first = await client.call('GET', `/jobs/ingest/${id}`);
    expect(first.body).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 1, jobType: 'V2Ingest' });
    const second = await client.call('GET', `/jobs/ingest/${id}`);
    expect(second.body).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 2,
      numberRecordsFailed: 1,
      retries: 0,
      totalProcessingTime: 0,
      apiActiveProcessingTime: 0,
      apexProcessingTime: 0,
    });
    expect(second.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/15000$/);
  });

  it('"sf__Id, sf__Created or sf__Error", every field quoted, "REQUIRED_FIELD_MISSING:...:Name --"', async () => {
    const id = await ingest(
      client,
      { operation: 'insert' },
      'LastName,Email\n"O""Hara, ""Ann""",a@example.org\n,b@example.org\n',
    );
    await ended(client, 'ingest', id);
    const successful = (await client.call('GET', `/jobs/ingest/${id}/successfulResults`)).text;
    const created = rowsOf(successful)[0]?.sf__Id ?? '';
    expect(successful).toBe(
      `"sf__Id","sf__Created","LastName","Email"\n"${created}","true","O""Hara, ""Ann""","a@example.org"\n`,
    );
    expect((await contact(created)).LastName).toBe('O"Hara, "Ann"');
    const failed = await client.call('GET', `/jobs/ingest/${id}/failedResults/`);
    expect(failed.headers.get('content-type')).toBe('text/csv');
    expect(failed.text).toBe(
      '"sf__Id","sf__Error","LastName","Email"\n"","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","","b@example.org"\n',
    );
    expect((await client.call('GET', `/jobs/ingest/${id}/unprocessedrecords/`)).text).toBe('"LastName","Email"\n');
  });

  it('"Null is #N/A, empty cell means leave"', async () => {
    const id = await client.create('Contact', { LastName: 'A', Title: 'Dr', Phone: '1', HasOptedOutOfEmail: true });
    const job = await ingest(client, { operation: 'update' }, `Id,Title,Phone,HasOptedOutOfEmail\n${id},#N/A,,\n`);
    await ended(client, 'ingest', job);
    expect(await contact(id)).toMatchObject({ Title: null, Phone: '1', HasOptedOutOfEmail: true });
    expect((await resultsOf(client, job)).successful).toEqual([
      { sf__Id: id, sf__Created: 'false', Id: id, Title: '#N/A', Phone: '', HasOptedOutOfEmail: '' },
    ]);
  });

  it('sets an opt-out by true or 1, and refuses what is no boolean and no null', async () => {
    const ids = await Promise.all(['A', 'B', 'C', 'D'].map((LastName) => client.create('Contact', { LastName })));
    const cells = ['true', '1', 'yes', '#N/A'];
    const csv = ids.map((id, i) => `${id},${cells[i]}\n`).join('');
    const job = await ingest(client, { operation: 'update' }, `Id,HasOptedOutOfEmail\n${csv}`);
    expect(await ended(client, 'ingest', job)).toMatchObject({ numberRecordsProcessed: 4, numberRecordsFailed: 2 });
    const { body } = await client.query('SELECT Id FROM Contact WHERE HasOptedOutOfEmail = true');
    expect(body.records.map((r: { Id: string }) => r.Id).sort()).toEqual(ids.slice(0, 2).sort());
    const errors = new Map((await resultsOf(client, job)).failed.map((row) => [row.Id, row.sf__Error]));
    expect(errors.get(ids[2])).toBe(
      "INVALID_FIELD:Failed to deserialize field at col 1. Due to, 'yes' is not a valid value for the type xsd:boolean:HasOptedOutOfEmail --",
    );
    expect(errors.get(ids[3])).toMatch(/^INVALID_TYPE_ON_FIELD_IN_RECORD:/);
  });

  it('upserts by an external id and by Id, telling what was created', async () => {
    await client.create('Contact', { LastName: 'A', Heed_Id__c: 'a' });
    const csv = 'Heed_Id__c,LastName\na,A2\nb,B\n,C\n';
    const job = await ingest(client, { operation: 'upsert', externalIdFieldName: 'heed_id__c' }, csv);
    expect((await ended(client, 'ingest', job)).externalIdFieldName).toBe('Heed_Id__c');
    const { successful, failed } = await resultsOf(client, job);
    const created = new Map(successful.map((row) => [row.Heed_Id__c, row.sf__Created]));
    expect([created.get('a'), created.get('b')]).toEqual(['false', 'true']);
    expect(failed.map((row) => row.sf__Error)).toEqual(['MISSING_ARGUMENT:Heed_Id__c not specified:--']);
    const known = successful.find((row) => row.Heed_Id__c === 'a')?.sf__Id ?? '';
    const byId = await ingest(
      client,
      { operation: 'upsert', externalIdFieldName: 'Id' },
      `Id,LastName\n${known},A3\n,D\n`,
    );
    await ended(client, 'ingest', byId);
    const again = (await resultsOf(client, byId)).successful;
    expect(again.map((row) => `${row.LastName} ${row.sf__Created}`).sort()).toEqual(['A3 false', 'D true']);
    expect((await contact(known)).LastName).toBe('A3');
  });

  it('deletes into the Recycle Bin, by a file of ids only', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    const job = await ingest(client, { operation: 'delete' }, `Id\n${id}\n003000000000000AAA\n`);
    expect(await ended(client, 'ingest', job)).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 1 });
    const { body } = await client.call('GET', `/queryAll?q=${encodeURIComponent('SELECT Id, IsDeleted FROM Contact')}`);
    expect(body.records).toMatchObject([{ Id: id, IsDeleted: true }]);
    const more = await ingest(client, { operation: 'delete' }, `Id,LastName\n${id},A\n`);
    expect(await ended(client, 'ingest', more)).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Delete batch must contain only ids',
    });
  });

  it('has the same checks as collections: locks, converted leads, deleted records, duplicates, rights, lengths', async () => {
    const [locked, gone, plain] = await Promise.all(
      ['A', 'B', 'C'].map((LastName) => client.create('Contact', { LastName })),
    );
    client.act('admin/lock', { id: locked });
    client.act('admin/delete', { id: gone });
    await client.create('Contact', { LastName: 'Twin', Email: 'twin@example.org', Heed_Id__c: 'taken' });
    client.org.switches({ duplicateRule: 'alert' });
    const csv = [
      'Id,Email,Heed_Id__c,Title',
      `${locked},,,x`,
      `${gone},,,x`,
      `${plain},twin@example.org,,x`,
      `${plain},,taken,x`,
      `${plain},not an address,,x`,
      `${plain},,,${'x'.repeat(200)}`,
      'nonsense,,,x',
    ].join('\n');
    const job = await ingest(client, { operation: 'update' }, csv);
    await ended(client, 'ingest', job);
    const { failed } = await resultsOf(client, job);
    expect(failed.map((row) => row.sf__Error?.split(':')[0]).sort()).toEqual([
      'DUPLICATES_DETECTED',
      'DUPLICATE_VALUE',
      'ENTITY_IS_DELETED',
      'INVALID_EMAIL_ADDRESS',
      'MALFORMED_ID',
      'STRING_TOO_LONG',
      'UNABLE_TO_LOCK_ROW',
    ]);
    const lead = await client.create('Lead', { LastName: 'L', Company: 'C' });
    client.act('admin/convert', { id: lead });
    client.act('admin/read-only-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    const other = await client.create('Lead', { LastName: 'M', Company: 'C' });
    const leads = await ingest(client, { object: 'Lead', operation: 'update' }, `Id,Title\n${lead},x\n`);
    const rights = await ingest(
      client,
      { object: 'Lead', operation: 'update' },
      `Id,HasOptedOutOfEmail\n${other},true\n`,
    );
    await ended(client, 'ingest', leads);
    await ended(client, 'ingest', rights);
    expect((await resultsOf(client, leads)).failed[0]?.sf__Error).toMatch(/^CANNOT_UPDATE_CONVERTED_LEAD:/);
    expect((await resultsOf(client, rights)).failed[0]?.sf__Error).toMatch(
      /^INVALID_FIELD_FOR_INSERT_UPDATE:.*:HasOptedOutOfEmail --$/,
    );
  });

  it('stamps what it wrote with the moment and the user of the job', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.org.clock.advance(60_000);
    const job = await ingest(client, { operation: 'update' }, `Id,Title\n${id},x\n`);
    client.org.clock.advance(60_000);
    expect((await contact(id)).SystemModstamp).toBe('2026-03-01T12:02:00.000+0000');
    expect((await contact(id)).LastModifiedById).toBe(client.org.state().users.integration);
    expect((await ended(client, 'ingest', job)).totalProcessingTime).toBe(60_000);
  });

  it('a column nobody knows, or may not see, fails the job before its first row', async () => {
    const unknown = await ingest(client, { operation: 'insert' }, 'LastName,Nope__c\nA,x\n');
    expect(await ended(client, 'ingest', unknown)).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Field name not found : Nope__c',
      numberRecordsProcessed: 0,
    });
    expect((await resultsOf(client, unknown)).unprocessed).toEqual([{ LastName: 'A', Nope__c: 'x' }]);
    const id = await client.create('Contact', { LastName: 'A' });
    client.act('admin/hide-field', { type: 'Contact', field: 'Title' });
    const hidden = await ingest(client, { operation: 'update' }, `Id,Title\n${id},x\n`);
    expect((await ended(client, 'ingest', hidden)).errorMessage).toBe('InvalidBatch : Field name not found : Title');
    client.org.switches({ bulkHiddenColumn: 'record' });
    const byRow = await ingest(client, { operation: 'update' }, `Id,Title\n${id},x\n`);
    expect(await ended(client, 'ingest', byRow)).toMatchObject({ state: 'JobComplete', numberRecordsFailed: 1 });
    const noId = await ingest(client, { operation: 'update' }, 'LastName\nB\n');
    expect((await ended(client, 'ingest', noId)).errorMessage).toBe('InvalidBatch : Field name not found : Id');
  });

  it('reads the delimiter and line ending the job was made for, and fails at others', async () => {
    const csv = 'LastName;Description\r\nA;"two\r\nlines; one cell"\r\n';
    const job = await ingest(client, { operation: 'insert', columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' }, csv);
    await ended(client, 'ingest', job);
    const { text } = await client.call('GET', `/jobs/ingest/${job}/successfulResults`);
    expect(rowsOf(text, ';')[0]).toMatchObject({ LastName: 'A', Description: 'two\r\nlines; one cell' });
    expect(text.startsWith('"sf__Id";"sf__Created";"LastName";"Description"\r\n')).toBe(true);
    const wrong = await ingest(client, { operation: 'insert' }, 'LastName\r\nA\r\n');
    expect((await ended(client, 'ingest', wrong)).errorMessage).toBe(
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF',
    );
    const ragged = await ingest(client, { operation: 'insert' }, 'LastName,Title\nA\n');
    expect(await ended(client, 'ingest', ragged)).toMatchObject({ state: 'Failed', numberRecordsProcessed: 0 });
    const broken = await ingest(client, { operation: 'insert' }, 'LastName\n"A" b\n');
    expect((await ended(client, 'ingest', broken)).errorMessage).toMatch(/^ClientInputError : Failed to parse CSV/);
  });

  it('takes one upload, as text/csv, while open, not empty, not too large', async () => {
    const id = await newJob();
    const json = await client.send('PUT', `/jobs/ingest/${id}/batches`, 'LastName\nA\n', 'application/json');
    expect([json.status, json.body[0].errorCode]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    const none = await upload(client, id, '');
    expect([none.status, none.body[0].errorCode]).toEqual([400, 'CLIENTINPUTERROR']);
    const early = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    expect([early.status, early.body[0].errorCode]).toEqual([400, 'CLIENTINPUTERROR']);
    client.org.switches({ bulkUploadBytes: 16 });
    expect((await upload(client, id, 'LastName\nABCD')).status).toBe(400); // 13 bytes are 20 in base64
    expect((await upload(client, id, 'LastName\nABC')).status).toBe(201); // 12 are 16
    expect((await upload(client, id, 'LastName\nABC')).status).toBe(201);
    const closed = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    expect(closed.status).toBe(400);
    expect(closed.body[0]).toMatchObject({
      errorCode: 'INVALIDJOB',
      message: expect.stringContaining("only do 'PUT' once"),
    });
    await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' });
    const late = await upload(client, id, 'LastName\nA\n');
    expect([late.status, late.body[0].errorCode]).toEqual([400, 'INVALIDJOBSTATE']);
  });

  it('refuses jobs that cannot be', async () => {
    const refusals: readonly (readonly [object, string])[] = [
      [{ object: 'Nope', operation: 'insert' }, 'INVALIDENTITY'],
      [{ object: 'ContactHistory', operation: 'insert' }, 'INVALIDENTITY'],
      [{ object: 'Contact', operation: 'merge' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'hardDelete' }, 'FEATURENOTENABLED'],
      [{ object: 'Contact', operation: 'upsert' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'upsert', externalIdFieldName: 'LastName' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'update', externalIdFieldName: 'Heed_Id__c' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'insert', columnDelimiter: 'DOT' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'insert', lineEnding: 'CR' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'insert', contentType: 'JSON' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'insert', speed: 'fast' }, 'API_ERROR'],
    ];
    for (const [request, errorCode] of refusals) {
      const { status, body } = await client.call('POST', '/jobs/ingest', request);
      expect([request, status, body[0].errorCode]).toEqual([request, 400, errorCode]);
    }
    expect(
      (await client.call('POST', '/services/data/v40.0/jobs/ingest', { object: 'Contact', operation: 'insert' }))
        .status,
    ).toBe(404);
    expect((await client.call('GET', '/jobs/ingest/750000000000000AAA')).status).toBe(404);
  });

  it('"Order of records is not guaranteed": results come in an order of their own', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `N${i}`);
    const job = await ingest(client, { operation: 'insert' }, `LastName\n${names.join('\n')}\n`);
    await ended(client, 'ingest', job);
    const given = (await resultsOf(client, job)).successful.map((row) => row.LastName);
    expect(given).not.toEqual(names);
    expect([...given].sort()).toEqual([...names].sort());
  });
});
