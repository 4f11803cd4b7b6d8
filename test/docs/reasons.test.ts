import { readFileSync } from 'node:fs';
import { NOT_SYNCED_REASONS } from '@heed/core';
import { expect, it } from 'vitest';

const doc = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8');

it('docs/reasons.md explains each published reason once, in their order, and no other', () => {
  const rows = [...doc.matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \|$/gm)].map(([, reason]) => reason);
  expect(rows).toEqual([...NOT_SYNCED_REASONS]);
});
