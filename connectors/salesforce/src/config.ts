import { ConnectorError, loopbackOrigin, secret } from '@heed/contract';
import { z } from 'zod';

/** My Domain hosts only: the login hosts do not serve the API, Lightning hosts refuse tokens. */
const MY_DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.my\.salesforce\.(com|mil)$/;

/** Public in OAuth's terms, so plain text is fine; `{ env: NAME }` works as everywhere. */
const clientId = z.string().min(1).describe('consumer key of the External Client App');

const auth = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('jwt-bearer'),
    clientId,
    username: z.string().min(1).describe('the integration user'),
    privateKey: secret('PEM private key whose certificate the app knows'),
  }),
  z.strictObject({
    method: z.literal('client-credentials'),
    clientId,
    clientSecret: secret('consumer secret of the app'),
  }),
  z.strictObject({
    method: z.literal('refresh-token'),
    clientId,
    clientSecret: secret('consumer secret of the app').optional(),
    refreshToken: secret('refresh token; a rotated one is kept sealed'),
  }),
]);

export const configSchema = z
  .strictObject({
    connector: z.literal('salesforce').optional(),
    domain: z
      .string()
      .regex(MY_DOMAIN, 'the My Domain host, as in acme.my.salesforce.com (not lightning.force.com, no https://)')
      .optional(),
    baseUrl: z
      .string()
      .refine((url) => loopbackOrigin(url) !== null, 'only a stand-in on this machine, as in http://127.0.0.1:41002')
      .optional(),
    apiVersion: z
      .string()
      .regex(/^\d{2,3}\.0$/, 'as in "66.0", in quotes')
      .default('66.0'),
    auth,
  })
  .refine(({ domain, baseUrl }) => domain !== undefined || baseUrl !== undefined, {
    path: ['domain'],
    message: 'missing: the My Domain host, as in acme.my.salesforce.com',
  });

export type SalesforceConfig = z.infer<typeof configSchema>;
export type AuthConfig = SalesforceConfig['auth'];

/** Scheme, host and port of everything this connection asks: tokens are sent nowhere else. */
export const originOf = ({ domain, baseUrl }: SalesforceConfig): string => {
  const standIn = baseUrl === undefined ? null : loopbackOrigin(baseUrl);
  if (standIn !== null) return standIn;
  if (baseUrl === undefined && domain !== undefined) return `https://${domain}`;
  throw new ConnectorError('config', 'salesforce: domain is missing');
};

/** Whose JWT it is (`aud`): sandboxes of customers sign in at test.salesforce.com, everything else at login (notes, 1). */
export const loginHostOf = ({ domain = '' }: SalesforceConfig): string =>
  domain.includes('.sandbox.') || domain.includes('--')
    ? 'https://test.salesforce.com'
    : 'https://login.salesforce.com';
