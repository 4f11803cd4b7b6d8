import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heed, openWorld, populate, syncJson, type World } from './kit.ts';

let world: World;
let run = '';
beforeAll(async () => {
  world = await openWorld();
  populate(world, 8);
  run = syncJson(await world.heed(['sync', 'acme', '--yes', '--json'])).runs[0]?.run ?? '';
  await world.heed(['sync', 'acme']);
});
afterAll(() => world.close());

const lines: readonly (readonly [string, () => readonly string[]])[] = [
  ['check', () => ['check', 'acme']],
  ['fields', () => ['fields', 'acme', 'salesforce']],
  ['lists', () => ['lists', 'acme', 'mailchimp']],
  ['plan', () => ['plan', 'acme']],
  ['sync', () => ['sync', 'acme']],
  ['status', () => ['status', 'acme', '--people']],
  ['runs', () => ['runs', 'acme']],
  ['run', () => ['run', run]],
  ['retry', () => ['retry', 'acme']],
  ['explain', () => ['explain', 'acme', 'person3@example.org']],
  ['review', () => ['review', 'acme']],
  ['ledger verify', () => ['ledger', 'verify', 'acme']],
  ['ledger export', () => ['ledger', 'export', 'acme', 'person3@example.org']],
  ['optouts add', () => ['optouts', 'add', 'acme', 'person4@example.org', '--because', 'asked by phone']],
  ['pause', () => ['pause', 'acme']],
  ['resume', () => ['resume', 'acme']],
  ['connectors', () => ['connectors']],
];

const TAKES_TURN: ReadonlySet<string> = new Set(['plan', 'sync', 'retry']);

describe('every command', () => {
  test.each(lines)('%s: --json is one document, text fits 80 columns and has no colours', async (_, args) => {
    const ran = world.heed([...args(), '--json']);
    // Those that take the customer's turn go one after the other, or the second would be told to wait.
    if (TAKES_TURN.has(args()[0] ?? '')) await ran;
    const [json, text] = await Promise.all([ran, world.heed(args())]);
    expect([json.code, json.stderr]).toEqual([0, '']);
    expect(JSON.parse(json.stdout)).toBeTypeOf('object');
    expect(text.code).toBe(0);
    expect(text.stdout).not.toContain('\u001b');
    expect(text.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('--help has examples and fits 80 columns', async () => {
    const overview = await heed(['--help']);
    expect(overview.code).toBe(0);
    const names = [...overview.stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '');
    expect(names).toEqual(expect.arrayContaining(['check', 'sync', 'serve', 'explain', 'demo']));
    for (const ended of [overview, await heed(['sync', '--help']), await heed(['ledger', 'export', '--help'])]) {
      expect(ended.stdout).toContain('Examples:');
      expect(ended.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });
});

test('sync --json is exactly what is promised', async () => {
  const [shown] = syncJson(await world.heed(['sync', 'acme', '--json'])).runs;
  expect(Object.keys(shown ?? {})).toEqual([
    'run',
    'profile',
    'status',
    'startedAt',
    'finishedAt',
    'crm',
    'marketing',
    'held',
    'owed',
    'review',
    'calls',
    // Promised by nobody, and welcome (C13; what a vendor's job has not told yet).
    'paidOptedOut',
    'inJobs',
  ]);
  expect(new Date(shown?.startedAt ?? '').toISOString()).toBe(shown?.startedAt);
  for (const side of [shown?.crm, shown?.marketing]) {
    const { read, notSynced, setAside, ...buckets } = side as unknown as Record<string, number> & {
      notSynced: Record<string, number>;
      setAside: unknown[];
    };
    expect(Object.keys(buckets).sort()).toEqual(['created', 'held', 'optedOut', 'unchanged', 'updated']);
    const sum = [...Object.values(buckets), ...Object.values(notSynced)].reduce((all, n) => all + n, setAside.length);
    expect(sum).toBe(read);
  }
});

test('an ADDRESS of - comes from standard input', async () => {
  const ended = await world.heed(['explain', 'acme', '-', '--json'], {}, 'Person3@Example.org\n');
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ address: 'person3@example.org', profiles: [{ mailable: 'no' }] });
});

test('a paused profile is not synced until it is resumed', async () => {
  await world.heed(['pause', 'acme/newsletter']);
  const named = await world.heed(['sync', 'acme/newsletter', '--json']);
  expect([named.code, syncJson(named)]).toEqual([2, { runs: [] }]);
  const all = await world.heed(['sync', '--json']);
  expect([all.code, syncJson(all)]).toEqual([0, { runs: [] }]);
  expect(all.stderr).toContain('heed resume acme/newsletter');
  await world.heed(['resume', 'acme/newsletter']);
  expect(syncJson(await world.heed(['sync', 'acme', '--json'])).runs).toHaveLength(1);
});

test('C2: the plan says in one sentence who can still be mailed', async () => {
  world.writeProfile({ optOut: { crmToMarketing: false } });
  const plan = await world.heed(['plan', 'acme']);
  world.writeProfile();
  expect(plan.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'People who opted out in Salesforce can still be mailed from Mailchimp',
  );
});
