import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, syncJson, type World } from './kit.ts';

const PEOPLE = 505;
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

test('C23 heed approve in the middle of a sync: what that sync holds goes out before it ends', {
  timeout: 120_000,
}, async () => {
  const contacts = Array.from({ length: PEOPLE }, (_, n) => {
    const fields = { LastName: 'Before', Email: `person${n}@example.org` };
    return (world.salesforce.act('admin/create', { type: 'Contact', fields }) as { readonly id: string }).id;
  });
  expect((await world.heed(['sync', 'acme', '--yes'])).code).toBe(0);
  for (const [n, id] of contacts.entries()) {
    const fields = n < TICKED ? { HasOptedOutOfEmail: true } : { LastName: 'After' };
    world.salesforce.act('admin/edit', { id, fields });
  }
  // The updates go as a job of Mailchimp, and that takes an hour.
  world.mailchimp.switches({ asyncStartMs: HOUR_MS });
  const submitted = seen('POST', /\/batches$/);
  const { ended } = world.start(['sync', 'acme', '--json']);
  await submitted;
  const optedOut = seen('PATCH', /\/members\/\w+$/, TICKED);
  const status = JSON.parse((await world.heed(['status', 'acme', '--json'])).stdout) as StatusJson;
  const [hold] = status.profiles[0]?.held ?? [];
  expect(hold?.people).toBe(TICKED);
  const approved = await world.heed(['approve', hold?.run ?? '']);
  expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining('A run under way applies it')]);
  await optedOut;
  world.mailchimp.clock.advance(HOUR_MS);
  const done = await ended;
  expect(done.code).toBe(0);
  expect(syncJson(done).runs[0]).toMatchObject({ status: 'done', owed: 0, held: { 'marketing.opt-out': 0 } });
  const members = Object.values(await world.records()).filter(
    (one) => (one as { readonly status?: string }).status === 'unsubscribed',
  );
  expect(members).toHaveLength(TICKED);
});
