import { createHash } from 'node:crypto';
import { loopbackOrigin, secret } from '@heed/contract';
import { z } from 'zod';

const DATA_CENTRE = /^[a-z]{2,}\d+$/;

const auth = z.discriminatedUnion(
  'method',
  [
    z.strictObject({
      method: z.literal('api-key'),
      apiKey: secret('API key of the Mailchimp account; it ends in its data centre, as in -us7'),
    }),
    z.strictObject({
      method: z.literal('oauth'),
      accessToken: secret('OAuth 2 access token; Mailchimp tokens do not expire'),
    }),
  ],
  { error: 'auth.method is api-key (with apiKey) or oauth (with accessToken)' },
);

/** A Mailchimp connection, as it stands in connections.yaml with its secrets resolved. */
export const config = z
  .strictObject({
    connector: z.literal('mailchimp'),
    server: z
      .string()
      .regex(
        DATA_CENTRE,
        'the data centre as it stands in the address of your Mailchimp pages and at the end of the key: us7',
      )
      .optional()
      .meta({ description: 'Data centre, us7; may be left out with an API key, which ends in it' }),
    baseUrl: z
      .string()
      .refine(
        (url) => loopbackOrigin(url) !== null,
        'baseUrl is for sandboxes on this machine only (http://127.0.0.1:PORT); leave it out for Mailchimp itself',
      )
      .optional()
      .meta({ description: 'Address of a sandbox on this machine' }),
    auth,
  })
  .superRefine((given, context) => {
    if (given.baseUrl !== undefined) return;
    const ofKey = dataCentreOfKey(given.auth);
    if (given.auth.method === 'api-key' && ofKey === null) {
      const message = 'a Mailchimp API key ends in its data centre (-us7); this one does not: copy the whole key';
      context.addIssue({ code: 'custom', path: ['auth', 'apiKey'], message });
    } else if (given.server === undefined && ofKey === null) {
      const message = 'server is needed with oauth: the `dc` of https://login.mailchimp.com/oauth2/metadata, us7';
      context.addIssue({ code: 'custom', path: ['server'], message });
    } else if (given.server !== undefined && ofKey !== null && given.server !== ofKey) {
      const message = `server is ${given.server}, but the API key is for ${ofKey}; leave server out or correct it`;
      context.addIssue({ code: 'custom', path: ['server'], message });
    }
  });

export type MailchimpConfig = z.infer<typeof config>;

/** The data centre that an API key names at its end (`<32 hex>-us6`); null if it names none, or for a token. */
const dataCentreOfKey = (given: MailchimpConfig['auth']): string | null => {
  if (given.method !== 'api-key') return null;
  const suffix = given.apiKey.slice(given.apiKey.lastIndexOf('-') + 1);
  return given.apiKey.includes('-') && DATA_CENTRE.test(suffix) ? suffix : null;
};

/** Where the API is, without a slash at the end. */
export const basePathOf = (given: MailchimpConfig): string => {
  if (given.baseUrl !== undefined) return `${loopbackOrigin(given.baseUrl)}/3.0`;
  return `https://${given.server ?? dataCentreOfKey(given.auth) ?? ''}.api.mailchimp.com/3.0`;
};

/**
 * Whose ten connections a session uses: they are counted per API user or key. A digest stands for the key, so nothing
 * secret is stored.
 */
export const accountOf = (given: MailchimpConfig): string => {
  const key = given.auth.method === 'api-key' ? given.auth.apiKey : given.auth.accessToken;
  const digest = createHash('sha256').update(`heed mailchimp account ${key}`).digest('hex').slice(0, 16);
  return `${new URL(basePathOf(given)).host}/${digest}`;
};
