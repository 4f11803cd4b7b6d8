// The faults of asynchronous batches: each kind does what the sandbox's README says, and nothing else.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { asyncCalls, download, entriesOf, ids, type Operation, rowsAt } from './async-calls.ts';
import { type Mailchimp, start } from './client.ts';

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}`);

const adding = (mailchimp: Mailchimp, name: string): Operation => ({
  method: 'POST',
  path: `/lists/${mailchimp.audience}/members`,
  body: JSON.stringify({ email_address: `${name}@example.org`, status: 'subscribed' }),
  operation_id: name,
});

const membersOf = (mailchimp: Mailchimp): number =>
  mailchimp.state().audiences.get(mailchimp.audience)?.members.size ?? -1;

async function submitted(kind: string, details: Readonly<Record<string, unknown>> = {}, count = 4) {
  const mailchimp = await start();
  mailchimp.faults([{ kind, details, count: 1 }]);
  const answer = await asyncCalls(mailchimp).submit(names(count).map((name) => adding(mailchimp, name)));
  return { mailchimp, answer, id: answer.body.id as string };
}

describe('batches that go wrong', () => {
  test.each([
    ['started', undefined, 2],
    ['started', 3, 3],
    ['pending', undefined, 0],
    ['preprocessing', undefined, 0],
    ['finalizing', undefined, 4],
  ])('async-stuck in %s (after: %s) has carried out %s operations for ever', async (status, after, done) => {
    const { mailchimp, id } = await submitted('async-stuck', { status, ...(after === undefined ? {} : { after }) });
    const { look, finished } = asyncCalls(mailchimp);
    mailchimp.clock.advance(30 * 86_400_000);
    expect((await look(id)).body).toMatchObject({ status, finished_operations: done, response_body_url: '' });
    expect(membersOf(mailchimp)).toBe(done);
    expect((await finished([adding(mailchimp, 'next')])).status).toBe('finished'); // it blocks nobody else
  });

  test.each([
    [false, 0],
    [true, 4],
  ])('async-lost is accepted, then 404 (applied: %s: %s members)', async (applied, members) => {
    const { mailchimp, answer, id } = await submitted('async-lost', { applied });
    expect([answer.status, answer.body.status]).toEqual([200, 'pending']);
    mailchimp.clock.advance(3_600_000);
    const { look, list } = asyncCalls(mailchimp);
    expect([(await look(id)).status, (await list()).body.total_items]).toEqual([404, 0]);
    expect(membersOf(mailchimp)).toBe(members);
  });

  test('async-failing: every other operation is not carried out and says so', async () => {
    const { mailchimp, id } = await submitted('async-failing', { status: 429 });
    mailchimp.clock.advance(3_600_000);
    const { body } = await asyncCalls(mailchimp).look(id);
    expect([body.finished_operations, body.errored_operations, membersOf(mailchimp)]).toEqual([4, 2, 2]);
    const rows = await rowsAt(body.response_body_url);
    expect(rows.map((row) => row.status_code)).toEqual([200, 429, 200, 429]);
    expect(JSON.parse(rows[1]?.response ?? '').title).toBe('Too Many Requests');
  });
});

/** The link of a finished batch of four that a fault has spoiled, and the next link, which is whole. */
async function spoiled(kind: string, details: Readonly<Record<string, unknown>> = {}) {
  const mailchimp = await start();
  const { finished, look } = asyncCalls(mailchimp);
  mailchimp.faults([{ kind, details, count: 1 }]);
  const batch = await finished(names(4).map((name) => adding(mailchimp, name)));
  const next = (await look(batch.id)).body.response_body_url as string;
  expect(ids(await rowsAt(next)).toSorted()).toEqual(names(4));
  return { mailchimp, link: batch.response_body_url as string, batch };
}

describe('archives that go wrong: a rule with a count spoils one link, a fresh one is whole', () => {
  test('results-missing: half of the operations have none, though all are said to be finished', async () => {
    const { link, batch } = await spoiled('results-missing');
    expect([batch.finished_operations, (await rowsAt(link)).length]).toEqual([4, 2]);
    expect(await rowsAt((await spoiled('results-missing', { every: 1 })).link)).toEqual([]);
  });

  test('results-doubled: every other row twice, or once more with the opposite', async () => {
    const rows = await rowsAt((await spoiled('results-doubled')).link);
    expect([rows.length, new Set(ids(rows)).size]).toEqual([6, 4]);
    const torn = await rowsAt((await spoiled('results-doubled', { contradicting: true })).link);
    expect(torn.map((row) => row.status_code).toSorted()).toEqual([200, 200, 200, 200, 500, 500]);
  });

  test('results-foreign: ids that nobody gave', async () => {
    const rows = await rowsAt((await spoiled('results-foreign')).link);
    expect(ids(rows).filter((id) => !names(4).includes(id ?? ''))).toEqual(['foreign-1', 'foreign-3']);
  });

  test('archive-corrupt is no gzip, archive-truncated no whole tar, archive-not-json no JSON', async () => {
    const corrupt = (await download((await spoiled('archive-corrupt')).link)).bytes;
    expect(() => gunzipSync(corrupt)).toThrow();
    const cut = (await download((await spoiled('archive-truncated')).link)).bytes;
    expect(gunzipSync(cut).length % 512).toBe(256);
    await expect(entriesOf(cut)).rejects.toThrow();
    await expect(rowsAt((await spoiled('archive-not-json')).link)).rejects.toThrow(SyntaxError);
  });

  test('archive-huge: one entry that unpacks to far more than came over the wire', async () => {
    const { bytes } = await download((await spoiled('archive-huge', { bytes: 8 * 1024 * 1024 })).link);
    expect(bytes.length).toBeLessThan(50_000);
    expect((await entriesOf(bytes)).map(({ header }) => header.size)).toContain(8 * 1024 * 1024);
  });

  test('archive-names: names that lead out of the folder, and a link', async () => {
    const entries = await entriesOf((await download((await spoiled('archive-names')).link)).bytes);
    expect(entries.filter(({ header }) => header.type === 'symlink')).toHaveLength(1);
    expect(entries.some(({ header }) => header.name.startsWith('../../../../tmp/'))).toBe(true);
    expect(entries.some(({ header }) => header.name.startsWith('/tmp/'))).toBe(true);
  });

  test('archive-expired, archive-error, archive-reset', async () => {
    expect((await download((await spoiled('archive-expired')).link)).status).toBe(403);
    expect((await download((await spoiled('archive-error')).link)).status).toBe(503);
    await expect(download((await spoiled('archive-reset')).link)).rejects.toThrow();
  });

  test('archive-stalled sends half and no more; the sandbox can be closed all the same', async () => {
    const { mailchimp, link } = await spoiled('archive-stalled');
    const response = await fetch(link);
    const reader = response.body?.getReader();
    const first = (await reader?.read())?.value?.length ?? 0;
    const length = Number(response.headers.get('content-length'));
    expect([first > 0, first < length]).toEqual([true, true]);
    const rest = reader?.read().then(
      () => 'more',
      () => 'cut off',
    );
    await mailchimp.close();
    expect(await rest).toBe('cut off');
  });

  test('archive-transcoded: a client of HTTP unpacks the gzip, and holds a bare tar', async () => {
    const { bytes } = await download((await spoiled('archive-transcoded')).link);
    expect((await unpackTar(bytes, { strict: true })).map(({ header }) => header.type)).toEqual([
      'directory',
      'file',
      'file',
    ]);
  });

  test('archive-host and archive-redirect lead to somebody else, who must never be asked', async () => {
    expect(new URL((await spoiled('archive-host')).link).origin).toBe('https://batch-results.example');
    const asked: string[] = [];
    const stranger = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => {
      stranger.listen(0, '127.0.0.1', resolve);
    });
    const origin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const { link } = await spoiled('archive-host', { origin });
    expect(link).toMatch(new RegExp(`^${origin}/[0-9a-f]{10}-response.tar.gz[?]`));
    const redirect = await download((await spoiled('archive-redirect', { location: `${origin}/x` })).link);
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, `${origin}/x`]);
    expect(asked).toEqual([]);
    await new Promise((resolve) => {
      stranger.close(resolve);
    });
  });
});
