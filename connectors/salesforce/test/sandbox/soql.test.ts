import { type SwitchDeclaration, seededRandom } from '@heed/sandbox';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseSoql } from '../../sandbox/soql/parse.ts';
import { SoqlError } from '../../sandbox/soql/query.ts';
import { runQuery } from '../../sandbox/soql/run.ts';
import type { Writer } from '../../sandbox/state/checks.ts';
import { freshOrg } from '../../sandbox/state/fresh-org.ts';
import type { OrgWorld } from '../../sandbox/state/org.ts';
import { createRecord, deleteRecord, updateRecord } from '../../sandbox/state/records.ts';
import { switches as declared } from '../../sandbox/state/switches.ts';
import { sourceOf } from '../../sandbox/state/view.ts';

const start = Date.parse('2026-03-01T12:00:00Z');

function orgWorld(set: Record<string, unknown> = {}): OrgWorld {
  let offsetMs = 0;
  const clock = {
    now: () => start + offsetMs,
    advance: (byMs: number) => {
      offsetMs += byMs;
      return start + offsetMs;
    },
    get offsetMs() {
      return offsetMs;
    },
    setOffset: (ms: number) => {
      offsetMs = ms;
    },
    setWrong: () => {},
  };
  const all: Record<string, SwitchDeclaration> = declared;
  const value = (name: string) => (name in set ? set[name] : all[name]?.default) as string;
  const switches = { get: value, isOn: (name: string) => Boolean(value(name)), set: () => undefined, all: () => ({}) };
  const setting = { seed: 1, clock, random: seededRandom(1), switches };
  return { ...setting, state: freshOrg(setting) };
}

function writerOf(world: OrgWorld): Writer {
  return { world, userId: world.state.users.admin, administrator: true, allowDuplicates: true };
}

function create(world: OrgWorld, object: string, fields: Record<string, unknown>): string {
  return createRecord(writerOf(world), world.state.needTable(object), fields);
}

function names(world: OrgWorld, where: string): string[] {
  const answer = runQuery(sourceOf(world, false), parseSoql(`SELECT LastName FROM Contact ${where}`));
  return answer.rows.map((row) => String(row.LastName));
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SoqlError) return error.errorCode;
    throw error;
  }
  return 'no error';
}

describe('SOQL', () => {
  let world: OrgWorld;
  beforeEach(() => {
    world = orgWorld();
    const account = create(world, 'Account', { Name: 'Acme' });
    create(world, 'Contact', {
      LastName: 'Ada',
      Email: 'ada@example.com',
      Title: 'CEO',
      AccountId: account,
      Birthdate: '1980-05-01',
    });
    world.clock.advance(1000);
    create(world, 'Contact', {
      LastName: 'Bob',
      Email: 'bob@example.com',
      Title: 'cto',
      HasOptedOutOfEmail: true,
      Interests__c: 'Products;Events',
    });
    world.clock.advance(1000);
    create(world, 'Contact', { LastName: 'Cyd', Interests__c: 'Events' });
  });

  it('compares strings without regard to case', () => {
    expect(names(world, "WHERE Email = 'ADA@EXAMPLE.COM'")).toEqual(['Ada']);
    expect(names(world, "WHERE Title IN ('ceo', 'CTO')")).toEqual(['Ada', 'Bob']);
  });

  it('finds nulls with = null, and no comparison but equality matches them', () => {
    expect(names(world, 'WHERE Email = null')).toEqual(['Cyd']);
    expect(names(world, 'WHERE Email != null')).toEqual(['Ada', 'Bob']);
    expect(names(world, "WHERE Email > 'a'")).toEqual(['Ada', 'Bob']);
    expect(names(world, "WHERE (NOT Email > 'b')")).toEqual(['Ada']);
    expect(names(world, "WHERE (NOT Title LIKE 'C%')")).toEqual([]);
    expect(names(world, "WHERE Email > 'b' OR LastName = 'Nobody'")).toEqual(['Bob']);
    expect(names(world, "WHERE (NOT (Email > 'b' OR LastName = 'Nobody'))")).toEqual(['Ada']);
    expect(names(world, "WHERE (NOT (Email > 'b' AND LastName = 'Cyd'))")).toEqual(['Ada', 'Bob']);
    expect(names(world, "WHERE Title IN (null, 'CEO')")).toEqual(['Ada', 'Cyd']);
  });

  it('reads != and NOT IN on empty fields either way, by a switch', () => {
    expect(names(world, "WHERE Title != 'CEO'")).toEqual(['Bob', 'Cyd']);
    expect(names(world, "WHERE Title NOT IN ('CEO')")).toEqual(['Bob', 'Cyd']);
    const strict = orgWorld({ nullsIn: 'unknown' });
    create(strict, 'Contact', { LastName: 'Ada', Title: 'CEO' });
    create(strict, 'Contact', { LastName: 'Cyd' });
    expect(names(strict, "WHERE Title != 'CEO'")).toEqual([]);
    expect(names(strict, "WHERE (NOT Title = 'CEO')")).toEqual([]);
    expect(names(strict, "WHERE Title = 'CEO' OR LastName = 'Cyd'")).toEqual(['Ada', 'Cyd']);
  });

  it('treats null as false on a boolean field', () => {
    expect(names(world, 'WHERE HasOptedOutOfEmail = null')).toEqual(['Ada', 'Cyd']);
    expect(names(world, 'WHERE HasOptedOutOfEmail != null')).toEqual(['Bob']);
  });

  it('demands parentheses whenever AND and OR are mixed', () => {
    expect(code(() => parseSoql('SELECT Id FROM Contact WHERE A = 1 OR B = 2 AND C = 3'))).toBe('MALFORMED_QUERY');
    expect(names(world, "WHERE (LastName = 'Ada' OR LastName = 'Bob') AND HasOptedOutOfEmail = true")).toEqual(['Bob']);
    expect(names(world, "WHERE LastName = 'Ada' OR (LastName = 'Bob' AND HasOptedOutOfEmail = false)")).toEqual([
      'Ada',
    ]);
    expect(names(world, "WHERE (NOT (LastName = 'Ada' OR LastName = 'Bob')) AND Email = null")).toEqual(['Cyd']);
  });

  it('reads LIKE wildcards, and escaped wildcards as themselves', () => {
    create(world, 'Contact', { LastName: 'a%b_c' });
    expect(names(world, "WHERE LastName LIKE 'A%'")).toEqual(['Ada', 'a%b_c']);
    expect(names(world, "WHERE LastName LIKE '_d_'")).toEqual(['Ada']);
    expect(names(world, "WHERE LastName LIKE 'a\\%b\\_c'")).toEqual(['a%b_c']);
    expect(names(world, "WHERE LastName LIKE 'a\\%%'")).toEqual(['a%b_c']);
    expect(names(world, "WHERE LastName LIKE '.*'")).toEqual([]);
    expect(names(world, "WHERE LastName = '%'")).toEqual([]);
  });

  it('reads every escape of the reference, and refuses any other backslash', () => {
    create(world, 'Contact', { LastName: 'O\'Neil \\ "q" \té' });
    expect(names(world, `WHERE LastName = 'O\\'Neil \\\\ \\"q\\" \\t\\u00e9'`)).toHaveLength(1);
    expect(code(() => names(world, "WHERE LastName = 'a\\qb'"))).toBe('MALFORMED_QUERY');
    expect(code(() => names(world, "WHERE LastName = 'a\\%b'"))).toBe('MALFORMED_QUERY');
    expect(code(() => names(world, "WHERE LastName = 'C:\\users'"))).toBe('MALFORMED_QUERY');
    expect(code(() => names(world, "WHERE LastName = 'a\nb'"))).toBe('MALFORMED_QUERY');
  });

  it('lets no escaped text break out of its quotes', () => {
    for (const attack of [
      "' OR LastName != '",
      "\\' OR LastName != '",
      "x' LIMIT 1",
      '\\',
      "')",
      "\u2028' OR Id != '",
    ]) {
      const escaped = attack.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
      expect(names(world, `WHERE LastName = '${escaped}'`)).toEqual([]);
    }
  });

  it('finds any string again by its escaped form (property)', () => {
    const quoted = (text: string): string =>
      text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    const own = orgWorld();
    const table = own.state.needTable('Contact');
    const field = { Email: 'x', Title: 'x' };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('Email', 'Title'), (text, name) => {
        const row = { ...field, Id: '003Hs0000000001AAA', LastName: 'hit', IsDeleted: false, [name]: text };
        table.put({ ...row, SystemModstamp: '2026-03-01T12:00:00.000+0000' });
        table.put({ ...field, Id: '003Hs0000000002AAA', LastName: 'miss', IsDeleted: false, [name]: `${text}x` });
        expect(names(own, `WHERE ${name} = '${quoted(text)}'`)).toEqual(['hit']);
        expect(names(own, `WHERE ${name} IN ('${quoted(text)}', 'zzz') AND Id != null`)).toEqual(['hit']);
      }),
      {
        numRuns: 100,
        examples: [
          ["'", 'Email'],
          ['\\', 'Email'],
          ["\\'", 'Title'],
          ['\u2028', 'Email'],
          ['%_', 'Email'],
          ['\\n', 'Title'],
        ],
      },
    );
  });

  it('follows parents, and a missing parent is null', () => {
    expect(names(world, "WHERE Account.Name = 'acme'")).toEqual(['Ada']);
    expect(names(world, 'WHERE Account.Name = null')).toEqual(['Bob', 'Cyd']);
    expect(names(world, "WHERE LastName = 'Bob' OR Account.Name = 'Acme'")).toEqual(['Ada', 'Bob']);
  });

  it('answers semi-joins and anti-joins', () => {
    const campaign = create(world, 'Campaign', { Name: 'Spring' });
    const [ada] = [...(sourceOf(world, false).table('Contact')?.all() ?? [])];
    create(world, 'CampaignMember', { CampaignId: campaign, ContactId: ada?.Id });
    const inner = `SELECT ContactId FROM CampaignMember WHERE CampaignId = '${campaign.slice(0, 15)}'`;
    expect(names(world, `WHERE Id IN (${inner})`)).toEqual(['Ada']);
    expect(names(world, `WHERE Id NOT IN (${inner})`)).toEqual(['Bob', 'Cyd']);
  });

  it('compares dates, date-times and date literals', () => {
    expect(names(world, 'WHERE Birthdate < 1980-05-02')).toEqual(['Ada']);
    expect(
      names(world, 'WHERE SystemModstamp >= 2026-03-01T12:00:01Z AND SystemModstamp < 2026-03-01T13:00:02+01:00'),
    ).toEqual(['Bob']);
    expect(names(world, 'WHERE SystemModstamp > 2026-03-01T12:00:00.500Z')).toEqual(['Bob', 'Cyd']);
    expect(names(world, 'WHERE CreatedDate = TODAY')).toHaveLength(3);
    expect(names(world, 'WHERE CreatedDate < LAST_N_DAYS:3')).toEqual([]);
    expect(code(() => names(world, "WHERE CreatedDate = '2026-03-01'"))).toBe('INVALID_FIELD');
    expect(code(() => names(world, 'WHERE LastName = 5'))).toBe('INVALID_FIELD');
  });

  it('knows multi-select picklists', () => {
    expect(names(world, "WHERE Interests__c INCLUDES ('Products;Events')")).toEqual(['Bob']);
    expect(names(world, "WHERE Interests__c INCLUDES ('Products', 'Events')")).toEqual(['Bob', 'Cyd']);
  });

  it('orders with NULLS FIRST unless told, limits and skips', () => {
    expect(names(world, 'ORDER BY Email')).toEqual(['Cyd', 'Ada', 'Bob']);
    expect(names(world, 'ORDER BY Email DESC NULLS LAST')).toEqual(['Bob', 'Ada', 'Cyd']);
    expect(names(world, 'ORDER BY SystemModstamp, Id LIMIT 1 OFFSET 1')).toEqual(['Bob']);
    expect(code(() => names(world, 'OFFSET 2001'))).toBe('NUMBER_OUTSIDE_VALID_RANGE');
  });

  it('refuses unknown objects, fields and long text in filters', () => {
    expect(code(() => names(world, 'WHERE Nope__c = 1'))).toBe('INVALID_FIELD');
    expect(code(() => names(world, "WHERE Description = 'x'"))).toBe('INVALID_FIELD');
    expect(code(() => runQuery(sourceOf(world, false), parseSoql('SELECT Id FROM Nope')))).toBe('INVALID_TYPE');
    expect(code(() => parseSoql('SELECT FROM Contact'))).toBe('MALFORMED_QUERY');
    expect(code(() => parseSoql('SELECT LastName FROM Contact GROUP BY LastName'))).toBe('MALFORMED_QUERY');
    expect(code(() => names(world, "WHERE Id = 'nonsense'"))).toBe('INVALID_QUERY_FILTER_OPERATOR');
  });

  it('answers the same from an index as from a scan (property)', () => {
    const email = fc.constantFrom('a@x.org', 'b@x.org', null);
    const waitMs = fc.integer({ min: 0, max: 2500 });
    const act = fc.record({
      what: fc.constantFrom('create', 'edit', 'delete'),
      which: fc.nat({ max: 9 }),
      email,
      waitMs,
    });
    const second = fc.integer({ min: 0, max: 12 }).map((s) => new Date(start + s * 1000).toISOString());
    fc.assert(
      fc.property(fc.array(act, { maxLength: 15 }), second, second, (acts, from, to) => {
        const own = orgWorld();
        const contacts = own.state.needTable('Contact');
        const live: string[] = [];
        for (const { what, which, ...one } of acts) {
          own.clock.advance(one.waitMs);
          const id = live[which % Math.max(1, live.length)];
          if (what === 'create' || id === undefined)
            live.push(create(own, 'Contact', { LastName: 'P', Email: one.email }));
          else if (what === 'edit') updateRecord(writerOf(own), contacts, id, { Email: one.email });
          else {
            deleteRecord(writerOf(own), contacts, id);
            live.splice(live.indexOf(id), 1);
          }
        }
        const ids = (where: string): string[] =>
          runQuery(sourceOf(own, false), parseSoql(`SELECT Id FROM Contact WHERE ${where}`)).rows.map((r) =>
            String(r.Id),
          );
        // An OR keeps the indexes out of it, a third key the order of the index.
        const scanned = (where: string): string[] =>
          ids(`(${where} OR LastName = 'nobody') ORDER BY SystemModstamp, Id, LastName`);
        const indexed = (where: string): string[] => ids(`${where} ORDER BY SystemModstamp, Id`);
        expect(indexed(`SystemModstamp >= ${from}`)).toEqual(scanned(`SystemModstamp >= ${from}`));
        expect(indexed(`SystemModstamp > ${from} AND SystemModstamp <= ${to}`)).toEqual(
          scanned(`(SystemModstamp > ${from} AND SystemModstamp <= ${to})`),
        );
        expect(indexed(`SystemModstamp < ${to}`)).toEqual(scanned(`SystemModstamp < ${to}`));
        expect(indexed("Email = 'A@x.org'")).toEqual(scanned("Email = 'a@x.org'"));
        expect(indexed("Email IN ('a@x.org', 'b@x.org')")).toEqual(scanned('Email != null'));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('counts', () => {
    const answer = runQuery(sourceOf(world, false), parseSoql('SELECT COUNT() FROM Contact'));
    expect([answer.count, answer.rows.length]).toEqual([true, 3]);
  });
});
