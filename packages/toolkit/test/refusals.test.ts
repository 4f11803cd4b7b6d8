import type { Op } from '@heed/contract';
import { namesRefusal, patchesOnly, refusal, sortOps } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const record = { type: 'contact', id: '1' };
const patch: Op = { kind: 'patch', id: 'p', record, email: 'ann@x.org', fields: {}, ifVersion: null };
const leave: Op = { kind: 'leave', id: 'l', record, email: 'ann@x.org', how: 'tag' };

it('ops that are refused get their outcome, and the others may be sent', () => {
  const wrong = refusal('refused', 'NOT_HERE', 'nobody leaves');
  expect(sortOps([leave, patch], ({ kind }) => (kind === 'leave' ? wrong : null))).toEqual({
    good: [patch],
    refused: [{ op: 'l', result: 'rejected', refusal: wrong }],
  });
});

describe('names of fields', () => {
  const isName = (name: string): boolean => /^\w+$/.test(name);

  it('are refused where one is no name, which is not repeated, or may not be written', () => {
    expect(namesRefusal(['City', 'x; DROP'], isName)).toMatchObject({ kind: 'config', field: null });
    expect(namesRefusal(['City', 'Email'], isName, (name) => name === 'Email')).toMatchObject({
      kind: 'refused',
      code: 'NOT_BY_FIELDS',
      field: 'Email',
    });
    expect(namesRefusal(['City', 'Email'], isName)).toBeNull();
  });
});

it('a job takes changes of fields and nothing else', () => {
  expect(patchesOnly([patch], 'acme')).toEqual([patch]);
  expect(() => patchesOnly([patch, leave], 'acme')).toThrow(/^acme: .*consent never/);
});
