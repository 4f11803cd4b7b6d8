import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, syncJson, type World } from './kit.ts';

const PEOPLE = 510;
const TICKED = 3;
const HOUR_MS = 3_600_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.writeProfile({ guards: { optOuts: { people: 1, percent: 0 } } });
});
afterAll(() => world.close());

const seen = (method: string, path: RegExp, times = 1): Promise<void> =>
  new Promise((resolve) => {
    let left = times;
    world.watch((call) => {
      if (call.method !== method || !path.test(call.path)) return;
      left -= 1;
      if (left === 0) resolve();
    });
  });

interface StatusJson {
  readonly profiles: readonly { readonly held: readonly { readonly run: string; readonly people: number }[] }[];
}

/** The contacts of a first sync that is done, in order. */
let contacts: readonly string[] = [];

/** A sync that waits for a job of Mailchimp for an hour, with what it holds. */
const heldInTheMiddle = async (ticked: number, from: number) => {
  for (const [n, id] of contacts.entries()) {
    const isTicked = n >= from && n < from + ticked;
    const fields = isTicked ? { HasOptedOutOfEmail: true } : { LastName: `After ${from}` };
    world.salesforce.act('admin/edit', { id, fields });
  }
  world.mailchimp.switches({ asyncStartMs: HOUR_MS });
  const submitted = seen('POST', /\/batches$/);
  const { ended } = world.start(['sync', 'acme', '--json']);
  await submitted;
  const optedOut = seen('PATCH', /\/members\/\w+$/, ticked);
  const status = JSON.parse((await world.heed(['status', 'acme', '--json'])).stdout) as StatusJson;
  const [hold] = status.profiles[0]?.held ?? [];
  expect(hold?.people).toBe(ticked);
  return { ended, optedOut, run: hold?.run ?? '' };
};

const unsubscribed = async (): Promise<number> =>
  Object.values(await world.records()).filter((one) => (one as { readonly status?: string }).status === 'unsubscribed')
    .length;

test('C23 heed approve in the middle of a sync: what that sync holds goes out before it ends', {
  timeout: 120_000,
}, async () => {
  contacts = Array.from({ length: PEOPLE }, (_, n) => {
    const fields = { LastName: 'Before', Email: `person${n}@example.org` };
    return (world.salesforce.act('admin/create', { type: 'Contact', fields }) as { readonly id: string }).id;
  });
  expect((await world.heed(['sync', 'acme', '--yes'])).code).toBe(0);
  const { ended, optedOut, run } = await heldInTheMiddle(TICKED, 0);
  const approved = await world.heed(['approve', run]);
  expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining('A run under way applies it')]);
  await optedOut;
  world.mailchimp.clock.advance(HOUR_MS);
  const done = await ended;
  expect(done.code).toBe(0);
  expect(syncJson(done).runs[0]).toMatchObject({ status: 'done', owed: 0, held: { 'marketing.opt-out': 0 } });
  expect(await unsubscribed()).toBe(TICKED);
});

test('C23 heed approve --now in the middle of a sync: waits until that is done, which carries it, and makes sure of the rest', {
  timeout: 120_000,
}, async () => {
  const { ended, optedOut, run } = await heldInTheMiddle(TICKED, TICKED);
  const approving = world.start(['approve', run, '--now', '--json']);
  const waits = new Promise<string>((resolve) => {
    approving.child.stderr?.once('data', resolve);
  });
  expect(await waits).toContain('acme/newsletter: approved. Another process is running acme');
  await optedOut;
  world.mailchimp.clock.advance(HOUR_MS);
  expect((await ended).code).toBe(0);
  const approved = await approving.ended;
  expect([approved.code, syncJson(approved).runs]).toEqual([
    0,
    [expect.objectContaining({ profile: 'acme/newsletter', status: 'done', owed: 0 })],
  ]);
  expect(await unsubscribed()).toBe(2 * TICKED);
});
