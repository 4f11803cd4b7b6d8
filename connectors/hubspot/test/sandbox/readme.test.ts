// What the README promises is there, and what is there is in the README.
import { readFileSync } from 'node:fs';
import { sandbox } from '@heed/connector-hubspot/sandbox';
import { expect, test } from 'vitest';

const readme = readFileSync(new URL('../../sandbox/README.md', import.meta.url), 'utf8');
const inTables = new Set(
  [...readme.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  ),
);

test.each([
  ['switch', Object.keys(sandbox.switches ?? {})],
  ['act', Object.keys(sandbox.actions)],
  ['fault', sandbox.faultKinds ?? []],
] as const)('every %s has its row', (_, names) => {
  expect(names.filter((name) => !inTables.has(name))).toEqual([]);
});

test('every row is a switch, an act or a fault', () => {
  const known = [
    ...Object.keys(sandbox.switches ?? {}),
    ...Object.keys(sandbox.actions),
    ...(sandbox.faultKinds ?? []),
  ];
  expect([...inTables].filter((name) => !known.includes(name ?? ''))).toEqual([]);
});
