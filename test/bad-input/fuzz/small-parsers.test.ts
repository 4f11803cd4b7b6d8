import { gzipSync } from 'node:zlib';
import { ConnectorError } from '@heed/contract';
import { momentIn, readCursor, refusalOf, retryAfterMs } from '@heed/toolkit';
import fc from 'fast-check';
import { packTar } from 'modern-tar';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readArchive } from '../../../connectors/mailchimp/src/bulk/archive.ts';
import { createResults } from '../../../connectors/mailchimp/src/bulk/results.ts';
import { readTicket } from '../../../connectors/mailchimp/src/bulk/ticket.ts';
import { errorOf, errorOfBatchItem } from '../../../connectors/mailchimp/src/errors.ts';
import { batchAnswerOf, timeOf } from '../../../connectors/mailchimp/src/wire.ts';
import { ops, signal } from '../../../connectors/mailchimp/test/support.ts';
import { bulkApi } from '../../../connectors/salesforce/src/bulk-api.ts';
import { bulkJobs } from '../../../connectors/salesforce/src/bulk-jobs.ts';
import { readCsv } from '../../../connectors/salesforce/src/csv.ts';
import { failureOf, refusalOfRow, rowErrorIn, vendorError } from '../../../connectors/salesforce/src/failure.ts';
import { jobPlaceIn } from '../../../connectors/salesforce/src/job-place.ts';
import type { SdkAnswer, SdkRequest } from '../../../connectors/salesforce/src/sdk.ts';
import { vendorClock } from '../../../packages/toolkit/src/vendor-clock.ts';
import { anyJson, type Mutation, mutated, mutation } from './odd-json.ts';
import { CANARY, faultOfOutcome, requireHarmless } from './row-form.ts';
import { runs } from './runs.ts';

// The parsers that stand alone: errors, dates, headers, tickets, places, tables and archives.

afterEach(() => vi.unstubAllGlobals());

const EMAIL = `ann.${CANARY}@example.org`;
const status = fc.constantFrom(
  200,
  204,
  301,
  400,
  401,
  403,
  404,
  405,
  408,
  412,
  414,
  422,
  426,
  429,
  500,
  502,
  503,
  599,
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '0', '-1', 'NaN', '1e999', '2099', '9'.repeat(400), 'Wed, 21 Oct 2099 07:28:00 GMT'),
);
const check = <T>(values: fc.Arbitrary<T>, usually: number, property: (value: T) => void): void =>
  fc.assert(fc.property(values, property), runs(usually) as fc.Parameters<[T]>);
const isShort = (text: string): boolean => text.length < 600;

describe('errors', () => {
  const problem = {
    type: 'x',
    title: 'Invalid Resource',
    status: 400,
    detail: `${EMAIL} is already a list member`,
    instance: 'i',
    errors: [{ field: 'FNAME', message: `${CANARY} is too long` }],
  };
  const body = fc.oneof(
    anyJson,
    fc.array(mutation, { maxLength: 3 }).map((all) => mutated(problem, all)),
  );

  it('of Mailchimp say what is wrong in words of ours', () => {
    check(
      fc.tuple(
        status,
        body,
        anyText,
        anyText,
        fc.constantFrom('application/json', 'application/problem+json', 'text/html', ''),
      ),
      800,
      ([code, answer, retryAfter, date, contentType]) => {
        const error = requireHarmless(
          errorOf('members', { kind: 'answer', status: code, contentType, retryAfter, date, body: answer }),
        );
        expect(isShort(error.message)).toBe(true);
        expect(error.details.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
        requireHarmless(new ConnectorError('invalid', JSON.stringify(refusalOf(error))));
      },
    );
  });

  it('of one item of a batch of Mailchimp', () => {
    check(fc.tuple(body, anyJson), 400, ([answer, lists]) => {
      const given = { new_members: [], updated_members: [], errors: [answer, lists] };
      for (const one of batchAnswerOf('add members', given).errors)
        requireHarmless(errorOfBatchItem('add members', one));
    });
  });

  const errors = [{ errorCode: 'INVALID_FIELD', message: `No such column '${CANARY}' of ${EMAIL}`, fields: ['Email'] }];
  it('of Salesforce say what is wrong in words of ours', () => {
    const text = fc.oneof(
      fc.array(mutation, { maxLength: 3 }).map((all) => JSON.stringify(mutated(errors, all)) ?? ''),
      anyText,
    );
    check(fc.tuple(status, text, anyText), 800, ([code, answer, retryAfter]) => {
      const error = failureOf(
        'query',
        { status: code, headers: { 'retry-after': retryAfter }, body: undefined, text: answer },
        0,
      );
      // The name of a column that does not exist is shown: it is the profile's own.
      expect(JSON.stringify([error.message.replaceAll(CANARY, ''), error.details])).not.toMatch(/\w@\w/);
      expect(error).toBeInstanceOf(ConnectorError);
      expect(isShort(error.message)).toBe(true);
    });
  });

  it('of one record of Salesforce', () => {
    check(
      fc.oneof(
        anyJson,
        fc.array(mutation, { maxLength: 3 }).map((all) => mutated(errors[0], all)),
      ),
      500,
      (answer) => {
        const refusal = refusalOfRow([vendorError(answer)].filter((one) => one !== null));
        expect(refusal.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
        requireHarmless(new ConnectorError(refusal.kind, JSON.stringify(refusal)));
      },
    );
  });

  it('of one row of a job of Salesforce', () => {
    const cell = fc.oneof(
      anyText,
      fc.constantFrom(
        `REQUIRED_FIELD_MISSING:${EMAIL}:Name --`,
        `INVALID_EMAIL_ADDRESS:Email: invalid email address: ${EMAIL}:Email --`,
        'X:::--',
        ':'.repeat(500),
      ),
    );
    check(cell, 500, (text) => {
      const refusal = refusalOfRow([rowErrorIn(text)]);
      requireHarmless(new ConnectorError(refusal.kind, JSON.stringify(refusal)));
    });
  });
});

describe('times', () => {
  const time = fc.oneof(
    anyText,
    fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
    anyJson,
  );
  it('are moments with a zone or nothing, and never one of this machine', () => {
    check(time, 800, (given) => {
      for (const at of [timeOf(given), momentIn(given)]) {
        if (at === null) continue;
        expect(String(given)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/);
        expect(new Date(at).toISOString()).toMatch(/^\d{4}-/);
      }
    });
  });

  it('in headers: a wait is no less than nothing, a clock never becomes no time at all', () => {
    check(fc.tuple(anyText, fc.date({ noInvalidDate: true })), 500, ([header, now]) => {
      expect(retryAfterMs(header, now.getTime()) ?? 0).toBeGreaterThanOrEqual(0);
      const clock = vendorClock({ now: () => 0, sleep: async () => {} });
      clock.learn(header);
      expect(Number.isFinite(clock.now())).toBe(true);
    });
  });
});

describe('what was durable and is read again', () => {
  const text = fc.oneof(
    anyText,
    anyJson.map((one) => JSON.stringify(one) ?? ''),
  );
  const cursor = {
    v: 1,
    connector: 'mailchimp',
    scope: 's',
    kind: 'reading',
    phase: 'changes',
    since: 1,
    beganAt: 2,
    ourBeganAt: 2,
    stream: 'members',
    from: { at: 1, id: 'x' },
    total: 0,
  };

  it('cursors: a place, or begin again', () => {
    const given = fc.oneof(
      text,
      fc.array(mutation, { maxLength: 3 }).map((all) => JSON.stringify(mutated(cursor, all)) ?? ''),
    );
    check(given, 600, (one) => {
      try {
        const state = readCursor('mailchimp', 's', one);
        if (state.kind === 'reading') expect(state.phase === 'initial').toBe(state.since === null);
      } catch (error) {
        expect(['stale', 'config']).toContain(requireHarmless(error).kind);
      }
    });
  });

  it('tickets and places of jobs: as they were written, or none', () => {
    const place = { job: '750000000000001', locator: null, rows: 0, expected: 1 };
    const given = fc.oneof(
      text,
      fc.array(mutation, { maxLength: 3 }).map((all) => JSON.stringify(mutated(place, all)) ?? ''),
    );
    check(given, 500, (one) => {
      const ticket = readTicket(one);
      if (ticket !== null) expect([typeof ticket.openedAt, typeof ticket.operations]).toEqual(['number', 'number']);
      const at = jobPlaceIn({ at: null, id: `job ${one}` });
      if (at !== null)
        expect([typeof at.job, typeof at.rows, typeof at.expected]).toEqual(['string', 'number', 'number']);
    });
  });
});

describe('results of jobs of Salesforce', () => {
  const csv = `"sf__Id","sf__Error","Id","FirstName"\n"003000000000001AAA","INVALID_EMAIL_ADDRESS:${EMAIL}:Email --","003000000000001AAA","Ann"\n`;
  const table = fc.oneof(
    anyText,
    fc
      .tuple(fc.nat(200), fc.nat(40), anyText)
      .map(([at, drop, put]) => csv.slice(0, at) + put.slice(0, 5) + csv.slice(at + drop)),
  );

  it('a table has rows as long as its header, or is none', () => {
    check(table, 600, (text) => {
      try {
        const { header, rows } = readCsv('bulk-results', text);
        expect(rows.every((row) => row.length === header.length)).toBe(true);
      } catch (error) {
        expect(requireHarmless(error).kind).toBe('protocol');
      }
    });
  });

  it('one outcome for each change, and done only where the job or a list says so', async () => {
    const job = {
      id: '750000000000001AAA',
      state: 'JobComplete',
      numberRecordsProcessed: 2,
      numberRecordsFailed: 1,
      createdDate: '2026-11-21T10:00:00.000+0000',
    };
    const given = ['003000000000001AAA', '003000000000002AAA'].map(
      (id, i) =>
        ({
          kind: 'patch',
          id: `p${i}`,
          record: { type: 'Contact', id },
          email: EMAIL,
          fields: { FirstName: 'Ann' },
          ifVersion: null,
        }) as const,
    );
    const ticket = JSON.stringify({ v: 1, jobs: [{ type: 'Contact', id: job.id }] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { maxLength: 3 }),
        fc.array(table, { minLength: 3, maxLength: 3 }),
        async (all, tables) => {
          const state = mutated(job, all) as Readonly<Record<string, unknown>> | null;
          let asked = 0;
          const ask = async ({ path, method }: SdkRequest): Promise<SdkAnswer> => {
            asked += 1;
            if (asked > 20) throw new RangeError('a loop');
            const isTable = /Results|records\//.test(path);
            const text = isTable ? (tables[asked % 3] ?? '') : '';
            return {
              status: 200,
              headers: { 'content-type': isTable ? 'text/csv' : 'application/json' },
              body: method === 'GET' ? state : {},
              text,
            };
          };
          const api = { bulk: bulkApi(ask), now: () => 0 } as unknown as Parameters<typeof bulkJobs>[0];
          const report = await bulkJobs(api)
            .report(ticket, given, signal)
            .catch((error: unknown) => void requireHarmless(error));
          if (report?.state !== 'ended') return;
          expect(report.outcomes.map(({ op }) => op).toSorted()).toEqual(['p0', 'p1']);
          for (const outcome of report.outcomes) {
            expect(faultOfOutcome(outcome)).toEqual([]);
            if ('refusal' in outcome) requireHarmless(new ConnectorError('invalid', JSON.stringify(outcome.refusal)));
            else
              expect(state?.state === 'JobComplete' || tables.some((text) => text.includes('003000000000001'))).toBe(
                true,
              );
          }
        },
      ),
      runs(400) as fc.Parameters<[readonly Mutation[], readonly string[]]>,
    );
  });
});

describe('archives of Mailchimp', () => {
  const patch = ops.patch(EMAIL, { FNAME: 'Ann' });
  const member = {
    id: 'record' in patch ? (patch.record?.id ?? '') : '',
    email_address: EMAIL,
    status: 'subscribed',
    merge_fields: { FNAME: 'Ann' },
  };
  const row = { status_code: 200, operation_id: patch.id, response: JSON.stringify(member) };

  it('what a file says becomes one outcome, right or in doubt', () => {
    check(
      fc.array(
        fc.oneof(
          anyJson,
          fc.array(mutation, { maxLength: 3 }).map((all) => mutated([row], all)),
          fc
            .array(mutation, { maxLength: 2 })
            .map((all) => [{ ...row, response: JSON.stringify(mutated(member, all)) }]),
        ),
        { maxLength: 3 },
      ),
      600,
      (files) => {
        const results = createResults([patch], 0);
        for (const file of files) results.take(JSON.stringify(file) ?? '');
        const [outcome, ...more] = results.outcomes();
        expect(more).toEqual([]);
        if (outcome === undefined) return expect.fail('no outcome');
        expect(faultOfOutcome(outcome)).toEqual([]);
        if ('refusal' in outcome) requireHarmless(new ConnectorError('invalid', JSON.stringify(outcome.refusal)));
        else expect(JSON.stringify(files)).toContain(member.id);
      },
    );
  });

  it('bytes that are no whole archive are no archive', async () => {
    const tar = await packTar([{ header: { name: 'a.json', size: 2, type: 'file' }, body: '[]' }]);
    const whole = gzipSync(tar, { level: 9 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, put]) => Uint8Array.from(whole).with(at, put)),
      fc.nat(whole.length - 1).map((length) => Uint8Array.from(whole.subarray(0, length))),
      fc
        .tuple(fc.nat(600), fc.nat(255))
        .map(([at, put]) => Uint8Array.from(gzipSync(Uint8Array.from(tar).with(at, put)))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        vi.stubGlobal('fetch', async () => new Response(given));
        const taken: string[] = [];
        await readArchive('http://127.0.0.1:1/x', true, (text) => taken.push(text), signal).catch(requireHarmless);
        expect(taken.length).toBeLessThanOrEqual(1);
      }),
      runs(150) as fc.Parameters<[Uint8Array]>,
    );
  });
});
