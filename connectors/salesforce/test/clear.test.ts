import type { Op } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { lookup, make, open, stored, useSandbox, write } from './kit.ts';

const sandbox = useSandbox();

const clear = (id: string, ifVersion: string | null): Op => ({
  kind: 'clear',
  id: 'c',
  record: { type: 'Contact', id },
  email: 'a@example.org',
  topic: '*',
  set: { HasOptedOutOfEmail: false },
  ifVersion,
});

describe('clear', () => {
  const optedOut = () => make(sandbox(), 'Contact', { Email: 'a@example.org', HasOptedOutOfEmail: true });
  const versionOf = async (id: string) =>
    (await lookup(open(sandbox()).session, { records: [{ type: 'Contact', id }] }))[0]?.version ?? null;

  test('nobody edited it since: cleared', async () => {
    const id = optedOut();
    const version = await versionOf(id);
    expect((await write(open(sandbox()).session, clear(id, version))).c?.result).toBe('applied');
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(false);
  });

  test('somebody edited it since: stale, and still opted out', async () => {
    const id = optedOut();
    const version = await versionOf(id);
    sandbox().clock.advance(2_000);
    sandbox().act('admin/edit', { id, fields: { Title: 'Boss' } });
    expect((await write(open(sandbox()).session, clear(id, version))).c).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'stale' },
    });
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(true);
  });

  test('an unreadable version clears nothing', async () => {
    const id = optedOut();
    expect((await write(open(sandbox()).session, clear(id, 'x'))).c).toMatchObject({
      result: 'rejected',
      refusal: { kind: 'stale' },
    });
    expect(stored(sandbox(), 'Contact', id).HasOptedOutOfEmail).toBe(true);
  });
});
