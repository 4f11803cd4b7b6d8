import type { Offer, SandboxDefinition } from '@heed/sandbox';
import { personActions } from './actions/person.ts';
import { recordActions } from './actions/records.ts';
import { setupActions } from './actions/setup.ts';
import { demoCampaignName, fillDemo } from './demo.ts';
import { admit, finish } from './routes/admit.ts';
import { answers } from './routes/answers.ts';
import { faultKinds } from './routes/fault-kinds.ts';
import { routes } from './routes/index.ts';
import { freshOrg } from './state/fresh-org.ts';
import type { Org, OrgWorld } from './state/org.ts';
import { loadOrg, saveOrg } from './state/save.ts';
import { switches } from './state/switches.ts';

export type { Org } from './state/org.ts';

/** What the running sandbox names besides the connection. */
export interface SalesforceExtras {
  /** For the JWT bearer flow, once a certificate was uploaded with `admin/certificate`. */
  readonly username: string;
  /** The demonstration's campaign, when it was filled. */
  readonly campaign?: string;
}

const clientIdVariable = 'SANDBOX_SALESFORCE_CLIENT_ID';
const clientSecretVariable = 'SANDBOX_SALESFORCE_CLIENT_SECRET';

function offer(world: OrgWorld, url: string): Offer<SalesforceExtras> {
  const { credentials } = world.state;
  const campaigns = [...world.state.needTable('Campaign').rows()];
  const campaign = campaigns.find((row) => row.Name === demoCampaignName)?.Id;
  return {
    connection: {
      connector: 'salesforce',
      baseUrl: url,
      auth: {
        method: 'client-credentials',
        clientId: { env: clientIdVariable },
        clientSecret: { env: clientSecretVariable },
      },
    },
    env: { [clientIdVariable]: credentials.clientId, [clientSecretVariable]: credentials.clientSecret },
    accessToken: credentials.accessToken,
    extras: { username: credentials.username, ...(typeof campaign === 'string' ? { campaign } : {}) },
  };
}

/** A stand-in for one Salesforce org: REST API, OAuth token endpoint, and the administrator's screens. */
export const sandbox: SandboxDefinition<Org, SalesforceExtras> = {
  name: 'salesforce',
  freshState: freshOrg,
  routes,
  actions: { ...personActions, ...recordActions, ...setupActions },
  answers,
  fillDemo,
  offer,
  admit,
  finish,
  switches,
  faultKinds,
  save: saveOrg,
  load: loadOrg,
};
