import type { Offer, SandboxDefinition } from '@heed/sandbox';
import { administratorActions } from './actions/administrator.ts';
import { personActions } from './actions/person.ts';
import { DEMO_GROUP, fillDemo } from './demo.ts';
import { FAULT_KINDS } from './routes/account-faults.ts';
import { admit } from './routes/admit.ts';
import { answers } from './routes/answers.ts';
import { routes } from './routes/index.ts';
import { type Account, type AccountWorld, needTable } from './state/account.ts';
import { freshAccount } from './state/fresh-account.ts';
import { loadAccount, saveAccount } from './state/save.ts';
import { SWITCHES } from './switches.ts';

export type { Account } from './state/account.ts';

/** What the running sandbox names besides the connection. */
export interface NetsuiteExtras {
  /** The realm: `7654321_SB1`. */
  readonly account: string;
  /** For token-based authentication (OAuth 1.0a). */
  readonly tokenBased: {
    readonly consumerKey: string;
    readonly consumerSecret: string;
    readonly tokenId: string;
    readonly tokenSecret: string;
  };
  /** The demonstration's group, when it was filled. */
  readonly group?: string;
}

const clientIdVariable = 'SANDBOX_NETSUITE_CLIENT_ID';
const privateKeyVariable = 'SANDBOX_NETSUITE_PRIVATE_KEY';
/** No secret, but it looks like one, and profiles may not hold what looks like one. */
const certificateVariable = 'SANDBOX_NETSUITE_CERTIFICATE_ID';

function offer(world: AccountWorld, url: string): Offer<NetsuiteExtras> {
  const { accountId, credentials } = world.state;
  const { consumerKey, consumerSecret, tokenId, tokenSecret } = credentials;
  const groups = [...needTable(world.state, 'entityGroup').rows()];
  const group = groups.find(({ groupName }) => groupName === DEMO_GROUP)?.id;
  return {
    connection: {
      connector: 'netsuite',
      account: accountId,
      baseUrl: url,
      auth: {
        method: 'oauth2-client-credentials',
        clientId: { env: clientIdVariable },
        certificateId: { env: certificateVariable },
        privateKey: { env: privateKeyVariable },
      },
    },
    env: {
      [clientIdVariable]: credentials.clientId,
      [certificateVariable]: credentials.certificates[0]?.id ?? '',
      [privateKeyVariable]: credentials.privateKey,
    },
    accessToken: credentials.accessToken,
    extras: {
      account: accountId,
      tokenBased: { consumerKey, consumerSecret, tokenId, tokenSecret },
      ...(group === undefined ? {} : { group }),
    },
  };
}

/** A stand-in for one NetSuite account: SuiteTalk REST, its token endpoint, RESTlets, and the screens of the product. */
export const sandbox: SandboxDefinition<Account, NetsuiteExtras> = {
  name: 'netsuite',
  freshState: freshAccount,
  routes,
  actions: { ...personActions, ...administratorActions },
  answers,
  fillDemo,
  offer,
  admit,
  switches: SWITCHES,
  faultKinds: FAULT_KINDS,
  save: saveAccount,
  load: loadAccount,
};
