import { loopbackOrigin, secret } from '@heed/contract';
import { digestOf } from '@heed/toolkit';
import { z } from 'zod';

const auth = z.discriminatedUnion(
  'method',
  [
    z.strictObject({
      method: z.literal('service-key'),
      token: secret('service key, or access token of a private app; it does not expire'),
    }),
    z.strictObject({
      method: z.literal('oauth'),
      clientId: z.string().min(1).describe('client id of the app'),
      clientSecret: secret('client secret of the app'),
      refreshToken: secret('refresh token; a rotated one is kept sealed'),
    }),
  ],
  { error: 'auth.method is service-key (with token) or oauth (with clientId, clientSecret, refreshToken)' },
);

/** A HubSpot connection, as it stands in connections.yaml with its secrets resolved. */
export const config = z.strictObject({
  connector: z.literal('hubspot'),
  auth,
  apiVersion: z
    .enum(['v3', '2026-03'])
    .default('v3')
    .describe('which paths are called: v3 ends in September 2027, 2026-03 is its successor with the same bodies'),
  plan: z
    .enum(['starter', 'professional', 'enterprise'])
    .default('starter')
    .describe("the account's plan, which decides how many requests it may make"),
  dataPrivacy: z
    .strictObject({
      subscriptionTypes: z
        .array(z.string().regex(/^\d{1,20}$/, 'the number of a subscription type; `heed lists` shows them'))
        .min(1)
        .max(20),
    })
    .optional()
    .describe(
      "only if the portal's data privacy settings are on: new members are subscribed to these types, with the legal basis of the profile",
    ),
  baseUrl: z
    .string()
    .refine(
      (url) => loopbackOrigin(url) !== null,
      'baseUrl is for sandboxes on this machine only (http://127.0.0.1:PORT); leave it out for HubSpot itself',
    )
    .optional()
    .describe('Address of a sandbox on this machine'),
});

export type HubspotConfig = z.infer<typeof config>;
export type OAuthConfig = Extract<HubspotConfig['auth'], { method: 'oauth' }>;

/** All data centres are served from here. (doc) */
const VENDOR = 'https://api.hubapi.com';

/** Scheme, host and port of everything this connection asks: tokens are sent nowhere else. */
export const originOf = ({ baseUrl }: HubspotConfig): string =>
  baseUrl === undefined ? VENDOR : (loopbackOrigin(baseUrl) ?? VENDOR);

/** Whose limits a session uses: they are counted per app and account. A digest stands for the secret. */
export const accountOf = (given: HubspotConfig): string => {
  const key = given.auth.method === 'service-key' ? given.auth.token : given.auth.refreshToken;
  return `${new URL(originOf(given)).host}/${digestOf(`heed hubspot account ${key}`)}`;
};
