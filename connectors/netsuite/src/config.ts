import { ConnectorError, loopbackOrigin, secret } from '@heed/contract';
import { z } from 'zod';

/** `1234567`, `1234567_SB1`; the spelling of URLs, `1234567-sb1`, is understood as well. */
const ACCOUNT = /^[A-Za-z0-9]{2,40}([_-][A-Za-z0-9]{1,20}){0,3}$/;

const auth = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('oauth2-client-credentials'),
    clientId: z.string().min(1).describe('client id of the integration record; no secret'),
    certificateId: z.string().min(1).describe('certificate id from OAuth 2.0 Client Credentials (M2M) Setup'),
    privateKey: secret('PEM private key of that certificate: RSA of 3072 bits or more, or P-256, P-384, P-521'),
  }),
  z.strictObject({
    method: z.literal('token-based'),
    consumerKey: secret('consumer key of the integration record'),
    consumerSecret: secret('consumer secret of the integration record'),
    tokenId: secret('token id of the integration user'),
    tokenSecret: secret('token secret of the integration user'),
  }),
]);

export const configSchema = z.strictObject({
  connector: z.literal('netsuite').optional(),
  account: z
    .string()
    .regex(ACCOUNT, 'the account id, as in 1234567 or 1234567_SB1 (Setup > Company > Company Information)'),
  baseUrl: z
    .string()
    .refine((url) => loopbackOrigin(url) !== null, 'only a stand-in on this machine, as in http://127.0.0.1:41004')
    .optional(),
  concurrency: z
    .int()
    .min(1)
    .max(50)
    .default(2)
    .describe('requests at the same time; the account has 5 to 20 for all its integrations together'),
  savedSearches: z
    .strictObject({
      script: z.string().regex(/^\w{1,80}$/, 'the script id of the RESTlet, as in customscript_heed_saved_search'),
      deploy: z.string().regex(/^\w{1,80}$/, 'the deployment id of the RESTlet, as in customdeploy_heed_saved_search'),
    })
    .optional()
    .describe('the RESTlet of connectors/netsuite/restlet; needed for lists of the kind savedSearch only'),
  auth,
});

export type NetSuiteConfig = z.infer<typeof configSchema>;
export type AuthConfig = NetSuiteConfig['auth'];

/** The account as hosts spell it: `1234567-sb1`. */
export const hostLabel = ({ account }: NetSuiteConfig): string => account.toLowerCase().replaceAll('_', '-');

/** The account as signatures spell it (`realm`): upper case, with underscores; another case is refused (netsuitephp#121). */
export const realmOf = ({ account }: NetSuiteConfig): string => account.toUpperCase().replaceAll('-', '_');

type Service = 'suitetalk' | 'restlets';

/** Scheme, host and port of a service; credentials are sent nowhere else. Throws `config` if baseUrl is no loopback. */
export const originOf = (config: NetSuiteConfig, service: Service): string => {
  if (config.baseUrl === undefined) return vendorOrigin(config, service);
  const standIn = loopbackOrigin(config.baseUrl);
  if (standIn === null) throw new ConnectorError('config', 'netsuite: baseUrl is only for a stand-in on this machine');
  return standIn;
};

export const vendorOrigin = (config: NetSuiteConfig, service: Service): string =>
  `https://${hostLabel(config)}.${service}.api.netsuite.com`;
