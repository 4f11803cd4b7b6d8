import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { heed } from './kit.ts';

test('heed demo shows the main job, keeps its promises and leaves nothing behind', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('heed-demo-'));
  const ended = await heed(['demo', '--json']);
  expect(ended.code, ended.stderr).toBe(0);
  const { claims, ok } = JSON.parse(ended.stdout) as { claims: { claim: string; holds: boolean }[]; ok: boolean };
  expect(ok).toBe(true);
  expect(claims.map(({ holds }) => holds)).toEqual(claims.map(() => true));
  expect(claims.length).toBeGreaterThan(7);
  for (const shown of ['$ heed check demo', '$ heed plan demo', '$ heed approve run-', '$ heed explain demo'])
    expect(ended.stderr).toContain(shown);
  expect(ended.stderr).toContain('status: unsubscribed');
  expect(ended.stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('heed-demo-'))).toEqual(before);
});
