// A stand-in for the Mailchimp Marketing API 3.0, written from the vendor's documentation and not for our connector.
import type { Action, SandboxDefinition } from '@heed/sandbox';
import type { Account } from './account.ts';
import { loadAccount, saveAccount } from './account-file.ts';
import { administratorActs } from './acts/administrator.ts';
import { batchActs } from './acts/batches.ts';
import { personActs } from './acts/person.ts';
import { settle } from './batches/progress.ts';
import { fillDemo } from './demo.ts';
import { admit, finish, vendorAnswers } from './edge.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import { freshAccount } from './fresh-account.ts';
import { apiRoutes } from './routes/all.ts';
import { asyncBatchRoutes } from './routes/async-batches.ts';
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
  routes: [...apiRoutes, ...asyncBatchRoutes],
  actions: upToDate({ ...personActs, ...administratorActs, ...batchActs }),
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
  faultKinds: FAULT_KINDS,
  save: saveAccount,
  load: loadAccount,
};

/** What people do comes after what the batches had to do before it. */
function upToDate(actions: Readonly<Record<string, Action<Account>>>): Readonly<Record<string, Action<Account>>> {
  const settled = Object.entries(actions).map(([name, action]): [string, Action<Account>] => [
    name,
    (world, body) => {
      settle(world);
      return action(world, body);
    },
  ]);
  return Object.fromEntries(settled);
}
