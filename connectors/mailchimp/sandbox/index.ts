// A stand-in for the Mailchimp Marketing API 3.0, written from the vendor's documentation and not for our connector.
import type { SandboxDefinition } from '@heed/sandbox';
import type { Account } from './account.ts';
import { loadAccount, saveAccount } from './account-file.ts';
import { administratorActs } from './acts/administrator.ts';
import { personActs } from './acts/person.ts';
import { fillDemo } from './demo.ts';
import { admit, finish, vendorAnswers } from './edge.ts';
import { freshAccount } from './fresh-account.ts';
import { audienceRoutes } from './routes/audiences.ts';
import { batchRoutes } from './routes/batch.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { identityRoutes } from './routes/identity.ts';
import { interestRoutes } from './routes/interests.ts';
import { memberRoutes } from './routes/members.ts';
import { mergeFieldRoutes } from './routes/merge-fields.ts';
import { segmentRoutes } from './routes/segments.ts';
import { tagRoutes } from './routes/tags.ts';
import { SWITCHES } from './switches.ts';

export type { Account, Audience, Member } from './account.ts';

/** What this vendor adds to a running sandbox. */
export interface MailchimpExtras {
  /** The id of a ready, empty audience. */
  readonly audience: string;
}

export const sandbox: SandboxDefinition<Account, MailchimpExtras> = {
  name: 'mailchimp',
  freshState: freshAccount,
  routes: [
    ...identityRoutes,
    ...audienceRoutes,
    ...batchRoutes,
    ...memberRoutes,
    ...tagRoutes,
    ...segmentRoutes,
    ...mergeFieldRoutes,
    ...interestRoutes,
    ...evidenceRoutes,
  ],
  actions: { ...personActs, ...administratorActs },
  answers: vendorAnswers,
  admit,
  finish,
  fillDemo,
  offer: ({ state }, url) => ({
    connection: {
      connector: 'mailchimp',
      baseUrl: url,
      auth: { method: 'api-key', apiKey: { env: 'SANDBOX_MAILCHIMP_KEY' } },
    },
    env: { SANDBOX_MAILCHIMP_KEY: state.apiKey },
    accessToken: state.apiKey,
    extras: { audience: [...state.audiences.keys()][0] ?? '' },
  }),
  switches: SWITCHES,
  faultKinds: ['partial-batch', 'search-lag'],
  save: saveAccount,
  load: loadAccount,
};
