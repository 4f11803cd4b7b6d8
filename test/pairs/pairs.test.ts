import { afterEach, describe, expect, it } from 'vitest';
import { crmCase as hubspotCrm, marketingCase as hubspotMarketing } from '../../connectors/hubspot/test/suite-case.ts';
import { mailchimpCase } from '../../connectors/mailchimp/test/suite-case.ts';
import { netsuiteCase } from '../../connectors/netsuite/test/suite-case.ts';
import { salesforceCase } from '../../connectors/salesforce/test/suite-case.ts';
import { run as checkCommand } from '../../packages/cli/src/commands/check.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';
import type { ConnectorCase, People } from '../../packages/testkit/src/connector-suite/case.ts';
import { openStage, QUIET_MS, type Stage } from './stage.ts';

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

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

const optedOut = async (people: People): Promise<Readonly<Record<string, boolean>>> =>
  Object.fromEntries((await people.seen()).map((one) => [one.email, one.optedOut]));

describe('the usual pairs, each with the profile in profiles/pairs', () => {
  it.each(PAIRS)(
    '%s: people become members, and opt-outs travel both ways',
    async (profile, crmCase, marketingCase) => {
      stage = await openStage(profile, crmCase, marketingCase);
      const { crm, marketing, heed } = stage;
      const sync = async (): Promise<{ readonly status: string; readonly crm: object; readonly marketing: object }> => {
        const { json } = await heed(syncCommand, { yes: true });
        const [run] = (json as { readonly runs: readonly Awaited<ReturnType<typeof sync>>[] }).runs;
        if (run === undefined) throw new Error(`no run: ${JSON.stringify(json)}`);
        return run;
      };
      const records = await crm.people.add([ANN, BOB, CAT].map((email) => ({ email })));
      const checked = await heed(checkCommand);
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
      for (const { vendor } of [crm, marketing]) vendor.clock.advance(QUIET_MS);
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
