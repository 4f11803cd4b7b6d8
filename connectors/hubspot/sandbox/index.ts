// A stand-in for the HubSpot APIs, written from the vendor's documentation and not for our connector.
import type { SandboxDefinition } from '@heed/sandbox';
import { administratorActs } from './acts/administrator.ts';
import { personActs } from './acts/person.ts';
import { recordActs } from './acts/records.ts';
import { webhookActs } from './acts/webhooks.ts';
import { fillDemo } from './demo.ts';
import { admit, finish, vendorAnswers } from './edge.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import { freshPortal } from './portal/fresh-portal.ts';
import type { Portal } from './portal/portal.ts';
import { loadPortal, savePortal } from './portal-file.ts';
import { apiRoutes } from './routes/all.ts';
import { SWITCHES } from './switches.ts';

export type { Portal } from './portal/portal.ts';

/** What this vendor adds to a running sandbox. */
export interface HubspotExtras {
  /** The id of a ready, empty list (MANUAL). */
  readonly audience: string;
  /** For whoever connects as an OAuth app; refresh tokens live until they are revoked. */
  readonly oauth: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
    readonly redirectUri: string;
    readonly appId: number;
    /** For the settings of its webhooks, as `hapikey`. */
    readonly developerKey: string;
  };
}

export const sandbox: SandboxDefinition<Portal, HubspotExtras> = {
  name: 'hubspot',
  freshState: freshPortal,
  routes: apiRoutes,
  actions: { ...personActs, ...recordActs, ...administratorActs, ...webhookActs },
  answers: vendorAnswers,
  admit,
  finish,
  fillDemo,
  offer: ({ state }, url) => ({
    connection: {
      connector: 'hubspot',
      baseUrl: url,
      auth: { method: 'service-key', token: { env: 'SANDBOX_HUBSPOT_TOKEN' } },
    },
    env: { SANDBOX_HUBSPOT_TOKEN: state.access.staticToken },
    accessToken: state.access.staticToken,
    extras: {
      audience: [...state.lists.keys()][0] ?? '',
      oauth: {
        clientId: state.access.clientId,
        clientSecret: state.access.clientSecret,
        refreshToken: Object.keys(state.access.refreshTokens)[0] ?? '',
        redirectUri: state.access.redirectUri,
        appId: state.appId,
        developerKey: state.access.developerKey,
      },
    },
  }),
  switches: SWITCHES,
  faultKinds: FAULT_KINDS,
  save: savePortal,
  load: loadPortal,
};
