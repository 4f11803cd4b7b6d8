import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marketingCase as hubspotMarketing } from '../../connectors/hubspot/test/suite-case.ts';
import { salesforceCase } from '../../connectors/salesforce/test/suite-case.ts';
import { run as checkCommand } from '../../packages/cli/src/commands/check.ts';
import { run as planCommand } from '../../packages/cli/src/commands/plan.ts';
import { run as statusCommand } from '../../packages/cli/src/commands/status.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';
import { openStage, type Stage } from './stage.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const CAT = 'cat@example.org';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage('salesforce-hubspot', salesforceCase, hubspotMarketing());
});
afterAll(() => stage.close());

const paidIn = (json: unknown): unknown =>
  (json as { readonly runs: readonly { readonly paidOptedOut: unknown }[] }).runs[0]?.paidOptedOut;

const pay = (email: string, marketing: boolean): void => {
  stage.marketing.vendor.act('admin/marketing-status', { email, marketing });
};

const optedOut = async (side: 'crm' | 'marketing'): Promise<Readonly<Record<string, boolean>>> =>
  Object.fromEntries((await stage[side].people.seen()).map((one) => [one.email, one.optedOut]));

describe('C13: the marketing contact status of HubSpot is billing, never consent', () => {
  it('check says that whom an integration creates gets no mail until somebody changes the status', async () => {
    await stage.crm.people.add([ANN, BOB, CAT].map((email) => ({ email })));
    const { code, text, json } = await stage.heed(checkCommand);
    expect(code, text).toBe(0);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'are non-marketing contacts and get no mail until a workflow or a person sets them as marketing contacts (C13)',
    );
    const [profile] = (json as { readonly profiles: readonly { readonly findings: readonly object[] }[] }).profiles;
    expect(profile?.findings).toContainEqual(expect.objectContaining({ rule: 'C13', warning: true }));
  });

  it('a non-marketing contact has not opted out, and a marketing contact that opted out stays so', async () => {
    await stage.heed(syncCommand, { yes: true });
    expect(await optedOut('marketing')).toEqual({ [ANN]: false, [BOB]: false, [CAT]: false });
    for (const email of [ANN, BOB]) pay(email, true);
    for (const email of [BOB, CAT]) stage.marketing.vendor.act('person/unsubscribe', { email });
    await stage.heed(syncCommand);
    await stage.heed(syncCommand);
    const wanted = { [ANN]: false, [BOB]: true, [CAT]: true };
    expect(await optedOut('crm')).toEqual(wanted);
    // Nobody is paid for any more but Bob, who opted out.
    pay(ANN, false);
    await stage.heed(syncCommand);
    expect(await optedOut('crm')).toEqual(wanted);
    expect(await optedOut('marketing')).toEqual(wanted);
  });

  it('plan, sync and status say how many opted out of everything and are paid for all the same', async () => {
    const plan = await stage.heed(planCommand);
    expect(paidIn(plan.json)).toBe(1);
    expect(plan.text.replaceAll(/\s+/g, ' ')).toContain(
      '1 person opted out of all mail from HubSpot and is still paid for there (C13)',
    );
    pay(CAT, true);
    const sync = await stage.heed(syncCommand);
    expect(paidIn(sync.json)).toBe(2);
    expect(sync.text.replaceAll(/\s+/g, ' ')).toContain(
      '2 people opted out of all mail from HubSpot and are still paid',
    );
    const status = await stage.heed(statusCommand);
    expect(status.json).toMatchObject({ profiles: [{ paidOptedOut: 2 }] });
    expect(status.text).toMatch(/paid for +2 people/);
    for (const email of [BOB, CAT]) pay(email, false);
    const after = await stage.heed(planCommand);
    expect(paidIn(after.json)).toBe(0);
    expect(after.text).not.toContain('paid for');
  });
});
