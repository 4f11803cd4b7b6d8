import {
  type Columns,
  ConnectorError,
  type Lookup,
  type Op,
  type Outcome,
  type Row,
  type Session,
} from '@heed/contract';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { columns, endOf, never, OPT_OUT, readAll, request } from '../../../connectors/salesforce/test/kit.ts';
import { anyJson, type Mutation, mutated, mutation } from './odd-json.ts';
import { faultOfOutcome, faultsOf, requireHarmless } from './row-form.ts';
import { runs } from './runs.ts';
import { fetchOver, recordedVendor, type Travelling } from './salesforce-on-paper.ts';

// Every answer of Salesforce that the connector reads, through the real SDK, right but for one or more things, or nothing like an
// answer: right rows and outcomes, or a ConnectorError without a person in it; and no field says "not opted out", or is empty,
// where the answer does not say so.

let vendor: Awaited<ReturnType<typeof recordedVendor>>;
beforeAll(async () => {
  vendor = await recordedVendor();
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => vendor.close());

interface Harm {
  readonly call: number;
  readonly what:
    | { readonly mutations: readonly Mutation[] }
    | { readonly instead: unknown }
    | { readonly text: string }
    | { readonly status: number };
}

const harm: fc.Arbitrary<Harm> = fc.record({
  call: fc.nat(6),
  what: fc.oneof(
    { weight: 8, arbitrary: fc.record({ mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ instead: anyJson }) },
    {
      weight: 1,
      arbitrary: fc.record({ text: fc.oneof(fc.string(), fc.constantFrom('', '<html>', '{"records":[', 'null')) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ status: fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 412, 429, 500, 503) }),
    },
  ),
});
const harms = fc.array(harm, { minLength: 1, maxLength: 3 });

const harmed = (answer: Travelling, { what }: Harm): Travelling => {
  if ('status' in what) return { ...answer, status: what.status };
  if ('text' in what) return { ...answer, text: what.text };
  if ('instead' in what) return { ...answer, text: JSON.stringify(what.instead) };
  try {
    return { ...answer, text: JSON.stringify(mutated(JSON.parse(answer.text), what.mutations)) };
  } catch {
    return answer; // no JSON: an empty answer
  }
};

const over = async <T>(given: readonly Harm[], task: (session: Session) => Promise<T>) => {
  const answered: string[] = [];
  const wire = fetchOver(async (url, init) => {
    let answer = await vendor.answer(url, init);
    for (const one of given) if (one.call === answered.length) answer = harmed(answer, one);
    answered.push(answer.text);
    return answer;
  });
  vi.stubGlobal('fetch', wire.fetch);
  const session = vendor.open();
  const result = await task(session).catch((error: unknown) => {
    requireHarmless(error);
    return null;
  });
  expect(wire.endless).toBe(false);
  return { result, answered };
};

const objectsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Readonly<Record<string, unknown>>, ...Object.values(value).flatMap(objectsIn)];
};

const recordsIn = (answered: readonly string[]) =>
  answered.flatMap((text) => {
    try {
      return objectsIn(JSON.parse(text));
    } catch {
      return [];
    }
  });

/** What a row says and no answer did; empty if there is nothing. */
const inventedBy = (row: Row, answered: readonly string[]): readonly string[] => {
  const own = recordsIn(answered).filter((one) => one.Id === row.record.id);
  const says = (name: string, fits: (value: unknown) => boolean): boolean =>
    own.some((one) => Object.hasOwn(one, name) && fits(one[name]));
  const wrong: string[] = [];
  if (!/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(row.record.id)) wrong.push('an id that is none');
  for (const [name, value] of Object.entries(row.values)) {
    if (name === 'MailingAddress') continue;
    if (typeof value === 'boolean' && !says(name, (one) => one === value)) wrong.push(`${name}: ${value}`);
    if (value === null && !says(name, (one) => one === null || one === '')) wrong.push(`${name}: empty`);
  }
  if (row.email !== null && !says('Email', (one) => one === row.email)) wrong.push('Email');
  return wrong;
};

const expectHonest = (rows: readonly Row[], answered: readonly string[]): void => {
  for (const row of rows) {
    expect({ row, faults: faultsOf(row) }).toEqual({ row, faults: [] });
    expect({ row, invented: inventedBy(row, answered) }).toEqual({ row, invented: [] });
  }
};

const FIELDS = ['FirstName', 'LastName', 'Birthdate', 'MailingAddress', 'DoNotCall'];
const ids = (lookup: Partial<Columns>, by: Lookup['by']): Lookup => ({
  ...columns({ fields: FIELDS, ...lookup }),
  by,
  evidenceSince: null,
  changedSince: null,
});

const holds = (usually: number, property: (given: readonly Harm[]) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(harms, property), runs(usually) as fc.Parameters<[readonly Harm[]]>);

const honestly =
  (task: (session: Session) => Promise<readonly Row[]>) =>
  async (given: readonly Harm[]): Promise<void> => {
    const { result, answered } = await over(given, task);
    if (result !== null) expectHonest(result, answered);
  };

const rowsOf = async (session: Session, wanted: Parameters<typeof readAll>[1]): Promise<readonly Row[]> =>
  (await readAll(session, wanted)).flatMap(({ rows }) => rows);

describe('answers of Salesforce that are not as they should be', () => {
  it('signing in and looking around', () =>
    holds(150, async (given) => {
      const { result } = await over(given, async (session) => [
        await session.check(never),
        await session.describe(never),
      ]);
      expect(JSON.stringify(result ?? '')).not.toMatch(/"id":"(|undefined|\[object Object\])"/);
    }));

  it('a read of everybody', () =>
    holds(
      300,
      honestly((session) => rowsOf(session, request({ fields: FIELDS }))),
    ));

  it('a read of changes, deletions among them', async () => {
    vi.stubGlobal('fetch', fetchOver((url, init) => vendor.answer(url, init)).fetch);
    const after = endOf(await readAll(vendor.open(), request({ fields: FIELDS })));
    await holds(
      300,
      honestly((session) => rowsOf(session, request({ fields: FIELDS, after }))),
    );
  });

  it('a read of lists', () => {
    const lists = vendor.campaigns.map((id) => ({ kind: 'campaign', id }));
    return holds(
      250,
      honestly((session) => rowsOf(session, request({ fields: FIELDS, lists }))),
    );
  });

  it('a look-up by id', () => {
    const records = [
      ...vendor.contacts.map((id) => ({ type: 'Contact', id })),
      ...vendor.leads.map((id) => ({ type: 'Lead', id })),
    ];
    return holds(
      250,
      honestly((session) => session.lookup(ids({}, { records }), never)),
    );
  });

  it('a look-up by address', () =>
    holds(
      250,
      honestly((session) => session.lookup(ids({ consent: [OPT_OUT] }, { emails: ['ann.kanari@example.org'] }), never)),
    ));

  it('writes: one outcome for each', async () => {
    const [ann = '', bob = ''] = vendor.contacts;
    const given: readonly Op[] = [
      {
        kind: 'opt-out',
        id: 'o1',
        record: { type: 'Contact', id: ann },
        email: 'ann.kanari@example.org',
        topic: '*',
        set: { HasOptedOutOfEmail: true },
      },
      {
        kind: 'opt-out',
        id: 'o2',
        record: { type: 'Contact', id: bob },
        email: 'bob.kanari@example.org',
        topic: '*',
        set: { HasOptedOutOfEmail: true },
      },
      {
        kind: 'patch',
        id: 'p1',
        record: { type: 'Contact', id: ann },
        email: 'ann.kanari@example.org',
        fields: { FirstName: 'Kanarina' },
        ifVersion: null,
      },
      {
        kind: 'create',
        id: 'c1',
        type: 'Lead',
        email: 'new.kanari@example.org',
        reference: null,
        fields: { LastName: 'Kanari', Company: 'x' },
        as: null,
        set: { HasOptedOutOfEmail: false },
      },
    ];
    await holds(200, async (harmedBy) => {
      const { result } = await over(harmedBy, (session) => session.write(given, never));
      expect(result?.map(({ op }) => op).toSorted()).toEqual(given.map(({ id }) => id).toSorted());
      for (const outcome of result ?? []) expectOutcome(outcome);
    });
  });
});

const expectOutcome = (outcome: Outcome): void => {
  expect({ outcome, faults: faultOfOutcome(outcome) }).toEqual({ outcome, faults: [] });
  if ('refusal' in outcome) requireHarmless(new ConnectorError(outcome.refusal.kind, JSON.stringify(outcome.refusal)));
};
