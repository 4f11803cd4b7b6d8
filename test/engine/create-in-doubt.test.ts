import { afterEach, describe, expect, it } from 'vitest';
import { contact, member, PROFILE, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
const BOTH_WAYS = PROFILE.fields.map((field) => ({ ...field, direction: 'both' as const }));
let clear = (): void => {};
afterEach(() => clear());

/** A run made Ann a member, or was about to, and was killed before it heard anything. `found`: the member's title by then. */
const killedAtCreate = async (found: string, conflicts: 'crm' | 'marketing') => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set('ann', contact('ann', ANN, { Title: 'ours' }));
  const syncs = plainSyncs(crm, marketing, { fields: BOTH_WAYS, conflicts });
  clear = syncs.done;
  marketing.passing = (what) => {
    if (what === 'ops') throw new Error('killed');
  };
  await expect(syncs.sync()).rejects.toThrow('killed');
  delete marketing.passing;
  marketing.rows.set(ANN, member(ANN, { TITLE: found }));
  const titles = () => [crm.rows.get('ann')?.values.Title, marketing.rows.get(ANN)?.values.TITLE];
  return { crm, marketing, sync: syncs.sync, titles };
};

/*
 * The member that is found then may be ours, edited since, or somebody who signed up meanwhile: both look the same. So what
 * shows our value is agreed, and of two values `conflicts` decides, as without an agreed base (I8, C29): neither tool gives way
 * where the profile says that it wins.
 */
describe('a member found where nobody knows whether our create made it', () => {
  it('has agreed to the values of ours that it shows: an edit in the CRM since then is no conflict', async () => {
    const { crm, sync, titles } = await killedAtCreate('ours', 'marketing');
    crm.rows.set('ann', contact('ann', ANN, { Title: 'edited' }));
    await sync();
    expect(titles()).toEqual(['edited', 'edited']);
  });

  it.for([
    ['crm', 'ours'],
    ['marketing', 'theirs'],
  ] as const)('has agreed to no other value: with conflicts: %s, %s stays', async ([conflicts, wins]) => {
    const { crm, marketing, sync, titles } = await killedAtCreate('theirs', conflicts);
    await sync();
    expect(titles()).toEqual([wins, wins]);
    const sent = [...crm.written, ...marketing.written].map(({ kind }) => kind);
    expect(sent, 'one overwrites the other, once').toEqual(['patch']);
  });
});
