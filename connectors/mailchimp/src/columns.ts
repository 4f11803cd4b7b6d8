import type { WireMember } from './wire.ts';

/** What every row needs. `_links` and the rest, which are most of an answer, stay away. */
const MEMBER_FIELDS = ['id', 'email_address', 'status', 'unsubscribe_reason', 'last_changed', 'interests'] as const;

/** Asks for members with these fields; `fields` as they are named inside a member. */
type Ask<T> = (fields: readonly string[]) => Promise<T>;

/**
 * Asks for members with the merge fields of `tags`, in as few columns as possible. The specification knows dot notation for
 * sub-objects, but not whether it reaches below `members.merge_fields`. If an answer comes without them, all merge fields
 * are asked for from then on.
 */
export type AskMembers = <T>(
  tags: readonly string[],
  ask: Ask<T>,
  membersIn: (answer: T) => readonly WireMember[],
) => Promise<T>;

export const createAskMembers = (): AskMembers => {
  let singly = true;
  const fieldsFor = (tags: readonly string[]): readonly string[] => {
    // A comma would end the name; no merge tag has one.
    const named = tags.filter((tag) => /^\w+$/.test(tag));
    if (named.length === 0) return MEMBER_FIELDS;
    return [...MEMBER_FIELDS, ...(singly ? named.map((tag) => `merge_fields.${tag}`) : ['merge_fields'])];
  };
  return async (tags, ask, membersIn) => {
    const answer = await ask(fieldsFor(tags));
    const [first] = membersIn(answer);
    if (!singly || tags.length === 0 || first === undefined || first.merge_fields !== undefined) return answer;
    singly = false;
    return ask(fieldsFor(tags));
  };
};
