import { createHash } from 'node:crypto';
import type { Member } from './account.ts';

/** The members of one audience, found fast by hash or contact id and kept in order of their last change. */
export interface Membership {
  readonly size: number;
  get(hash: string): Member | undefined;
  /** Finds by hash, address or contact id, as most paths allow. */
  find(key: string): Member | undefined;
  /** In the order of joining. */
  all(): Iterable<Member>;
  add(member: Member): void;
  remove(member: Member): void;
  /** Gives a member another address, and with it another hash. */
  rename(member: Member, email: string): void;
  /** To be called after `changedS` was set. */
  changed(): void;
  /** By last change, oldest first; those with `fromS <= changedS < beforeS`. */
  changedBetween(fromS: number, beforeS: number): readonly Member[];
}

/** `subscriber_hash`: MD5 of the lower-cased address. */
export function hashOf(email: string): string {
  return createHash('md5').update(email.toLowerCase()).digest('hex');
}

export function membership(members: Iterable<Member> = []): Membership {
  const byHash = new Map<string, Member>();
  const byContactId = new Map<string, Member>();
  let ordered: Member[] = [];
  let inOrder = true;

  const add = (member: Member): void => {
    byHash.set(member.hash, member);
    byContactId.set(member.contactId, member);
    ordered.push(member);
    inOrder = false;
  };
  const sorted = (): Member[] => {
    // Almost sorted already after a few changes, which makes this close to one pass even for 100,000 members.
    if (!inOrder) ordered.sort((one, other) => one.changedS - other.changedS || one.webId - other.webId);
    inOrder = true;
    return ordered;
  };
  for (const member of members) add(member);
  return {
    get size() {
      return byHash.size;
    },
    get: (hash) => byHash.get(hash),
    find: (key) =>
      byHash.get(key.toLowerCase()) ?? (key.includes('@') ? byHash.get(hashOf(key)) : byContactId.get(key)),
    all: () => byHash.values(),
    add,
    remove(member) {
      byHash.delete(member.hash);
      byContactId.delete(member.contactId);
      ordered = ordered.filter((one) => one !== member);
    },
    rename(member, email) {
      byHash.delete(member.hash);
      member.email = email;
      member.hash = hashOf(email);
      byHash.set(member.hash, member);
    },
    changed() {
      inOrder = false;
    },
    changedBetween(fromS, beforeS) {
      const list = sorted();
      return list.slice(firstFrom(list, fromS), firstFrom(list, beforeS));
    },
  };
}

/** The position of the first member that changed at `atS` or later. */
function firstFrom(list: readonly Member[], atS: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.changedS ?? 0) < atS) low = middle + 1;
    else high = middle;
  }
  return low;
}
