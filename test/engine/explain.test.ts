import { ConnectorError, type Deciding } from '@heed/contract';
import { addressKey, type Explanation, explain, type OpenSystem } from '@heed/core';
import { afterEach, describe, expect, it } from 'vitest';
import { contact, member, NOON, PROFILE, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
const SIGNAL = new AbortController().signal;
let clear = (): void => {};
afterEach(() => clear());

/** Both systems with Ann in them, synced once; and how either is changed before it is asked. */
const world = async (synced = true) => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set('c1', contact('c1', ANN, { Title: 'x' }));
  marketing.rows.set(ANN, member(ANN, { TITLE: 'x' }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  if (synced) expect((await syncs.sync()).report.message).toBeNull();
  const ask = async (change: Partial<Record<'crm' | 'marketing', Partial<OpenSystem['session']>>> = {}) => {
    const opened = (side: 'crm' | 'marketing'): OpenSystem => {
      const system = syncs.open(side);
      return { ...system, session: { ...system.session, ...change[side] } };
    };
    const asked = {
      profile: PROFILE,
      store: syncs.store,
      crm: opened('crm'),
      marketing: opened('marketing'),
      now: NOON,
    };
    const address = addressKey(ANN);
    if (address === null) throw new Error('an address');
    return explain(address, asked, SIGNAL);
  };
  const wrote = crm.written.length + marketing.written.length;
  const written = (): number => crm.written.length + marketing.written.length - wrote;
  return { crm, marketing, ask, written };
};

const down = () => Promise.reject(new ConnectorError('unavailable', 'nobody answers there'));
const side = ({ now }: Explanation, which: 'crm' | 'marketing') => {
  const found = now.find((one) => one.side === which);
  if (found === undefined) throw new Error('both sides are told');
  return found;
};
const property = (more: Partial<Deciding>): Deciding => ({
  record: { type: 'Contact', id: 'c1' },
  name: 'Box',
  value: false,
  blocks: false,
  since: null,
  why: 'a box',
  ...more,
});

describe('explain asks both systems now', () => {
  it('and tells each property once, the opt-out fields of the profile among them', async () => {
    const { ask, written } = await world();
    const told = await ask();
    expect(side(told, 'crm')).toMatchObject({
      unreachable: null,
      mailable: 'yes',
      leading: 'OptedOut',
      changed: false,
    });
    expect(side(told, 'crm').properties.map(({ name, value }) => [name, value])).toEqual([['OptedOut', false]]);
    expect(side(told, 'marketing')).toMatchObject({ mailable: 'yes', leading: 'status', changed: false });
    expect(told.mailable).toBe('yes');
    expect(written()).toBe(0);
  });

  it('and what it knows of a field of the customer comes from the profile, where the vendor cannot tell (C4)', async () => {
    const { crm, ask } = await world();
    crm.rows.set('c1', contact('c1', ANN, { Title: 'x', OptedOut: true }));
    const silent = await ask({ crm: { deciding: async () => [] } });
    expect(side(silent, 'crm').properties).toEqual([
      expect.objectContaining({ name: 'OptedOut', value: true, blocks: true, why: expect.stringContaining('C4') }),
    ]);
    const unsure = property({ name: 'OptedOut', value: true, blocks: null, since: NOON });
    const partly = await ask({ crm: { deciding: async () => [unsure] } });
    expect(side(partly, 'crm').properties).toEqual([
      expect.objectContaining({ name: 'OptedOut', blocks: true, since: NOON }),
    ]);
    expect(side(partly, 'crm').mailable).toBe('no');
  });

  it('and several that decide together have none that leads; what tells nothing by itself is not counted', async () => {
    const { ask } = await world();
    const some = [property({ name: 'OptedOut' }), property({ name: 'Bounced', value: true, blocks: true })];
    const told = await ask({ crm: { deciding: async () => some } });
    expect(side(told, 'crm')).toMatchObject({ leading: null, mailable: 'no' });
    const hint = property({ name: 'Tag', value: null, blocks: null });
    const one = await ask({ crm: { deciding: async () => [property({ name: 'OptedOut' }), hint] } });
    expect(side(one, 'crm')).toMatchObject({ leading: 'OptedOut', mailable: 'yes' });
  });

  it('and the answer is that of now, with a word about what Heed has not read yet', async () => {
    const { marketing, crm, ask } = await world();
    const row = member(ANN, { TITLE: 'x' });
    if (row.member === null) throw new Error('a member has a state');
    marketing.rows.set(ANN, { ...row, member: { ...row.member, status: 'unsubscribed' } });
    const told = await ask();
    expect([told.mailable, side(told, 'marketing').changed, side(told, 'crm').changed]).toEqual(['no', true, false]);
    expect(told.systems.find((one) => one.side === 'marketing')?.mailable, 'as it was read').toBe('yes');
    crm.rows.set('c2', contact('c2', ANN, { OptedOut: true }));
    marketing.rows.delete(ANN);
    const later = await ask();
    expect([side(later, 'crm').changed, side(later, 'marketing').changed]).toEqual([true, true]);
    expect(side(later, 'marketing')).toMatchObject({ properties: [], mailable: 'no' });
  });

  it('and a consent field that cannot be read is unknown (C18)', async () => {
    const { crm, ask } = await world();
    const { OptedOut: _hidden, ...values } = contact('c1', ANN, {}).values;
    crm.rows.set('c1', { ...contact('c1', ANN, {}), values });
    const told = await ask({ crm: { deciding: async () => [] } });
    expect(side(told, 'crm')).toMatchObject({ mailable: 'unknown' });
    expect(side(told, 'crm').properties).toEqual([expect.objectContaining({ name: 'OptedOut', blocks: null })]);
  });
});

describe('explain of a system that cannot be asked', () => {
  it('answers from what was last read, and says so; the other system is asked', async () => {
    for (const change of [{ describe: down }, { deciding: down }, { lookup: down }]) {
      const { ask } = await world();
      const told = await ask({ marketing: change });
      expect(side(told, 'marketing')).toMatchObject({ unreachable: 'nobody answers there', properties: [] });
      expect(side(told, 'crm').unreachable).toBeNull();
      expect(told.systems.map((one) => one.side).sort()).toEqual(['crm', 'marketing']);
      expect([told.mailable, told.rule]).toEqual(['yes', 'C0.6']);
      clear();
    }
  });

  it('decides the same without the CRM, whose fields the last run saw', async () => {
    const { crm, ask } = await world();
    crm.rows.set('c1', contact('c1', ANN, { Title: 'x' }));
    const asked = await ask();
    const told = await ask({ crm: { describe: down } });
    expect([told.rule, told.systems, told.next]).toEqual([asked.rule, asked.systems, asked.next]);
  });

  it('fails where nothing was ever read, and when it is told to stop', async () => {
    const { ask } = await world(false);
    await expect(ask({ crm: { describe: down } })).rejects.toThrow('nobody answers there');
  });
});
