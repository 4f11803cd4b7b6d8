import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import { demoPeople } from '../src/index.ts';

const people = demoPeople(7);
const addresses = people.flatMap((person) => [person.marketing?.email, ...person.crm.map((record) => record.email)]);
const key = (email: string): string => {
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  return `${local}@${domainToASCII(domain)}`;
};

describe('the shared customer base', () => {
  test('is the same for the same seed, and its beginning does not depend on the count', () => {
    expect(demoPeople(7)).toEqual(people);
    expect(demoPeople(7, 50)).toEqual(people.slice(0, 50));
    expect(demoPeople(8, 50)).not.toEqual(people.slice(0, 50));
  });

  test('uses reserved domains only', () => {
    for (const address of addresses) {
      if (address === undefined) continue;
      expect(address.toLowerCase()).toMatch(/@([^@]+\.)?(example\.org|example\.com|[^.@]+\.example|[^.@]+\.test)$/);
    }
  });

  test('has no two members of one address, in any spelling', () => {
    const members = people.flatMap((person) => (person.marketing === undefined ? [] : [key(person.marketing.email)]));
    expect(new Set(members).size).toBe(members.length);
  });

  test('holds every kind of trouble a real base has', () => {
    const records = people.flatMap((person) => person.crm);
    const statuses = new Set(people.map((person) => person.marketing?.status));
    expect([...statuses].sort()).toEqual(
      ['archived', 'bounced', 'never-opted-in', 'pending', 'subscribed', 'unsubscribed', undefined].sort(),
    );
    const byAddress = Map.groupBy(
      people.filter((person) => person.crm[0]?.email !== undefined),
      (person) => key(person.crm[0]?.email ?? ''),
    );
    expect([...byAddress.values()].some((group) => group.length > 1)).toBe(true);
    expect(people.some((person) => person.crm.length === 2)).toBe(true);
    expect(records.some((record) => record.optedOut)).toBe(true);
    expect(records.some((record) => record.email === undefined)).toBe(true);
    const letters = people.map((person) => person.firstName + person.lastName).join('');
    for (const script of ['Latin', 'Greek', 'Cyrillic', 'Arabic', 'Hebrew', 'Han', 'Hiragana', 'Hangul', 'Thai']) {
      expect(letters).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
    expect(letters).toMatch(/\p{Script=Devanagari}/u);
  });
});
