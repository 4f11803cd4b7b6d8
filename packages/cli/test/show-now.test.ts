import type { Explanation } from '@heed/core';
import { expect, test } from 'vitest';
import { nowJson, nowText } from '../src/people/show-now.ts';

type Now = Explanation['now'][number];
type Deciding = Now['properties'][number];

const property = (name: string, more: Partial<Deciding> = {}): Deciding => ({
  record: { type: 'Contact', id: '003' },
  name,
  value: false,
  blocks: false,
  since: null,
  why: 'what it means',
  ...more,
});

const now = (properties: readonly Deciding[], more: Partial<Now> = {}): Now => ({
  side: 'crm',
  system: 'Salesforce',
  unreachable: null,
  mailable: 'no',
  properties,
  leading: null,
  changed: false,
  ...more,
});

const AT = Date.UTC(2026, 10, 21, 23, 45);

test('each record with its properties: what blocks and what tells nothing says why, the rest only what it is', () => {
  const text = nowText(
    now([
      property('Box', { value: true, blocks: true, since: AT }),
      property('Bounce', { value: null }),
      property('Tags', { value: ['a', 'b'], blocks: null }),
      property('unsubscribe-all', { record: null, value: 'UNSUBSCRIBED', blocks: true }),
    ]),
  );
  expect(text.split('\n')).toEqual([
    '  Salesforce, asked now: no mail',
    '    Contact 003',
    '      Box: true (blocks), since 2026-11-21 23:45 UTC: what it means',
    '      Bounce: -',
    '      Tags: a, b (tells nothing by itself: what it means)',
    '    of the address itself',
    '      unsubscribe-all: UNSUBSCRIBED (blocks): what it means',
    '    No leading property: each of these can block by itself: Box, Bounce,',
    '      unsubscribe-all; what blocks now: Box, unsubscribe-all.',
  ]);
});

test('the leading property is named where there is one, and that there is none is said', () => {
  expect(nowText(now([property('status')], { leading: 'status', mailable: 'yes' }))).toContain(
    'Leading property: status.',
  );
  expect(nowText(now([property('a'), property('b')])).replaceAll(/\s+/g, ' ')).toContain(
    'a, b; none of them blocks now.',
  );
  expect(nowText(now([property('a', { blocks: null })]))).toContain('nothing that can be read decides by itself');
  expect(nowText(now([]))).toBe('  Salesforce, asked now: it has no record of this address.');
});

test('fits 80 columns, and what a vendor sends cannot steer a terminal', () => {
  const text = nowText(
    now([
      property(`subscriptions.${'Monthly news of everything '.repeat(6)}`, { value: 'x'.repeat(200), blocks: null }),
      property('reason', { value: 'no\u001b[2Jmore', blocks: true, why: 'long '.repeat(40) }),
    ]),
  );
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).not.toContain('\u001b');
});

test('--json has every property with its sentence, times in ISO 8601', () => {
  expect(nowJson(now([property('Box', { since: AT })])).properties).toEqual([
    { ...property('Box'), since: '2026-11-21T23:45:00.000Z' },
  ]);
});
