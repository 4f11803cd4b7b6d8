import { type Acting, addressOf, askJson, type MarketingSide } from './side.ts';

interface Wire {
  readonly email_address: string;
  readonly status: string;
  readonly merge_fields: Readonly<Record<string, unknown>>;
}

/** Members of one audience. */
export const mailchimpSide = (account: Acting, audience: string): MarketingSide => ({
  nameFields: ['FNAME', 'LNAME'],
  audience,
  batch: 11, // From ten on.
  add(name) {
    account.act('admin/subscribe', { email: addressOf(name), mergeFields: { FNAME: 'First', LNAME: name } });
  },
  act(what, email) {
    account.act(what === 'archive' ? 'admin/archive' : `person/${what}`, { email });
  },
  rename(email, FNAME) {
    account.act('admin/edit', { email, mergeFields: { FNAME } });
  },
  async shown() {
    const fields = 'members.email_address,members.status,members.merge_fields,members.tags';
    const { members } = await askJson<{ readonly members: readonly Wire[] }>(
      `${account.url}/3.0/lists/${audience}/members?count=1000&fields=${fields}`,
      `Basic ${Buffer.from(`anybody:${account.accessToken}`).toString('base64')}`,
    );
    return members.map(({ email_address: email, ...values }) => ({
      kind: 'member',
      email,
      optedOut: values.status === 'unsubscribed',
      values,
    }));
  },
});
