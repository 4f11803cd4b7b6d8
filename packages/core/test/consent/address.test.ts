import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKey } from '../../src/identity/address.ts';

describe('Words: address', () => {
  it.each([
    ['Ann@X.org', 'ann@x.org'],
    ['  ann@x.org ', 'ann@x.org'],
    ['ann+news@x.org', 'ann+news@x.org'],
    ['a.n.n@gmail.com', 'a.n.n@gmail.com'],
    ['ann@MÜLLER.de', 'ann@xn--mller-kva.de'],
    ['ann@xn--mller-kva.de', 'ann@xn--mller-kva.de'],
    ['ann@mu\u0308ller.de', 'ann@xn--mller-kva.de'],
    ['ZOE\u0308@x.org', 'zoë@x.org'],
    ["o'hara@x.org", "o'hara@x.org"],
  ])('Words: %s is %s', (spelling, wanted) => {
    expect(addressKey(spelling)).toBe(wanted);
  });

  it.each([
    'an\ud83dn@x.org', // half a letter, as some cut of a text leaves it
    null,
    '',
    'ann',
    'ann@',
    '@x.org',
    'ann@localhost',
    'a b@x.org',
    'a@b@x.org',
    'ann@x.org\r\nBcc: x',
    '<ann@x.org>',
  ])('Words: %j is no address', (spelling) => {
    expect(addressKey(spelling)).toBeNull();
  });

  const local = fc.string({ unit: fc.constantFrom(...'abcXYZ019.+-_äÖñ'), minLength: 1, maxLength: 20 });
  const label = fc.string({ unit: fc.constantFrom(...'abcXYZ019äÖñ京'), minLength: 1, maxLength: 12 });
  const address = fc
    .tuple(local, label, fc.constantFrom('org', 'DE', 'co.uk', 'みんな'))
    .map(([l, d, t]) => `${l}@${d}.${t}`);

  it('Words: a key is its own key, whatever the spelling', () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress(), fc.string()), (spelling) => {
        const one = addressKey(spelling);
        if (one !== null) expect(addressKey(one)).toBe(one);
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });

  it('Words: the domain is what IDNA makes of it, also where the short way is taken', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abxn019-.'), minLength: 1, maxLength: 14 });
    const domain = fc.tuple(text, fc.constantFrom('org', 'x', 'a1', '0x', '7')).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(domain, (written) => {
        const ascii = domainToASCII(written);
        expect(addressKey(`ann@${written}`)).toBe(ascii.includes('.') ? `ann@${ascii}` : null);
      }),
      { numRuns: 5_000, seed: 13 },
    );
  });

  it('Words: case, spaces around it and the composition of letters make no difference', () => {
    fc.assert(
      fc.property(address, (spelling) => {
        const one = addressKey(spelling);
        expect(one).not.toBeNull();
        for (const other of [spelling.toUpperCase(), ` ${spelling}\t`, spelling.normalize('NFD')]) {
          expect(addressKey(other)).toBe(one);
        }
      }),
      { numRuns: 1_000, seed: 12 },
    );
  });

  it('Words: the domain is ASCII, so its two spellings are one address', () => {
    fc.assert(
      fc.property(address, (spelling) => {
        const domain = (addressKey(spelling) ?? '').split('@')[1] ?? '';
        expect(domain).toMatch(/^[a-z0-9.-]+$/);
      }),
      { numRuns: 1_000, seed: 13 },
    );
  });
});
