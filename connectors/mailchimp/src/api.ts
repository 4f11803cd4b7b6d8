import { ConnectorError, type Millis } from '@heed/contract';
import { isRecord, recordOf } from '@heed/toolkit';
import type {
  BatchBody,
  FieldsBody,
  LeaveInterestBody,
  NewMemberBody,
  OptOutBatchBody,
  OptOutBody,
  RenameBody,
} from './bodies.ts';
import type { Call } from './call.ts';
import { createAskMembers } from './columns.ts';
import type { HttpRequest } from './sdk.ts';
import {
  abuseReportIn,
  batchAnswerOf,
  type Collection,
  collectionOf,
  isMember,
  isMergeField,
  isNamed,
  itemsOf,
  memberOf,
  type WireAbuseReport,
  type WireActivity,
  type WireBatchAnswer,
  type WireMember,
  type WireMergeField,
  type WireNamed,
} from './wire.ts';

/** Most rows that one answer can have; without `count` it is 10, silently. (spec) */
export const PAGE_ROWS = 1000;
/** Most members in one batch. (spec) */
export const BATCH_MEMBERS = 500;

export interface MembersQuery {
  /** Merge fields to bring. */
  readonly tags: readonly string[];
  readonly since_last_changed: string | null;
  readonly before_last_changed?: string | null;
  readonly unsubscribed_since?: string | null;
  readonly status: 'archived' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | null;
  readonly offset: number;
  /** The latest change first; the earliest unless told. */
  readonly newestFirst?: boolean;
}

/** What a batch answered, and when the request that was answered had gone out (vendor's clock). */
export interface BatchAnswer extends WireBatchAnswer {
  readonly sentAt: Millis;
}

/** The calls of Mailchimp that the connector uses. `list` is Mailchimp's word for an audience in URLs. */
export interface Api {
  account(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  audiences(signal: AbortSignal): Promise<readonly WireNamed[]>;
  mergeFields(signal: AbortSignal): Promise<readonly WireMergeField[]>;
  interestCategories(signal: AbortSignal): Promise<readonly WireNamed[]>;
  interests(category: string, signal: AbortSignal): Promise<readonly WireNamed[]>;
  tags(signal: AbortSignal): Promise<readonly WireNamed[]>;
  /** In the order of `last_changed`, either way; contacts without an address are among them. */
  members(query: MembersQuery, signal: AbortSignal): Promise<Collection<unknown>>;
  /** With the merge fields of `tags`. Null if the audience has no such member. */
  member(hash: string, tags: readonly string[], signal: AbortSignal): Promise<WireMember | null>;
  /** With these columns, as they come. Null if the audience has no such member. */
  memberWith(hash: string, columns: readonly string[], signal: AbortSignal): Promise<WireMember | null>;
  /** Of these types only, newest first as far as anybody knows. */
  activity(hash: string, types: readonly string[], signal: AbortSignal): Promise<readonly WireActivity[]>;
  abuseReports(signal: AbortSignal): Promise<readonly WireAbuseReport[]>;
  putMember(hash: string, body: NewMemberBody | RenameBody, signal: AbortSignal): Promise<WireMember>;
  patchMember(
    hash: string,
    body: FieldsBody | OptOutBody | LeaveInterestBody,
    signal: AbortSignal,
  ): Promise<WireMember>;
  addMembers(body: BatchBody | OptOutBatchBody, signal: AbortSignal): Promise<BatchAnswer>;
  archive(hash: string, signal: AbortSignal): Promise<void>;
  tag(hash: string, name: string, signal: AbortSignal): Promise<void>;
}

/** Without an audience only `account` and `audiences` can be called. */
export const createApi = (call: Call, audience: string | null, vendorNow: () => Millis): Api => {
  const get = (
    name: string,
    path: HttpRequest['path'],
    signal: AbortSignal,
    given: Partial<HttpRequest> = {},
  ): Promise<unknown> => call({ name, method: 'GET', path, ...given }, signal);

  const list = (): { readonly list_id: string } => {
    if (audience === null)
      throw new ConnectorError('config', 'this needs an audience: `marketing.audience` in the profile');
    return { list_id: audience };
  };
  const one = (hash: string): { readonly list_id: string; readonly subscriber_hash: string } => ({
    ...list(),
    subscriber_hash: hash,
  });

  /** Every row of a collection that is small enough to be kept as a whole. */
  const all = async <T>(
    path: HttpRequest['path'],
    name: string,
    keep: (item: unknown) => item is T,
    signal: AbortSignal,
    given: Partial<HttpRequest> = {},
  ): Promise<readonly T[]> => {
    const found: T[] = [];
    for (let offset = 0; ; ) {
      const query = { ...given.query, count: PAGE_ROWS, offset };
      const { items, total } = collectionOf(name, await get(name, path, signal, { ...given, query }), name);
      found.push(...items.filter(keep));
      offset += items.length;
      if (items.length === 0 || offset >= total) return found;
    }
  };

  const change = async (
    name: string,
    method: 'PUT' | 'PATCH',
    hash: string,
    body: object,
    signal: AbortSignal,
  ): Promise<WireMember> => {
    const given = { params: one(hash), query: NOT_VALIDATED, body };
    // A PUT may change the address, and so the hash: its callers look at it.
    return memberOf(
      name,
      await call({ name, method, path: '/lists/{list_id}/members/{subscriber_hash}', ...given }, signal),
      method === 'PUT' ? null : hash,
      true,
    );
  };

  const askMembers = createAskMembers();

  let audienceSeen: Promise<unknown> | undefined;
  /** "No such member" and "no such audience" are the same 404, and a lost audience must not look like lost members. */
  const confirmAudience = async (signal: AbortSignal): Promise<void> => {
    // GET /lists/{list_id}
    audienceSeen ??= get('audience', '/lists/{list_id}', signal, { params: list(), query: { fields: 'id' } });
    try {
      await audienceSeen;
    } catch (error) {
      audienceSeen = undefined;
      throw isMissing(error) ? noAudience() : error;
    }
  };
  const ifThere = async (answer: Promise<WireMember>, signal: AbortSignal): Promise<WireMember | null> => {
    try {
      return await answer;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await confirmAudience(signal);
      return null;
    }
  };
  const memberNow = async (hash: string, columns: readonly string[], signal: AbortSignal): Promise<WireMember> => {
    const given = { params: one(hash), query: { fields: columns.join(',') } };
    const path = '/lists/{list_id}/members/{subscriber_hash}';
    return memberOf('member', await get('member', path, signal, given), hash, false);
  };
  const inAudience = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw isMissing(error) ? noAudience() : error;
    }
  };

  return {
    // GET /
    account: async (signal) =>
      recordOf(await get('account', '/', signal, { query: { fields: 'account_id,account_name,role' } })),

    // GET /lists
    audiences: (signal) =>
      all('/lists', 'lists', isNamed, signal, {
        query: { fields: 'lists.id,lists.name,lists.stats.member_count,total_items' },
      }),

    // GET /lists/{list_id}/merge-fields
    mergeFields: (signal) =>
      inAudience(
        all('/lists/{list_id}/merge-fields', 'merge_fields', isMergeField, signal, {
          params: list(),
          query: { fields: 'merge_fields.tag,merge_fields.name,merge_fields.type,merge_fields.options,total_items' },
        }),
      ),

    // GET /lists/{list_id}/interest-categories
    interestCategories: async (signal) => {
      const query = { fields: 'categories.id,categories.title,total_items' };
      const found = await inAudience(
        all('/lists/{list_id}/interest-categories', 'categories', isRecord, signal, { params: list(), query }),
      );
      return found.map(({ id, title }) => ({ id, name: title })).filter(isNamed);
    },

    // GET /lists/{list_id}/interest-categories/{interest_category_id}/interests
    interests: (category, signal) =>
      all('/lists/{list_id}/interest-categories/{interest_category_id}/interests', 'interests', isNamed, signal, {
        params: { ...list(), interest_category_id: category },
        query: { fields: 'interests.id,interests.name,total_items' },
      }),

    // GET /lists/{list_id}/segments: a tag is a static segment.
    tags: (signal) =>
      inAudience(
        all('/lists/{list_id}/segments', 'segments', isNamed, signal, {
          params: list(),
          query: { type: 'static', fields: 'segments.id,segments.name,segments.member_count,total_items' },
        }),
      ),

    // GET /lists/{list_id}/members
    members: ({ tags, newestFirst = false, ...filters }, signal) => {
      const ask = async (names: readonly string[]): Promise<Collection<unknown>> => {
        const fields = [...names.map((name) => `members.${name}`), 'total_items'].join(',');
        const sort_dir = newestFirst ? 'DESC' : 'ASC';
        const query = { ...filters, sort_field: 'last_changed', sort_dir, count: PAGE_ROWS, fields };
        const body = await inAudience(get('members', '/lists/{list_id}/members', signal, { params: list(), query }));
        return collectionOf('members', body, 'members');
      };
      return askMembers(tags, ask, ({ items }) => items.filter(isMember));
    },

    // GET /lists/{list_id}/members/{subscriber_hash}
    member: (hash, tags, signal) =>
      ifThere(
        askMembers(
          tags,
          (names) => memberNow(hash, [...names, 'tags'], signal),
          (member) => [member],
        ),
        signal,
      ),

    // GET /lists/{list_id}/members/{subscriber_hash}
    memberWith: (hash, columns, signal) => ifThere(memberNow(hash, columns, signal), signal),

    // GET /lists/{list_id}/members/{subscriber_hash}/activity-feed
    activity: async (hash, types, signal) => {
      const query = {
        count: PAGE_ROWS,
        activity_filters: types.join(','),
        fields: 'activity.activity_type,activity.created_at_timestamp',
      };
      const path = '/lists/{list_id}/members/{subscriber_hash}/activity-feed';
      const body = await get('activity', path, signal, { params: one(hash), query });
      return itemsOf('activity', body, 'activity').map(recordOf);
    },

    // GET /lists/{list_id}/abuse-reports
    abuseReports: async (signal) => {
      const found = await inAudience(
        all('/lists/{list_id}/abuse-reports', 'abuse_reports', isRecord, signal, {
          params: list(),
          query: {
            fields:
              'abuse_reports.id,abuse_reports.email_id,abuse_reports.email_address,abuse_reports.date,total_items',
          },
        }),
      );
      return found.flatMap((item) => abuseReportIn(item) ?? []);
    },

    // PUT /lists/{list_id}/members/{subscriber_hash}
    putMember: (hash, body, signal) => change('put member', 'PUT', hash, body, signal),

    // PATCH /lists/{list_id}/members/{subscriber_hash}
    patchMember: (hash, body, signal) => change('patch member', 'PATCH', hash, body, signal),

    // POST /lists/{list_id}
    addMembers: async (body, signal) => {
      const name = 'add members';
      const given = { params: list(), query: NOT_VALIDATED, body };
      let sentAt = vendorNow();
      const sending = (): void => {
        sentAt = vendorNow();
      };
      const answer = call({ name, method: 'POST', path: '/lists/{list_id}', ...given }, signal, sending);
      return { ...batchAnswerOf(name, await inAudience(answer)), sentAt };
    },

    // DELETE /lists/{list_id}/members/{subscriber_hash}
    archive: async (hash, signal) => {
      await call(
        {
          name: 'archive member',
          method: 'DELETE',
          path: '/lists/{list_id}/members/{subscriber_hash}',
          params: one(hash),
        },
        signal,
      );
    },

    // POST /lists/{list_id}/members/{subscriber_hash}/tags; is_syncing keeps the tag from starting automations.
    tag: async (hash, name, signal) => {
      const body = { tags: [{ name, status: 'active' }], is_syncing: true };
      await call(
        {
          name: 'tag member',
          method: 'POST',
          path: '/lists/{list_id}/members/{subscriber_hash}/tags',
          params: one(hash),
          body,
        },
        signal,
      );
    },
  };
};

/** A merge field that is required on forms must not keep an opt-out or a name from arriving. */
const NOT_VALIDATED = { skip_merge_validation: true } as const;

export const isMissing = (error: unknown): error is ConnectorError =>
  error instanceof ConnectorError && error.kind === 'missing';

const noAudience = (): ConnectorError =>
  new ConnectorError('config', 'Mailchimp has no such audience; `heed lists` shows the ids of the account', {
    container: true,
  });
