import { describe, expect, test } from 'vitest';
import { callsTo, emails, lookup, make, open, useSandbox } from './kit.ts';

const sandbox = useSandbox();

describe('by record', () => {
  test('of both types; what is not there is not in the answer, nor does it fail the others', async () => {
    const contact = make(sandbox(), 'Contact', { Email: 'a@example.org', HasOptedOutOfEmail: true });
    const lead = make(sandbox(), 'Lead', { Email: 'b@example.org' });
    const records = [
      { type: 'Contact', id: contact },
      { type: 'Lead', id: lead },
      { type: 'Contact', id: '003000000000000AAA' },
      { type: 'Contact', id: "no id'" },
    ];
    const rows = await lookup(open(sandbox()).session, { records });
    expect(rows.map(({ record, values }) => [record, values])).toEqual([
      [{ type: 'Contact', id: contact }, { HasOptedOutOfEmail: true }],
      [{ type: 'Lead', id: lead }, { HasOptedOutOfEmail: false }],
    ]);
  });

  test('deleted, merged and converted records come with what became of them', async () => {
    const [gone, heir, loser] = ['g', 'h', 'l'].map((name) =>
      make(sandbox(), 'Contact', { Email: `${name}@example.org` }),
    );
    const lead = make(sandbox(), 'Lead', { Email: 'lead@example.org' });
    sandbox().act('admin/delete', { id: gone });
    sandbox().act('admin/merge', { type: 'Contact', master: heir, losers: [loser] });
    const { contactId } = sandbox().act('admin/convert', { id: lead }) as { contactId: string };
    const records = [...[gone, loser].map((id) => ({ type: 'Contact', id: String(id) })), { type: 'Lead', id: lead }];
    const rows = await lookup(open(sandbox()).session, { records });
    expect(Object.fromEntries(rows.map(({ record, life }) => [record.id, life]))).toEqual({
      [String(gone)]: { kind: 'deleted' },
      [String(loser)]: { kind: 'continued', as: { type: 'Contact', id: heir } },
      [lead]: { kind: 'continued', as: { type: 'Contact', id: contactId } },
    });
  });

  test('a thousand ids', async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => make(sandbox(), 'Contact', { Email: `p${i}@example.org` }));
    const rows = await lookup(open(sandbox()).session, { records: ids.map((id) => ({ type: 'Contact', id })) });
    expect(rows.map(({ record }) => record.id).sort()).toEqual([...ids].sort());
    expect(callsTo(sandbox()).slice(-1)).toEqual(['POST /composite/sobjects/Contact']);
    expect(callsTo(sandbox())).not.toContain('GET /queryAll');
  });
});

describe('by address', () => {
  test('every record of every type, whatever the case', async () => {
    make(sandbox(), 'Contact', { Email: 'Ann@Example.org' });
    make(sandbox(), 'Contact', { Email: 'ann@example.org' });
    make(sandbox(), 'Lead', { Email: 'ANN@EXAMPLE.ORG' });
    make(sandbox(), 'Contact', { Email: 'other@example.org' });
    const rows = await lookup(open(sandbox()).session, { emails: ['aNN@example.ORG', 'ann@example.org'] });
    expect(rows).toHaveLength(3);
  });

  test('addresses that would bend a query', async () => {
    const odd = 'o\'neil+"x"\\@example.org';
    make(sandbox(), 'Contact', { Email: 'plain@example.org' });
    const rows = await lookup(open(sandbox()).session, { emails: [odd, "' OR Email != '", "\\' OR Email != '"] });
    expect(rows).toEqual([]);
    make(sandbox(), 'Contact', { Email: "o'neil@example.org" });
    expect(await lookup(open(sandbox()).session, { emails: ["O'Neil@example.org"] })).toHaveLength(1);
  });

  test('hundreds of long addresses: no URL is longer than the vendor takes', async () => {
    const asked = Array.from({ length: 250 }, (_, i) => `${'ü'.repeat(30)}${i}@example.org`);
    make(sandbox(), 'Lead', { Email: 'x249@example.org' });
    const rows = await lookup(open(sandbox()).session, { emails: [...asked, 'x249@example.org'] });
    expect(emails(rows)).toEqual(['x249@example.org']);
    // The log shows escapes as they were sent.
    expect(
      Math.max(
        ...sandbox()
          .calls()
          .map(({ path }) => path.length),
      ),
    ).toBeLessThan(16_000);
  });

  test('none asked, nothing sent', async () => {
    const { session } = open(sandbox());
    expect(await lookup(session, { emails: [] })).toEqual([]);
    expect(callsTo(sandbox()).filter((call) => call.includes('query'))).toEqual([]);
  });
});

describe('by reference', () => {
  test('found in both types, the field read back', async () => {
    make(sandbox(), 'Contact', { Email: 'a@example.org', Heed_Id__c: 'h/1?#' });
    make(sandbox(), 'Lead', { Email: 'b@example.org', Heed_Id__c: 'h2' });
    const rows = await lookup(
      open(sandbox()).session,
      { references: ['h/1?#', 'h2', 'h3'] },
      { reference: 'Heed_Id__c' },
    );
    expect(rows.map(({ reference }) => reference)).toEqual(['h/1?#', 'h2']);
  });

  test('a field that the org lacks finds nothing', async () => {
    expect(await lookup(open(sandbox()).session, { references: ['x'] }, { reference: 'Nope__c' })).toEqual([]);
  });
});
