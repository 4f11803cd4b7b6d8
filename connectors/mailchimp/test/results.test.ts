import { expect, it } from 'vitest';
import { hashOf } from '../src/address-hash.ts';
import { createResults } from '../src/bulk/results.ts';
import { brief, NOON, ops } from './support.ts';

const ANN = 'ann@example.org';
const member = (email: string, more: object = {}): string =>
  JSON.stringify({
    id: hashOf(email),
    email_address: email,
    status: 'subscribed',
    merge_fields: { FNAME: 'x' },
    ...more,
  });
const row = (status_code: unknown, response: unknown, operation_id: unknown = `p:${ANN}`): object => ({
  status_code,
  operation_id,
  response,
});

const told = (...rows: readonly unknown[]): string => {
  const results = createResults([ops.patch(ANN, { FNAME: 'x' })], NOON);
  results.take(JSON.stringify(rows));
  const [outcome] = results.outcomes();
  if (outcome === undefined) throw new Error('no outcome');
  return brief(outcome);
};

const IN_DOUBT = 'unknown protocol protocol';

it('a result is believed if it shows the member of the op, and means what the answer of a single call means', () => {
  expect(told(row(200, member(ANN)))).toBe('applied');
  expect(told(row(200, member('bob@example.org')))).toBe(IN_DOUBT);
  expect(told(row(200, '{}'))).toBe(IN_DOUBT);
  expect(told(row(200, '{"id": "cut of'))).toBe(IN_DOUBT);
  expect(told(row(200, null))).toBe(IN_DOUBT);
  expect(told(row(200, member(ANN, { merge_fields: {} })))).toBe('rejected invalid unknown merge field');
  expect(told(row(400, '{"title":"Invalid Resource","errors":[{"field":"FNAME","message":"x"}]}'))).toBe(
    'rejected invalid Invalid Resource',
  );
  expect(told(row(404, '{"title":"Resource Not Found"}'))).toBe('rejected missing Resource Not Found');
  expect(told(row(500, '<html>'))).toBe('unknown unavailable HTTP 500');
});

it('what is no result tells nothing', () => {
  for (const odd of [
    null,
    'text',
    42,
    [],
    row('200', member(ANN)),
    row(200, member(ANN), 'another'),
    row(200, member(ANN), null),
    row(200, member(ANN), '__proto__'),
  ])
    expect([odd, told(odd)]).toEqual([odd, IN_DOUBT]);
  const results = createResults([ops.patch(ANN, { FNAME: 'x' })], NOON);
  for (const file of ['', 'null', '{"0":{}}', '[', '\u0000']) results.take(file);
  expect(results.areOurs).toBe(false);
});
