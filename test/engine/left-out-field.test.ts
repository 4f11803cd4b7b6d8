import { afterEach, expect, it } from 'vitest';
import { contact, LONGEST_TITLE, member, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
let clear = (): void => {};
afterEach(() => clear());

it('a value that the new member cannot take is told by the run that makes the member, and by each one after it', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set('ann', contact('ann', ANN, { Title: 'x'.repeat(LONGEST_TITLE + 1) }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  const told = async (): Promise<readonly (string | null)[]> => {
    const { report } = await syncs.sync();
    expect(report.message).toBeNull();
    return (await syncs.store.setAside(syncs.profile)).map(({ field }) => field);
  };
  expect(await told()).toEqual(['Title -> TITLE']);
  expect(marketing.rows.get(ANN)?.values).toEqual({});
  // Mailchimp's reads show the empty field, as its answer to the create did not.
  marketing.rows.set(ANN, member(ANN, { TITLE: null }));
  expect(await told()).toEqual(['Title -> TITLE']);
  crm.rows.set('ann', contact('ann', ANN, { Title: 'short' }));
  expect(await told()).toEqual([]);
  expect(marketing.rows.get(ANN)?.values).toEqual({ TITLE: 'short' });
});
