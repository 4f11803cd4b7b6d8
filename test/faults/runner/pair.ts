import { sandbox as hubspotDefinition } from '@heed/connector-hubspot/sandbox';
import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as netsuiteDefinition } from '@heed/connector-netsuite/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { hubspotCrmSide, hubspotMarketingSide } from './sides/hubspot.ts';
import { mailchimpSide } from './sides/mailchimp.ts';
import { netsuiteSide } from './sides/netsuite.ts';
import { salesforceSide } from './sides/salesforce.ts';
import type { CrmSide, MarketingSide } from './sides/side.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

type OfDefinition<Definition> = Definition extends {
  freshState(setting: never): infer State;
  offer(world: never, url: string): { readonly extras: infer Extras extends object };
}
  ? StandIn<State, Extras>
  : never;

/** The stand-ins by name. */
export interface Systems {
  readonly salesforce: OfDefinition<typeof salesforceDefinition>;
  readonly netsuite: OfDefinition<typeof netsuiteDefinition>;
  readonly hubspot: OfDefinition<typeof hubspotDefinition>;
  readonly mailchimp: OfDefinition<typeof mailchimpDefinition>;
}
export type SystemName = keyof Systems;
type CrmName = Exclude<SystemName, 'mailchimp'>;
type MarketingName = 'hubspot' | 'mailchimp';

export interface PairOptions {
  /** Salesforce unless told. */
  readonly crm?: CrmName;
  /** Mailchimp unless told. */
  readonly marketing?: MarketingName;
  /** Only people of one campaign are synced, in NetSuite of one group. */
  readonly withCampaign?: boolean;
  /** A custom field means opted out as well; Salesforce. */
  readonly customField?: string;
  /** HubSpot is asked as an app whose refresh tokens are rotated, and not by a key that lasts. */
  readonly byOauth?: boolean;
}

/** A running pair, and how its people are met. */
export interface Pair {
  readonly names: readonly [CrmName, MarketingName];
  readonly systems: Systems;
  readonly running: readonly Systems[SystemName][];
  readonly other: (system: SystemName) => Systems[SystemName];
  readonly crm: CrmSide;
  readonly marketing: MarketingSide;
  readonly campaign: string | null;
  readonly connections: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The clock hardly moves between the calls of a case, and a test asks with Heed's own key: limits are cases of their own. */
const OF_HUBSPOT = { rateLimits: false, marketableByDefault: true };

export const startPair = async (options: PairOptions): Promise<Pair> => {
  const { crm: crmName = 'salesforce', marketing: marketingName = 'mailchimp', byOauth = false } = options;
  const names = [crmName, marketingName] as const;
  const isThere = (name: SystemName): boolean => names.some((one) => one === name);
  const salesforce = isThere('salesforce') ? await startStandIn(salesforceDefinition) : null;
  const netsuite = isThere('netsuite') ? await startStandIn(netsuiteDefinition) : null;
  const hubspot = isThere('hubspot')
    ? await startStandIn(hubspotDefinition, { ...OF_HUBSPOT, rotateRefreshTokens: byOauth })
    : null;
  const mailchimp = isThere('mailchimp') ? await startStandIn(mailchimpDefinition) : null;
  const systems: Systems = {
    get salesforce() {
      return needed('salesforce', salesforce);
    },
    get netsuite() {
      return needed('netsuite', netsuite);
    },
    get hubspot() {
      return needed('hubspot', hubspot);
    },
    get mailchimp() {
      return needed('mailchimp', mailchimp);
    },
  };
  const running = names.map((name) => systems[name]);
  const campaign = options.withCampaign ? listIn(systems, crmName) : null;
  const app = byOauth ? oauthOf(systems.hubspot) : null;
  const environment = Object.assign({}, ...running.map(({ env }) => env), app?.env) as Record<string, string>;
  return {
    names,
    systems,
    running,
    other: (system) => systems[system === crmName ? marketingName : crmName],
    crm: {
      salesforce: () => salesforceSide(systems.salesforce, campaign, options.customField),
      netsuite: () => netsuiteSide(systems.netsuite, campaign),
      hubspot: () => hubspotCrmSide(systems.hubspot),
    }[crmName](),
    marketing: {
      hubspot: () => hubspotMarketingSide(systems.hubspot, systems.hubspot.audience),
      mailchimp: () => mailchimpSide(systems.mailchimp, systems.mailchimp.audience),
    }[marketingName](),
    campaign,
    connections: Object.fromEntries(
      running.map(({ name, connection }) => [name, { ...connection, ...(name === 'hubspot' ? app?.connection : {}) }]),
    ),
    environment,
    secrets: [...Object.values(environment), ...running.map(({ accessToken }) => accessToken)],
  };
};

const needed = <T>(name: SystemName, standIn: T | null): T => {
  if (standIn === null) throw new Error(`${name} is not in this pair`);
  return standIn;
};

const listIn = (systems: Systems, crm: CrmName): string => {
  const act = crm === 'netsuite' ? 'admin/group' : 'admin/campaign';
  return (systems[crm].act(act, { name: 'the list' }) as { readonly id: string }).id;
};

const oauthOf = ({ oauth }: Systems['hubspot']) => {
  const env = {
    FAULTS_HUBSPOT_CLIENT: oauth.clientId,
    FAULTS_HUBSPOT_SECRET: oauth.clientSecret,
    FAULTS_HUBSPOT_REFRESH: oauth.refreshToken,
  };
  const [clientId, clientSecret, refreshToken] = Object.keys(env).map((name) => ({ env: name }));
  return { env, connection: { auth: { method: 'oauth', clientId, clientSecret, refreshToken } } };
};
