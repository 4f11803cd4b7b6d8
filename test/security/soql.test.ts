import { ConnectorError } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSoql } from '../../connectors/salesforce/sandbox/soql/parse.ts';
import type { Condition, Query } from '../../connectors/salesforce/sandbox/soql/query.ts';
import { unescapeString } from '../../connectors/salesforce/sandbox/soql/strings.ts';
import { campaign, lookup, make, open, readAll, request, useSandbox } from '../../connectors/salesforce/test/kit.ts';

// No text of a person, a profile or the vendor changes the form of a query: everything that the real session sends is read
// by the stand-in's SOQL parser, and what it finds as text is exactly what was given.

const running = useSandbox();

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', '\\', '\n', '\r', '\t', '\0', '\b', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff'),
    fc.constantFrom('‘', '’', '＇', 'ʼ', '\u202e', '\ud800', '\udfff', '%', '_', ')', '(', '--', '/*', '*/', ';', ','),
    fc.constantFrom(
      ' OR ',
      "') OR (Email != null",
      "\\' OR Email LIKE '%",
      ' LIMIT 1',
      ' FROM User',
      '\\u0027',
      '\\x27',
      '&q=',
    ),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 12,
});
const address = fc.tuple(nasty, nasty).map(([a, b]) => `${a}@${b}`);

const asked = (): readonly Query[] =>
  running()
    .calls()
    .flatMap(({ path }) => {
      const soql = new URL(path, 'http://x').searchParams.get('q');
      return soql === null ? [] : [parseSoql(soql)];
    });

const textsIn = (condition: Condition | undefined, at: string): readonly string[] => {
  if (condition === undefined) return [];
  if (condition.kind === 'and' || condition.kind === 'or') return condition.parts.flatMap((one) => textsIn(one, at));
  if (condition.kind !== 'member' || condition.path !== at) return [];
  return condition.literals.flatMap((one) => (one.kind === 'string' ? [unescapeString(one.raw)] : []));
};

/** The skeleton of a query: everything but what stands in strings. */
const formOf = (condition: Condition | undefined): unknown => {
  if (condition === undefined) return null;
  if ('parts' in condition) return [condition.kind, ...condition.parts.map(formOf)];
  if (condition.kind === 'not') return ['not', formOf(condition.part)];
  return [condition.kind, condition.path];
};

const inForm = async (work: () => Promise<unknown>): Promise<readonly Query[]> => {
  running().reset();
  const victim = make(running(), 'Contact', { Email: 'victim@example.org' });
  const rows: unknown = await work().catch((error: unknown) => {
    if (error instanceof ConnectorError && error.kind === 'config') return [];
    throw error; // a query that the parser refuses is `protocol`
  });
  expect(JSON.stringify(rows)).not.toContain(victim);
  return asked();
};

describe('no query is changed by', () => {
  it('addresses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 5 }), async (emails) => {
        const queries = await inForm(() => lookup(open(running()).session, { emails }));
        expect(queries.map(({ object }) => object).sort()).toEqual(['Contact', 'Lead']);
        const given = new Set(emails.map((one) => one.toWellFormed().toLowerCase()));
        for (const query of queries) {
          expect(new Set(textsIn(query.where, 'Email').map((one) => one.toLowerCase()))).toEqual(given);
          expect(formOf(query.where)).toEqual(['member', 'Email']);
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  }, 60_000);

  it('references', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 4 }), async (references) => {
        const by = { references };
        const queries = await inForm(() => lookup(open(running()).session, by, { reference: 'Department' }));
        expect(queries).toHaveLength(1);
        for (const { where } of queries)
          expect(textsIn(where, 'Department')).toEqual(references.map((one) => one.toWellFormed()));
      }),
      { numRuns: 30, seed: 2 },
    );
  }, 60_000);

  it('ids of records and of lists', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (id) => {
        const records = await inForm(() => lookup(open(running()).session, { records: [{ type: 'Contact', id }] }));
        expect(records).toEqual([]);
        const lists = await inForm(() =>
          readAll(
            open(running()).session,
            request({
              lists: [
                { kind: 'campaign', id },
                { kind: 'campaign', id: campaign(running(), 'x') },
              ],
            }),
          ),
        );
        expect(lists.flatMap(({ where }) => textsIn(where, 'CampaignId'))).not.toContain(id);
      }),
      { numRuns: 20, seed: 3 },
    );
  }, 60_000);

  it('names of fields, opt-out fields and references', async () => {
    const odd = fc.oneof(
      nasty,
      nasty.map((one) => `Email ${one}`),
      fc.constantFrom('constructor', '__proto__', 'COUNT()', 'Account.Name', 'Email, Phone'),
    );
    await fc.assert(
      fc.asyncProperty(odd, fc.constantFrom('fields', 'consent', 'reference'), async (name, where) => {
        const wanted = request({
          fields: where === 'fields' ? [name, 'FirstName'] : [],
          consent: where === 'consent' ? [{ field: name, optedOutWhen: true, write: true }] : [],
          reference: where === 'reference' ? name : null,
        });
        const queries = await inForm(async () => {
          const pages = await readAll(open(running()).session, wanted);
          return pages.length > 0 ? [] : pages; // everybody is asked for here
        });
        for (const { select } of queries) for (const one of select) expect(one).toMatch(/^[A-Za-z]\w*$/);
      }),
      { numRuns: 25, seed: 4 },
    );
  }, 60_000);

  it('values of a picklist that mean opted out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 3 }), async (optedOutWhen) => {
        const consent = [{ field: 'LeadSource', optedOutWhen, write: 'x' }];
        const queries = await inForm(() =>
          readAll(open(running()).session, request({ consent, initially: 'opted-out' })),
        );
        const wheres = queries.flatMap(({ where }) => (textsIn(where, 'LeadSource').length === 0 ? [] : [where]));
        expect(wheres).toHaveLength(2);
        for (const where of wheres)
          expect(textsIn(where, 'LeadSource')).toEqual(optedOutWhen.map((one) => one.toWellFormed()));
      }),
      { numRuns: 25, seed: 5 },
    );
  }, 60_000);
});
