import { afterEach, describe, expect, it } from 'vitest';
import { contact, plainSyncs, plainSystem } from './plain-systems.ts';

let clear = (): void => {};
afterEach(() => clear());

/** Each tenth is opted out, and becomes no member. */
const optedOut = (index: number): boolean => index % 10 === 0;

/** How many creates each request brought that the run made of so many contacts, and who was made. */
const createsOf = async (contacts: number) => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  marketing.createsInOne = 500;
  for (let index = 0; index < contacts; index += 1) {
    const email = `p${String(index).padStart(5, '0')}@example.org`;
    crm.rows.set(email, contact(email, email, { Title: 'x', OptedOut: optedOut(index) }));
  }
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  const { report } = await syncs.sync();
  expect(report).toMatchObject({ message: null, exitCode: 0 });
  const requests = marketing.requests.map((ops) => ops.filter(({ kind }) => kind === 'create').length);
  const quiet = marketing.requests.length;
  await syncs.sync();
  expect(marketing.requests.slice(quiet), 'nobody is left').toEqual([]);
  return { requests: requests.filter((creates) => creates > 0), made: marketing.rows.size };
};

describe('a system that takes many creates in one call', () => {
  it('gets full ones: what would not fill its last call waits for that of the next people', async () => {
    // 4,000 people are worked on at once: 3,600 are new, and then 90.
    expect(await createsOf(4_100)).toEqual({ requests: [3_500, 190], made: 3_690 });
  });

  it('gets few as they are', async () => {
    expect(await createsOf(100)).toEqual({ requests: [90], made: 90 });
  });
});
