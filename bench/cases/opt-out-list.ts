import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leastOf } from '../least-calls.ts';
import { MAIN } from '../pairs.ts';
import type { ListImport, Settings } from '../results.ts';
import { setUpHeed } from '../subjects/heed.ts';
import { person } from '../vendors/population.ts';
import { inFolder } from './in-folder.ts';
import { type Measuring, measure } from './measure.ts';
import type { Collecting } from './one-size.ts';
import { openVendors } from './vendors.ts';

/** A customer of so many contacts, all members but those who opted out, imports a list of so many lines. */
export interface ListCase {
  readonly contacts: number;
  readonly lines: number;
  /** So many of them are members; the others are nobody, or were somebody elsewhere. */
  readonly members: number;
}

/** `heed optouts import`, then the sync that carries the list to both systems. */
export const importedList = (
  { contacts, lines, members }: ListCase,
  settings: Settings,
  collecting: Collecting & { imported(one: ListImport): void },
): Promise<void> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(MAIN, contacts, settings);
    try {
      const heed = setUpHeed(folder, settings.built, MAIN, vendors);
      await heed.sync();
      await vendors.pause();
      // It reads back what the first one wrote, which is not what this case is about.
      await heed.sync();
      await vendors.pause();
      const emails = await vendors.marketing.people(members);
      const file = join(folder, 'opt-outs.csv');
      const addresses = addressesOf(emails, lines);
      writeFileSync(file, listOf(addresses, settings.seed));
      const before = heed.stateBytes();
      const { used } = await heed.importList(file, lines);
      collecting.imported({
        lines,
        members: emails.length,
        seconds: (used.endedAtMs - used.startedAtMs) / 1000,
        cpuUs: used.cpuUs,
        peakBytes: used.peakBytes,
        fileBytes: statSync(file).size,
        stateBytes: heed.stateBytes() - before,
      });
      const addressCharacters = addresses.join('').length / lines;
      const least = leastOf(MAIN).importedList(emails.length, lines, addressCharacters);
      const what: Measuring = { name: 'list', pair: MAIN, contacts, concerned: lines, least };
      collecting.measured(await measure(vendors, heed, what));
    } finally {
      await vendors.close();
    }
  });

/** So many different addresses, the members spread over all of them. */
const addressesOf = (members: readonly string[], lines: number): readonly string[] => {
  const each = Math.max(1, Math.floor(lines / members.length));
  return Array.from({ length: lines }, (_, index) => {
    const member = index % each === 0 ? members[index / each] : undefined;
    return member ?? `stranger.${index}@elsewhere.example.net`;
  });
};

/** As an export of unsubscribed people looks. */
const listOf = (addresses: readonly string[], seed: number): string => {
  const rows = addresses.map((address, index) => {
    const { firstName, lastName } = person(seed, index);
    return `${firstName},${lastName},${address},2026-01-31`;
  });
  return ['First name,Last name,Email,Unsubscribed', ...rows, ''].join('\n');
};
