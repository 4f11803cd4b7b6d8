import { afterFirstSync, firstSync, nothingChanged, someChanged } from '../least-calls.ts';
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
export const oneSize = (contacts: number, optOuts: number, settings: Settings, collecting: Collecting): Promise<void> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(contacts, settings);
    try {
      const heed = setUpHeed(folder, settings.built, vendors);
      const changed = Math.max(1, Math.floor(contacts / 100));
      const members = contacts - optedOutAmong(contacts);
      const add = async (what: Parameters<typeof measure>[2]): Promise<void> => {
        collecting.measured(await measure(vendors, heed, what));
        await vendors.hour();
      };
      const first = firstSync(contacts, optedOutAmong(contacts));
      await add({ name: 'first', contacts, concerned: contacts, least: first });
      await add({ name: 'settling', contacts, concerned: members, least: afterFirstSync(members) });
      await add({ name: 'nothing', contacts, concerned: 0, least: nothingChanged() });
      await vendors.salesforce.edit(changed);
      await add({ name: 'changed', contacts, concerned: changed, least: someChanged(changed) });
      if (optOuts > 0 && optOuts * 2 <= members) await optOutsAlone(vendors, heed, contacts, optOuts, collecting);
    } finally {
      await vendors.close();
    }
  });
