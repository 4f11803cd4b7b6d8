import { ConnectorError } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSql } from '../../connectors/netsuite/sandbox/suiteql/parse.ts';
import {
  lookup,
  make,
  never,
  open,
  readAll,
  request,
  STATUS,
  useSandbox,
  write,
} from '../../connectors/netsuite/test/kit.ts';
import { nasty, nastyAddress } from './nasty.ts';

// Texts of people, profiles and the vendor reach NetSuite as parameters of a query, never as a part of it; an id is a number or
// it is in no path. What the real session sends is overheard on its way.

const running = useSandbox();

interface Asked {
  readonly path: string;
  readonly q: string;
  readonly params: readonly (string | number)[];
}

/** Everything that was sent while `work` ran. */
const overheard = async (work: () => Promise<unknown>): Promise<readonly Asked[]> => {
  const asked: Asked[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (url, options) => {
    const { pathname } = new URL(String(url));
    const isQuery = pathname.endsWith('/suiteql');
    const { q = '', params = [] } = isQuery ? (JSON.parse(String(options?.body)) as Partial<Asked>) : {};
    asked.push({ path: pathname, q, params });
    return real(url, options);
  };
  try {
    const found: unknown = await work().catch((error: unknown) => {
      if (error instanceof ConnectorError && ['config', 'missing', 'invalid'].includes(error.kind)) return [];
      throw error;
    });
    expect(JSON.stringify(found) ?? '').not.toContain('victim');
  } finally {
    globalThis.fetch = real;
  }
  return asked;
};

/** A query has one form, whatever it looks for: only its number of parameters and its columns differ. */
const queriesOf = (asked: readonly Asked[]): readonly Asked[] => {
  const queries = asked.filter(({ q }) => q !== '');
  for (const { q, params } of queries) {
    expect(q).toMatch(/^[\x20-\x7e]+$/);
    // Quotes stand only around the forms of dates and the names of types, which are ours.
    const texts = [...q.matchAll(/'([^']*)'/g)].map(([, text]) => text);
    for (const text of texts) expect(text).toMatch(/^(YYYY-MM-DD( HH24:MI:SS)?|[\d: -]+|CONTACT|CUSTOMER|[TF])$/i);
    expect(q.split('?').length - 1).toBe(params.length);
    expect(() => parseSql(q, [...params])).not.toThrow();
  }
  return queries;
};

const begin = (): void => {
  running().reset();
  make(running(), 'contact', { email: 'victim@example.org', lastName: 'victim' });
};

describe('no query of NetSuite is changed by', () => {
  it('addresses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nastyAddress, { minLength: 1, maxLength: 5 }), async (emails) => {
        begin();
        const queries = queriesOf(await overheard(() => lookup(open(running()), { emails })));
        const given = new Set(emails.map((one) => one.toLowerCase()));
        const looking = queries.filter(({ q }) => q.includes('LOWER(email) IN ('));
        expect(looking).toHaveLength(2);
        for (const { params } of looking) for (const one of given) expect(params).toContain(one);
      }),
      { numRuns: 12, seed: 1 },
    );
  }, 60_000);

  it('references, which have no letter that means anything there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 4 }), async (references) => {
        begin();
        const by = { references };
        const queries = queriesOf(await overheard(() => lookup(open(running()), by, { reference: 'externalId' })));
        const looking = queries.filter(({ q }) => q.includes('externalid IN ('));
        for (const { params } of looking)
          for (const one of params) if (typeof one === 'string') expect(one).toMatch(/^[A-Za-z0-9_-]*$/);
      }),
      { numRuns: 12, seed: 2 },
    );
  }, 60_000);

  it('ids of records, in queries and in paths, and ids of lists', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (id) => {
        begin();
        const record = { type: 'contact', id };
        const set = { [STATUS]: '2' };
        const asked = await overheard(async () => {
          const session = open(running());
          await lookup(session, { records: [record] });
          await write(session, { kind: 'opt-out', id: 'o', record, email: 'x@example.org', topic: '*', set });
          await write(session, {
            kind: 'patch',
            id: 'p',
            record,
            fields: { firstName: 'x' },
            email: 'x@example.org',
          } as never);
          const lists = ['group', 'dataset'].map((kind) => ({ kind, id }));
          for (const list of lists) await readAll(session, request({ lists: [list] })).catch(() => []);
        });
        queriesOf(asked);
        for (const { path } of asked)
          expect(path).toMatch(
            /^\/services\/rest\/(auth\/oauth2\/v1\/token|query\/v1\/(suiteql|dataset\/\w*(\/result)?)|record\/v1\/(metadata-catalog\/)?(contact|customer)(\/[1-9]\d*)?)$/,
          );
      }),
      { numRuns: 25, seed: 3 },
    );
  }, 60_000);

  it('names of fields', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nasty, fc.constantFrom('constructor', 'email, id', 'COUNT(*)')), async (name) => {
        begin();
        for (const wanted of [
          request({ fields: [name, 'firstName'] }),
          request({ consent: [{ field: name, optedOutWhen: true, write: true }] }),
        ])
          queriesOf(await overheard(() => readAll(open(running()), wanted).then(() => [])));
      }),
      { numRuns: 12, seed: 4 },
    );
  }, 60_000);
});

it('a filter of a profile is made anew: what is no comparison of fields with values is refused, values are parameters', async () => {
  begin();
  const filters = [
    "lastname = 'x' OR 1 = 1 --",
    "lastname = 'x'; DELETE FROM contact",
    'lastname IN (SELECT id FROM employee)',
    "LOWER(lastname) = 'victim'",
    "lastname = 'x' UNION SELECT id FROM employee",
    "lastname = 'x' /* */",
    "lastname = 'O''Brien'",
    "lastname = '\\') OR (1 = 1'",
  ];
  for (const id of filters) {
    const asked = await overheard(() =>
      readAll(open(running()), request({ lists: [{ kind: 'filter', id }] })).then((pages) => pages),
    );
    for (const { q } of queriesOf(asked)) expect(q).not.toMatch(/union|delete|employee|--|\/\*|'x'|O''/i);
  }
  expect(never.aborted).toBe(false);
});
