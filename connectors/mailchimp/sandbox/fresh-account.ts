import type { Setting } from '@heed/sandbox';
import type { Account } from './account.ts';
import { openReadyAudience } from './audiences.ts';

/** A new account with one ready, empty audience. */
export function freshAccount(setting: Setting): Account {
  const { random } = setting;
  const account: Account = {
    accountId: random.hex(26),
    loginId: String(1_000_000 + random.int(9_000_000)),
    apiKey: `${random.hex(32)}-us6`,
    audiences: new Map(),
    campaigns: [],
    batches: [],
    downloads: [],
    lastNumber: 100_000 + random.int(100_000),
  };
  openReadyAudience(setting, account, 'Newsletter');
  return account;
}
