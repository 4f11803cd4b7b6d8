import { fileURLToPath } from 'node:url';
import { MAIN } from '../pairs.ts';
import type { Comparison, Settings } from '../results.ts';
import { run } from '../subjects/run.ts';
import { environmentOf } from '../subjects/vendors-from-environment.ts';
import { optedOutAmong } from '../vendors/population.ts';
import { inFolder } from './in-folder.ts';
import { openVendors } from './vendors.ts';

const script = (name: string): string => fileURLToPath(new URL(`../subjects/${name}.ts`, import.meta.url));
const SCRIPTS = { 'raw loop': script('raw-loop'), 'plain script': script('plain-script') } as const;

/** The same SDKs without Heed, against systems of the same size. The plain script does `sample` contacts only. */
export const comparison = (
  name: Comparison['name'],
  contacts: number,
  sample: number,
  settings: Settings,
): Promise<Comparison> =>
  inFolder(async (folder) => {
    const vendors = await openVendors(MAIN, contacts, settings);
    try {
      const { crm, marketing } = vendors;
      await vendors.mark();
      const wanted = name === 'raw loop' ? contacts - optedOutAmong(contacts) : sample;
      const places = environmentOf({
        salesforceUrl: crm.url,
        salesforceToken: crm.accessToken,
        mailchimpUrl: marketing.url,
        mailchimpKey: marketing.accessToken,
        audience: String(marketing.audience),
        contacts: wanted,
      });
      const ran = await run({ args: [SCRIPTS[name]], env: { ...process.env, ...places }, source: true, folder });
      const { created } = JSON.parse(ran.output) as { readonly created: number };
      if (ran.code !== 0 || created !== wanted) throw new Error(`the ${name} made ${created} of ${wanted} members`);
      const traffic = Object.values(await vendors.traffic());
      const sum = (of: (one: (typeof traffic)[number]) => number): number =>
        traffic.reduce((total, one) => total + of(one), 0);
      return {
        name,
        // As Heed's first sync is counted: who is opted out is a contact, too.
        contacts: name === 'raw loop' ? contacts : sample,
        seconds: (ran.used.endedAtMs - ran.used.startedAtMs) / 1000,
        cpuUs: ran.used.cpuUs,
        peakBytes: ran.used.peakBytes,
        calls: sum(({ calls }) => Object.values(calls).reduce((total, made) => total + made, 0)),
        bytes: sum(({ bytesIn, bytesOut }) => bytesIn + bytesOut),
      };
    } finally {
      await vendors.close();
    }
  });
