import { connector } from '@heed/connector-mailchimp';
import { describe, expect, it } from 'vitest';
import { configFor, openFor, raw, signal, startMailchimp } from './support.ts';

describe('what Mailchimp has', () => {
  it('is its audiences, and with one of them its merge fields, interests and tags', async () => {
    const vendor = await startMailchimp();
    const fields = {
      number: 'AGE',
      date: 'BORN',
      birthday: 'BDAY',
      address: 'HOME',
      dropdown: 'SIZE',
      zip: 'ZIP',
      url: 'SITE',
      imageurl: 'PIC',
      radio: 'PICK',
    };
    for (const [type, tag] of Object.entries(fields)) {
      await raw(vendor, 'POST', '/merge-fields', {
        tag,
        name: tag,
        type,
        options: type === 'dropdown' || type === 'radio' ? { choices: ['S', 'M'] } : {},
      });
    }
    const around = await openFor(vendor, { container: null }).session.describe(signal);
    expect(around.audiences.map(({ id }) => id)).toContain(vendor.audience);
    expect(around.recordTypes[0]?.fields).toEqual([]);

    const schema = await openFor(vendor).session.describe(signal);
    const types = Object.fromEntries(schema.recordTypes[0]?.fields.map(({ name, type }) => [name, type]) ?? []);
    expect(types).toMatchObject({
      AGE: 'number',
      BORN: 'date',
      BDAY: 'birthday',
      HOME: 'address',
      SIZE: 'picklist',
      ZIP: 'text',
      SITE: 'url',
      PIC: 'url',
      PICK: 'picklist',
      FNAME: 'text',
    });
    expect(types).not.toHaveProperty('EMAIL');
    expect(schema.recordTypes[0]?.fields.find(({ name }) => name === 'SIZE')?.options).toEqual(['S', 'M']);
    expect(schema.recordTypes[0]).toMatchObject({ name: 'member', standardOptOut: null, notCreatable: null });
  });

  it('of an audience that is not there is an error that says so', async () => {
    const vendor = await startMailchimp();
    await expect(openFor(vendor, { container: 'nosuch' }).session.describe(signal)).rejects.toMatchObject({
      kind: 'config',
    });
  });

  it('names the account', async () => {
    const vendor = await startMailchimp();
    expect(await openFor(vendor).session.check(signal)).toMatchObject({ id: vendor.state().accountId, gaps: [] });
    await expect(openFor(vendor, { apiKey: `${'0'.repeat(32)}-us7` }).session.check(signal)).rejects.toMatchObject({
      kind: 'auth',
    });
  });
});

describe('a connection', () => {
  const key = `${'a'.repeat(32)}-us6`;
  const parse = (given: object) =>
    connector.config.safeParse({ connector: 'mailchimp', auth: { method: 'api-key', apiKey: key }, ...given });
  const messages = (given: object): string => JSON.stringify(parse(given).error?.issues ?? []);

  it('takes the data centre from the key, and refuses another one', () => {
    expect(parse({}).success).toBe(true);
    expect(parse({ server: 'us6' }).success).toBe(true);
    expect(messages({ server: 'us7' })).toContain('server is us7, but the API key is for us6');
    expect(messages({ auth: { method: 'api-key', apiKey: 'a'.repeat(32) } })).toContain('copy the whole key');
    expect(messages({ auth: { method: 'oauth', accessToken: 'x' } })).toContain('server is needed with oauth');
    expect(messages({ server: 'evil.example.org/' })).toContain('data centre');
  });

  it('is strict, keeps sandboxes on this machine, and never prints a secret', () => {
    expect(messages({ sever: 'us6' })).toContain('sever');
    expect(messages({ baseUrl: 'https://api.example.org' })).toContain('sandboxes on this machine');
    expect(messages({ auth: { method: 'password' } })).toContain('auth.method is api-key');
    for (const given of [{ server: 'us7' }, { baseUrl: 'x' }, { other: 1 }])
      expect(messages(given)).not.toContain('a'.repeat(32));
  });

  it('belongs to an account that is told without the key', async () => {
    const vendor = await startMailchimp();
    const one = connector.account(configFor(vendor));
    expect(one).not.toContain(vendor.accessToken.slice(0, 32));
    expect(connector.account(configFor(vendor))).toBe(one);
    expect(connector.account(configFor(vendor, `${'0'.repeat(32)}-us7`))).not.toBe(one);
  });
});
