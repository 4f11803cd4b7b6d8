import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@heed/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { crmCase as hubspotCrm, marketingCase as hubspotMarketing } from '../../connectors/hubspot/test/suite-case.ts';
import { mailchimpCase } from '../../connectors/mailchimp/test/suite-case.ts';
import { netsuiteCase } from '../../connectors/netsuite/test/suite-case.ts';
import { salesforceCase } from '../../connectors/salesforce/test/suite-case.ts';
import { run as checkCommand } from '../../packages/cli/src/commands/check.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';
import type { Invocation } from '../../packages/cli/src/invocation.ts';
import type { ConnectorCase, People, Vendor } from '../../packages/testkit/src/connector-suite/case.ts';

const PROFILES = fileURLToPath(new URL('../../profiles/pairs/', import.meta.url));
/** Longer than what any of the systems shows late, shorter than a token lives. */
const QUIET_MS = 25 * 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);

const PAIRS: readonly (readonly [profile: string, crm: ConnectorCase, marketing: ConnectorCase])[] = [
  ['salesforce-mailchimp', salesforceCase, mailchimpCase],
  ['netsuite-mailchimp', netsuiteCase, mailchimpCase],
  ['hubspot-mailchimp', hubspotCrm(), mailchimpCase],
  ['salesforce-hubspot', salesforceCase, hubspotMarketing()],
  ['netsuite-hubspot', netsuiteCase, hubspotMarketing()],
];

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const CAT = 'cat@example.org';

let clear: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of clear) await one();
  clear = [];
});

/** The stand-in of a marketing system names an audience besides. */
interface Offer {
  readonly audience?: string;
}

interface Side {
  readonly vendor: Vendor;
  readonly people: People;
  readonly name: string;
}

const start = async (given: ConnectorCase): Promise<Side> => {
  const vendor = await startSandbox(given.sandbox, { clock: { now: () => NOON } });
  clear.push(() => vendor.close());
  return { vendor, people: given.people(vendor), name: given.sandbox.name };
};

/** The committed profile, with the connections and the audience of the stand-ins in the place of the example's. */
const stage = (profile: string, sides: readonly Side[]): Invocation => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-pairs-'));
  clear.push(async () => rmSync(folder, { recursive: true, force: true }));
  const customer = join(folder, 'profiles', 'acme');
  mkdirSync(customer, { recursive: true });
  const offers = sides.map(({ vendor, name }) => [name, vendor as Vendor & Offer] as const);
  const { audience = '' } = offers[1]?.[1] ?? {};
  const text = readFileSync(join(PROFILES, `${profile}.yaml`), 'utf8');
  writeFileSync(join(customer, `${profile}.yaml`), text.replace(/audience: \S+/, `audience: "${audience}"`));
  const connections = Object.fromEntries(offers.map(([name, { connection }]) => [name, connection]));
  writeFileSync(join(customer, 'connections.yaml'), JSON.stringify(connections));
  return {
    json: true,
    profilesDir: join(folder, 'profiles'),
    stateDir: join(folder, 'state'),
    keyFile: undefined,
    environment: Object.assign({}, ...offers.map(([, { env }]) => env)) as Record<string, string>,
    signal: new AbortController().signal,
    progress: { show: () => {}, clear: () => {} },
    tell: () => {},
    say: () => {},
    readInput: async () => '',
    inputBytes: () => Readable.from([]),
    ask: async () => null,
  };
};

const optedOut = async (people: People): Promise<Readonly<Record<string, boolean>>> =>
  Object.fromEntries((await people.seen()).map((one) => [one.email, one.optedOut]));

describe('the usual pairs, each with the profile in profiles/pairs', () => {
  it.each(PAIRS)(
    '%s: people become members, and opt-outs travel both ways',
    async (profile, crmCase, marketingCase) => {
      const sides = [await start(crmCase), await start(marketingCase)] as const;
      const [crm, marketing] = sides;
      const heed = stage(profile, sides);
      const sync = async (): Promise<{ readonly status: string; readonly crm: object; readonly marketing: object }> => {
        for (const { vendor } of sides) vendor.clock.advance(QUIET_MS);
        const { json } = await syncCommand(heed, ['acme'], { yes: true });
        const [run] = (json as { readonly runs: readonly Awaited<ReturnType<typeof sync>>[] }).runs;
        if (run === undefined) throw new Error(`no run: ${JSON.stringify(json)}`);
        return run;
      };
      const records = await crm.people.add([ANN, BOB, CAT].map((email) => ({ email })));
      const checked = await checkCommand(heed, ['acme'], {});
      expect(checked.code, checked.text).toBe(0);

      expect(await sync()).toMatchObject({ status: 'done', marketing: { created: 3 } });
      expect(await optedOut(marketing.people), 'C19: with a basis, everybody becomes a member').toEqual({
        [ANN]: false,
        [BOB]: false,
        [CAT]: false,
      });

      const bob = records[1];
      const cat = (await marketing.people.seen()).find((one) => one.email === CAT);
      if (bob === undefined || cat === undefined) throw new Error('nobody there');
      for (const { vendor } of sides) vendor.clock.advance(QUIET_MS);
      await crm.people.optOut(bob);
      await marketing.people.optOut(cat.record);
      await sync();
      await sync();
      const wanted = { [ANN]: false, [BOB]: true, [CAT]: true };
      expect(await optedOut(crm.people), 'C1: the opt-out made in marketing reached the CRM').toEqual(wanted);
      expect(await optedOut(marketing.people), 'C3: the one made in the CRM reached marketing').toEqual(wanted);

      const quiet = { created: 0, updated: 0, optedOut: 0 };
      expect(await sync(), 'and then there is nothing left to do').toMatchObject({
        status: 'done',
        crm: quiet,
        marketing: quiet,
      });
    },
  );
});
