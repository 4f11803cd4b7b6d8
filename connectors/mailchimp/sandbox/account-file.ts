import type { Account, Audience, Member } from './account.ts';
import { membership } from './membership.ts';

type StoredAudience = Omit<Audience, 'members' | 'forgotten'> & {
  readonly members: readonly Member[];
  readonly forgotten: readonly string[];
};
type StoredAccount = Omit<Account, 'audiences' | 'batches' | 'downloads'> &
  Partial<Pick<Account, 'batches' | 'downloads'>> & { readonly audiences: readonly StoredAudience[] };

/** The account as plain JSON. */
export function saveAccount(account: Account): StoredAccount {
  return {
    ...account,
    audiences: [...account.audiences.values()].map((audience) => ({
      ...audience,
      members: [...audience.members.all()],
      forgotten: [...audience.forgotten],
    })),
  };
}

/** The opposite of `saveAccount`. */
export function loadAccount(stored: unknown): Account {
  const account = stored as StoredAccount; // written by saveAccount; the kit has checked whose file it is
  const audiences = account.audiences.map(
    (audience): Audience => ({
      ...audience,
      // JSON drops what is undefined, and a member must have every field.
      members: membership(audience.members.map((one) => ({ ...ABSENT, ...one }))),
      forgotten: new Set(audience.forgotten),
    }),
  );
  return {
    ...account,
    batches: account.batches ?? [], // a file of before there were any
    downloads: account.downloads ?? [],
    audiences: new Map(audiences.map((audience) => [audience.id, audience])),
  };
}

const ABSENT = { optOut: undefined, signupS: undefined, optInS: undefined };
