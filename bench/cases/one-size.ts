import { afterFirstSync, firstSync, nothingChanged, someChanged } from '../least-calls.ts';
import type { Measured, OptOutTime, Settings } from '../results.ts';
import { setUpHeed } from '../subjects/heed.ts';
import { optedOutAmong } from '../vendors/population.ts';
import { inFolder } from './in-folder.ts';
import { measure } from './measure.ts';
import { optOutsAlone } from './opt-outs.ts';
import { openVendors } from './vendors.ts';

export interface OneSize {
  readonly measured: readonly Measured[];
  readonly optOutTimes: readonly OptOutTime[];
}

/**
 * The life of one profile: a first sync of so many contacts, the sync after it, one where nothing changed, one where 1 %
 * changed; and, if `optOuts` people fit in, opt-outs from each side with nothing else to do.
 */
export const oneSize = (contacts: number, optOuts: number, settings: Settings, tell: (text: string) => void) =>
  inFolder(async (folder): Promise<OneSize> => {
    const vendors = await openVendors(contacts, settings);
    try {
      const heed = setUpHeed(folder, settings.built, vendors);
      const changed = Math.max(1, Math.floor(contacts / 100));
      const members = contacts - optedOutAmong(contacts);
      const list: Measured[] = [];
      const add = async (what: Parameters<typeof measure>[2]): Promise<void> => {
        const one = await measure(vendors, heed, what);
        tell(`${what.name}, ${contacts}: ${one.seconds.toFixed(1)} s`);
        list.push(one);
        await vendors.hour();
      };
      const first = firstSync(contacts, optedOutAmong(contacts));
      await add({ name: 'first', contacts, concerned: contacts, least: first });
      await add({ name: 'settling', contacts, concerned: members, least: afterFirstSync(members) });
      await add({ name: 'nothing', contacts, concerned: 0, least: nothingChanged() });
      await vendors.salesforce.edit(changed);
      await add({ name: 'changed', contacts, concerned: changed, least: someChanged(changed) });
      if (optOuts === 0 || optOuts * 2 > members) return { measured: list, optOutTimes: [] };
      // What the case before wrote is read again by the next sync; that is not what the next case is about.
      await heed.sync();
      await vendors.hour();
      const alone = await optOutsAlone(vendors, heed, contacts, optOuts, tell);
      return { measured: [...list, ...alone.measured], optOutTimes: alone.optOutTimes };
    } finally {
      await vendors.close();
    }
  });
