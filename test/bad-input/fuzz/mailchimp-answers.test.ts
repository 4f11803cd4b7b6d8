import { ConnectorError, type Op, type Outcome, type Row } from '@heed/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '../../../connectors/mailchimp/src/address-hash.ts';
import { lookupRequest, ops, readRequest, signal } from '../../../connectors/mailchimp/test/support.ts';
import { NOW, PEOPLE, recordedVendor, sessionOver } from './mailchimp-on-paper.ts';
import { anyJson, type Mutation, mutated, mutation } from './odd-json.ts';
import { faultOfOutcome, faultsOf, requireHarmless } from './row-form.ts';
import { runs } from './runs.ts';

// Every answer of Mailchimp that the connector reads, right but for one or more things, or nothing like an answer: the result is
// right rows and outcomes, or a ConnectorError without a person in it; and nobody is mailable whom no answer calls so.

let vendor: Awaited<ReturnType<typeof recordedVendor>>;
beforeAll(async () => {
  vendor = await recordedVendor();
});
afterAll(() => vendor.close());

/** What is wrong with the n-th answer of a task: some places of it, or all of it. */
interface Harm {
  readonly call: number;
  /** So are all further answers to calls of the same name. */
  readonly always: boolean;
  readonly what: { readonly mutations: readonly Mutation[] } | { readonly instead: unknown };
}

const harm: fc.Arbitrary<Harm> = fc.record({
  call: fc.nat(9),
  always: fc.boolean(),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.record({ mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ instead: anyJson }) },
  ),
});
const harms = fc.array(harm, { minLength: 1, maxLength: 4 });

type Over = ReturnType<typeof sessionOver>;

/** Runs a task over harmed answers; what was answered is kept, to compare claims with it. */
const over = async <T>(given: readonly Harm[], task: (session: Over) => Promise<T>) => {
  const answered: unknown[] = [];
  const hit = new Map<Harm, string>();
  const session = sessionOver(async (request) => {
    let answer = await vendor.answer(request);
    for (const one of given) {
      if (one.call === answered.length) hit.set(one, request.name);
      else if (!one.always || hit.get(one) !== request.name) continue;
      answer = 'instead' in one.what ? one.what.instead : mutated(answer, one.what.mutations);
    }
    answered.push(answer);
    return structuredClone(answer);
  }, vendor.audience);
  const result = await task(session).catch((error: unknown) => {
    requireHarmless(error);
    return null;
  });
  return { result, answered };
};

const objectsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Readonly<Record<string, unknown>>, ...Object.values(value).flatMap(objectsIn)];
};

const SIGN_UPS = ['signup', 'website_signup', 'landing_page_signup', 'squatter_signup'];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Why a row says more than the answers did; empty if it does not. */
const inventedBy = (row: Row, answered: readonly unknown[]): readonly string[] => {
  if (row.member === null) return [];
  const objects = objectsIn(answered);
  const own = objects.filter(
    ({ id, email_address: email }) =>
      (typeof id === 'string' && id !== '' ? id : typeof email === 'string' ? hashOf(email) : '') === row.record.id,
  );
  const says = (status: string): boolean => own.some((one) => one.status === status);
  const { status, optIn, topics } = row.member;
  const wrong: string[] = [];
  if (status === 'subscribed' && !says('subscribed')) wrong.push('subscribed');
  if (status === 'non-subscribed' && !says('transactional')) wrong.push('non-subscribed');
  if (status === 'pending' && !says('pending')) wrong.push('pending');
  if (optIn !== null) {
    const proof = objects.some(
      ({ activity_type: type, created_at_timestamp: at }) =>
        typeof type === 'string' &&
        SIGN_UPS.includes(type) &&
        typeof at === 'string' &&
        ISO.test(at) &&
        Date.parse(at) === optIn.at,
    );
    if (!proof) wrong.push('an opt-in that no activity shows');
    if (optIn.at > NOW + 6 * 60_000) wrong.push('an opt-in of the future');
    const lists = answered.filter((one) => Array.isArray((one as { activity?: unknown } | null)?.activity));
    for (const { activity } of lists as { activity: readonly unknown[] }[])
      if (
        activity.some((one) => {
          const { activity_type: type, created_at_timestamp: at } = (one ?? {}) as Readonly<Record<string, unknown>>;
          if (type !== 'unsub') return false;
          return typeof at !== 'string' || !ISO.test(at) || !(Date.parse(at) < optIn.at);
        })
      )
        wrong.push('an opt-in before an opt-out, or beside an undated one');
  }
  for (const [id, says] of Object.entries(topics))
    if (says === 'opted-in' && !own.some((one) => (one.interests as Record<string, unknown> | null)?.[id] === true))
      wrong.push(`topic ${id}`);
  return wrong;
};

const expectHonest = (rows: readonly Row[], answered: readonly unknown[]): void => {
  for (const row of rows) {
    expect({ row, faults: faultsOf(row) }).toEqual({ row, faults: [] });
    expect({ row, invented: inventedBy(row, answered) }).toEqual({ row, invented: [] });
  }
};

const TAGS = ['FNAME', 'LNAME', 'ADDRESS', 'BIRTHDAY'];

const readRows = async (session: Over, after: string | null): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for await (const page of session.read(readRequest({ fields: TAGS, after }), signal)) rows.push(...page.rows);
  return rows;
};

const holds = (usually: number, property: (given: readonly Harm[]) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(harms, property), runs(usually) as fc.Parameters<[readonly Harm[]]>);

describe('answers of Mailchimp that are not as they should be', () => {
  it('a read of everybody', () =>
    holds(400, async (given) => {
      const { result, answered } = await over(given, (session) => readRows(session, null));
      if (result !== null) expectHonest(result, answered);
    }));

  it('a read of changes', async () => {
    let after = '';
    const whole = sessionOver((request) => vendor.answer(request), vendor.audience);
    for await (const page of whole.read(readRequest({ fields: TAGS }), signal)) after = page.next;
    await holds(250, async (given) => {
      const { result, answered } = await over(given, (session) => readRows(session, after));
      if (result !== null) expectHonest(result, answered);
    });
  });

  it('a look-up with evidence', () =>
    holds(300, async (given) => {
      const by = { emails: PEOPLE };
      const { result, answered } = await over(given, (session) =>
        session.lookup(lookupRequest(by, { fields: TAGS, evidenceSince: NOW - 86_400_000 }), signal),
      );
      if (result !== null) expectHonest(result, answered);
    }));

  it('a look-up of one person who came back by a form', () =>
    holds(300, async (given) => {
      const by = { emails: [vendor.people.fox ?? ''] };
      const { result, answered } = await over(given, (session) =>
        session.lookup(lookupRequest(by, { evidenceSince: NOW - 86_400_000 }), signal),
      );
      if (result !== null) expectHonest(result, answered);
    }));

  it('a description', () =>
    holds(250, async (given) => {
      const { result } = await over(given, (session) => session.describe(signal));
      for (const type of result?.recordTypes ?? [])
        for (const field of type.fields) {
          expect([typeof field.name, typeof field.label]).toEqual(['string', 'string']);
          if (field.options !== null)
            expect(field.options.map((one) => typeof one)).toEqual(field.options.map(() => 'string'));
        }
      for (const { id } of [...(result?.audiences ?? []), ...(result?.lists ?? []), ...(result?.topics ?? [])])
        expect(id).not.toMatch(/^(|undefined|\[object Object\])$/);
    }));

  it('writes: one outcome for each, and an opt-out is done only where an answer shows it', async () => {
    const { ann, hal } = vendor.people;
    const given = [
      ops.optOut(hal ?? ''),
      ops.optOut(ann ?? ''),
      ops.patch(hal ?? '', { FNAME: 'Kanarina' }),
      ops.rename(hal ?? '', 'new.kanari@example.org'),
      ops.leave(hal ?? '', 'tag'),
      ops.create('kim.kanari@example.org', 'subscribed', { FNAME: 'Kim' }),
    ];
    await holds(250, async (harmed) => {
      const { result, answered } = await over(harmed, (session) => session.write(given, signal));
      expectOutcomes(given, result, answered);
    });
  });

  it('writes in numbers', async () => {
    const given = [
      ...Array.from({ length: 25 }, (_, i) => ops.optOut(`many${i}.kanari@example.org`)),
      ...Array.from({ length: 12 }, (_, i) => ops.create(`new${i}.kanari@example.org`, 'subscribed')),
    ];
    await holds(50, async (harmed) => {
      const { result, answered } = await over(harmed, (session) => {
        session.readUpTo(NOW);
        return session.write(given, signal);
      });
      expectOutcomes(given, result, answered);
    });
  });
});

const expectOutcomes = (
  given: readonly Op[],
  result: readonly Outcome[] | null,
  answered: readonly unknown[],
): void => {
  expect(result?.map(({ op }) => op).toSorted()).toEqual(given.map(({ id }) => id).toSorted());
  const objects = objectsIn(answered);
  for (const outcome of result ?? []) {
    expect({ outcome, faults: faultOfOutcome(outcome) }).toEqual({ outcome, faults: [] });
    if ('refusal' in outcome)
      requireHarmless(new ConnectorError(outcome.refusal.kind, JSON.stringify(outcome.refusal)));
    else {
      if (outcome.row !== null) expectHonest([outcome.row], answered);
      const op = given.find(({ id }) => id === outcome.op);
      if (op?.kind === 'opt-out')
        expect(objects.some((one) => one.id === hashOf(op.email) && one.status === 'unsubscribed')).toBe(true);
    }
  }
};

describe('what the activity feed proves (C7)', () => {
  const signUp = (at: unknown, type: unknown = 'website_signup') => ({ activity_type: type, created_at_timestamp: at });
  const unsub = (at: unknown) => signUp(at, 'unsub');
  const [EARLY, LATE] = ['2026-03-04T12:01:30+00:00', '2026-03-04T12:02:00+00:00'];

  it.each([
    ['a sign-up', [signUp(LATE)], true],
    ['a sign-up after an opt-out', [signUp(LATE), unsub(EARLY)], true],
    ['an opt-out after a sign-up', [unsub(LATE), signUp(EARLY)], false],
    ['an opt-out in the same second', [signUp(LATE), unsub(LATE)], false],
    ['an opt-out of no time', [signUp(LATE), unsub(null)], false],
    ['an opt-out of an odd time', [signUp(LATE), unsub('yesterday')], false],
    ['something that may be an opt-out', [signUp(LATE), signUp(EARLY, null)], false],
    ['a sign-up of no time', [signUp('')], false],
    ['a sign-up of a year', [signUp('2026')], false],
    ['a sign-up without a zone', [signUp('2026-03-04T12:02:00')], false],
    ['a sign-up of the year 2099', [signUp('2099-01-01T00:00:00+00:00')], false],
    ['a sign-up of tomorrow', [signUp('2026-03-05T12:02:00+00:00')], false],
    ['a sign-up in a list of a list', [[signUp(LATE)]], false],
    ['a sign-up by an import', [signUp(LATE, 'generic_signup')], false],
    ['nothing', [], false],
  ])('%s', async (_, activity, proves) => {
    const session = sessionOver(
      async (request) => (request.name === 'activity' ? { activity } : vendor.answer(request)),
      vendor.audience,
    );
    const by = { emails: [vendor.people.fox ?? ''] };
    const [row] = await session.lookup(lookupRequest(by, { evidenceSince: NOW - 86_400_000 }), signal);
    expect([row?.member?.status, row?.member?.optIn !== null]).toEqual(['subscribed', proves]);
  });
});
