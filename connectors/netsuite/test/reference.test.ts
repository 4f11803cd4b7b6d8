import { expect, it } from 'vitest';
import { externalIdOf, referenceIn } from '../src/reference.ts';

it.each(['heed-d41d8cd98f00b204e9800998ecf8427e', 'ref ann@example.org', 'a_b', '_', 'Änderung 名前 😀', '_41', ''])(
  'a reference becomes an external id and is found in it again: %s',
  (reference) => {
    expect(externalIdOf(reference)).toMatch(/^[A-Za-z0-9_-]*$/);
    expect(referenceIn(externalIdOf(reference))).toBe(reference);
  },
);

it('references of Heed stand there as they are', () => {
  expect(externalIdOf('heed-d41d8cd98f00b204e9800998ecf8427e')).toBe('heed-d41d8cd98f00b204e9800998ecf8427e');
});

it.each(['ERP_1234', 'a_b', 'x_4', 'x_ff', '_41', '_FF'])(
  'an external id of somebody else is left as it is: %s',
  (id) => {
    expect(referenceIn(id)).toBe(id);
  },
);
