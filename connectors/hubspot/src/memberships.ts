import { inParallel } from '@heed/toolkit';
import { type Api, createTrail, MEMBER_ROWS } from './api.ts';
import { CONNECTIONS } from './limits.ts';

/** Which of these lists a contact is in. */
export type ListsOf = (contact: string) => readonly string[];

/** As many are asked for one by one without a look at the size of the lists. */
const FEW = 20;
/** A list whose size HubSpot does not tell. */
const UNTOLD = 10_000;

/**
 * Tells which of these contacts are in which of these lists: one call per contact, or the lists page by page where that is
 * fewer calls. To be made anew for each read and look-up: what it knows grows old.
 */
export const createMemberships = (api: Api, lists: readonly string[]) => {
  let whole: Promise<ReadonlyMap<string, Float64Array>> | null = null;

  const pagesOf = async (signal: AbortSignal): Promise<number> => {
    const sizes = await inParallel(lists, CONNECTIONS, async (id) => {
      const { size, additionalProperties = {} } = await api.list(id, signal);
      return size ?? Number(additionalProperties.hs_list_size ?? Number.NaN);
    });
    return sizes.reduce((pages, size) => pages + Math.ceil((Number.isFinite(size) ? size : UNTOLD) / MEMBER_ROWS), 0);
  };

  const readWhole = async (signal: AbortSignal): Promise<ReadonlyMap<string, Float64Array>> =>
    new Map(await inParallel(lists, CONNECTIONS, async (id) => [id, await allMembers(api, id, signal)] as const));

  return {
    async of(contacts: readonly string[], signal: AbortSignal): Promise<ListsOf> {
      if (contacts.length === 0 || lists.length === 0) return () => [];
      if (whole === null && contacts.length > FEW && (await pagesOf(signal)) < contacts.length) {
        whole = readWhole(signal);
        whole.catch(() => {
          whole = null;
        });
      }
      if (whole !== null) {
        const members = await whole;
        return (contact) => lists.filter((id) => holds(members.get(id) ?? NOBODY, Number(contact)));
      }
      const asked = await inParallel(contacts, CONNECTIONS, async (contact) => {
        const all = new Set(await api.listsOf(contact, signal));
        return [contact, lists.filter((id) => all.has(id))] as const;
      });
      const found = new Map(asked);
      return (contact) => found.get(contact) ?? [];
    },
  };
};

const NOBODY = new Float64Array();

/** Eight bytes a member: a list of a million takes eight megabytes. */
const allMembers = async (api: Api, list: string, signal: AbortSignal): Promise<Float64Array> => {
  let members = new Float64Array(1_024);
  let count = 0;
  const trail = createTrail('members');
  for (let after: string | null = null; ; ) {
    const page = await api.members(list, after, signal);
    for (const { recordId } of page.items) {
      if (count === members.length) {
        const larger = new Float64Array(count * 2);
        larger.set(members);
        members = larger;
      }
      members[count] = Number(recordId);
      count += 1;
    }
    trail(page.after);
    if (page.after === null) return members.subarray(0, count).sort();
    after = page.after;
  }
};

const holds = (sorted: Float64Array, wanted: number): boolean => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
};
