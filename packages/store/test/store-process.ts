import { randomBytes } from 'node:crypto';
import { at, CRM, contact, optOut, page, shadow } from '../../testkit/src/store-suite/made-up.ts';
import { openStateFolder } from '../src/index.ts';

/** A process of its own: `write DIR` commits pages until it is killed, `compete DIR NAME CUSTOMERS` tries for each lease. */
const [, , what, dir = '', name = '', customers = '0'] = process.argv;
const clock = { now: Date.now, sleep: async () => {} };
const folder = openStateFolder(dir, { clock, random: randomBytes });

const write = async (): Promise<void> => {
  const store = folder.customer('acme');
  const lease = await folder.leases.acquire('acme', 'child', 3_600_000);
  if (lease === null) throw new Error('no lease');
  await store.markDirty('news', [], 0);
  for (let n = 1; ; n += 1) {
    const names = Array.from({ length: 20 }, (_, i) => `p${n}-${i}`);
    const shadows = names.map((one) => shadow(CRM, contact(one), one));
    const cursor = { stream: 's', next: String(n) };
    const facts = names.map((one) => optOut(one));
    await store.commitPage(lease, page(CRM, { shadows, facts, dirty: names.map(at), cursor }), n);
    process.stdout.write(`${n}\n`);
  }
};

const compete = async (): Promise<void> => {
  for (let n = 0; n < Number(customers); n += 1) {
    const lease = await folder.leases.acquire(`customer${n}`, name, 3_600_000);
    process.stdout.write(`${n} ${lease === null ? 'lost' : `won ${lease.fence}`}\n`);
  }
  folder.close();
};

await (what === 'write' ? write() : compete());
