import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailchimpCase } from '../../connectors/mailchimp/test/suite-case.ts';
import { netsuiteCase } from '../../connectors/netsuite/test/suite-case.ts';
import { run as checkCommand } from '../../packages/cli/src/commands/check.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage('netsuite-mailchimp', netsuiteCase, mailchimpCase);
});
afterAll(() => stage.close());

const check = async (options = {}) => {
  const { code, text, json } = await stage.heed(checkCommand, options);
  const [profile] = (json as { readonly profiles: readonly { readonly byDefault: unknown }[] }).profiles;
  return { code, text: text.replaceAll(/\s+/g, ' '), byDefault: profile?.byDefault };
};

describe('C28: check prints the share of opt-outs that may be nobody’s request', () => {
  it('says nothing where there are none', async () => {
    await stage.crm.people.add([{ email: 'ann@example.org' }, { email: 'bob@example.org', type: 'customer' }]);
    const { code, text, byDefault } = await check();
    expect(code, text).toBe(0);
    expect(byDefault).toEqual([
      { type: 'contact', records: 1, byDefault: 0 },
      { type: 'customer', records: 1, byDefault: 0 },
    ]);
    expect(text).not.toContain('C28');
  });

  it('counts soft opt-outs alone, by record type, and says what they count as', async () => {
    const [, , , confirmed] = await stage.crm.people.add([
      { email: 'cat@example.org', optedOut: true },
      { email: 'dan@example.org', optedOut: true },
      { email: 'eve@example.org', optedOut: true, type: 'customer' },
      { email: 'fay@example.org' },
    ]);
    if (confirmed === undefined) throw new Error('nobody there');
    // By the recipient: status 4, which always counts.
    await stage.crm.people.optOut(confirmed);
    const { code, text, byDefault } = await check();
    expect(code, text).toBe(0);
    expect(byDefault).toEqual([
      { type: 'contact', records: 4, byDefault: 2 },
      { type: 'customer', records: 2, byDefault: 1 },
    ]);
    expect(text).toContain(
      "NetSuite: 2 of 4 contact records (50 %), 1 of 2 customer records (50 %) show an opt-out that may be the default of new records and nobody's request (C28). Found so at the first reading they count as no consent",
    );
  });

  it('is not asked offline', async () => {
    const { text, byDefault } = await check({ offline: true });
    expect(byDefault).toEqual([]);
    expect(text).not.toContain('C28');
  });

  it('says that they count where the profile says so, and names nobody', async () => {
    stage.rewrite((text) => text.replace('softOptOutIsRequest: false', 'softOptOutIsRequest: true'));
    const { text } = await check();
    expect(text).toContain('They count as opt-outs, because optOut.softOptOutIsRequest is true.');
    expect(text).not.toContain('@example.org');
  });

  it('is not said of a field that the profile does not read', async () => {
    stage.rewrite((text) =>
      text.replace(
        'optOut:\n',
        'optOut:\n  customField: { field: custentity_newsletter_opt_out, optedOutWhen: true }\n',
      ),
    );
    const { byDefault } = await check();
    expect(byDefault).toEqual([]);
  });
});
