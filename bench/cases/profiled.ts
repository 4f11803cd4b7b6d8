import { copyFileSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { MAIN } from '../pairs.ts';
import { shareOf } from '../report/cpu-share.ts';
import { ownDependencies } from '../report/machine.ts';
import type { Profiled, Settings } from '../results.ts';
import { setUpHeed } from '../subjects/heed.ts';
import { inFolder } from './in-folder.ts';
import { openVendors } from './vendors.ts';

/**
 * A first sync of so many contacts with a profiler in Heed's process. Only shares are taken from it: the profiler itself costs
 * time and memory. `keep`: where the `.cpuprofile` goes, for a browser's developer tools.
 */
export const profiledFirstSync = (contacts: number, keep: string | null, settings: Settings): Promise<Profiled> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(MAIN, contacts, settings);
    try {
      const file = join(folder, 'heed.cpuprofile');
      await setUpHeed(folder, settings.built, MAIN, vendors).sync({ profile: file });
      if (keep !== null) copyFileSync(file, keep);
      const profile = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
      return { contacts, share: shareOf(profile, ownDependencies()) };
    } finally {
      await vendors.close();
    }
  });
