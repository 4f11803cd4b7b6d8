import { leastOf } from '../least-calls.ts';
import type { PairName } from '../pairs.ts';
import type { Measured, OptOutTime, Settings } from '../results.ts';
import { setUpHeed } from '../subjects/heed.ts';
import { optedOutAmong } from '../vendors/population.ts';
import { inFolder } from './in-folder.ts';
import { measure } from './measure.ts';
import { optOutsAlone } from './opt-outs.ts';
import { openVendors } from './vendors.ts';

/** Where results go, one by one: what was measured stays, whatever goes wrong later. */
export interface Collecting {
  measured(one: Measured): void;
  optOutTime(one: OptOutTime): void;
}

/**
 * The life of one profile: a first sync of so many contacts, the sync after it, one where nothing changed, one where 1 %
 * changed; and, if `optOuts` people fit in, opt-outs from each side with nothing else to do.
 */
export const oneSize = (
  pair: PairName,
  contacts: number,
  optOuts: number,
  settings: Settings,
  collecting: Collecting,
): Promise<void> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(pair, contacts, settings);
    try {
      const heed = setUpHeed(folder, settings.built, pair, vendors);
      const changed = Math.max(1, Math.floor(contacts / 100));
      const members = contacts - optedOutAmong(contacts);
      const least = leastOf(pair);
      const add = async (what: Omit<Parameters<typeof measure>[2], 'pair' | 'contacts'>): Promise<void> => {
        collecting.measured(await measure(vendors, heed, { pair, contacts, ...what }));
        await vendors.pause();
      };
      await add({ name: 'first', concerned: contacts, least: least.firstSync(contacts, optedOutAmong(contacts)) });
      await add({ name: 'settling', concerned: members, least: least.afterFirstSync(members) });
      await add({ name: 'nothing', concerned: 0, least: least.nothingChanged() });
      await vendors.crm.edit(changed);
      await add({ name: 'changed', concerned: changed, least: least.someChanged(changed) });
      if (optOuts > 0 && optOuts * 2 <= members)
        await optOutsAlone(vendors, heed, { pair, contacts, count: optOuts }, collecting);
    } finally {
      await vendors.close();
    }
  });
