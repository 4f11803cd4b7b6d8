import { entryOf, readJson, recordOf } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

describe('what comes from outside', () => {
  it('is JSON or undefined, and an object or one without entries', () => {
    expect([readJson('null'), readJson('{"a":1}'), readJson('{"a":'), readJson('')]).toEqual([
      null,
      { a: 1 },
      undefined,
      undefined,
    ]);
    expect([recordOf({ a: 1 }), recordOf([1]), recordOf(null), recordOf('a')]).toEqual([{ a: 1 }, {}, {}, {}]);
  });

  it('is no key of a table that only every object has', () => {
    const table = { NOT_FOUND: 'gone', 404: 'gone' };
    expect([entryOf(table, 'NOT_FOUND'), entryOf(table, 404)]).toEqual(['gone', 'gone']);
    expect([entryOf(table, 'constructor'), entryOf(table, 'toString'), entryOf(table, undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
