import type { Deciding, FieldValue, Millis } from '@heed/contract';
import { answerOr, entryOf, recordOf } from '@heed/toolkit';
import { hashOf } from './address-hash.ts';
import type { Api } from './api.ts';
import { BY_ADMIN, memberRef } from './member.ts';
import type { Source } from './streams.ts';
import { timeOf, type WireMember } from './wire.ts';

/** Vendor notes, 4, "what decides that mail is sent". SMS has a consent of its own and is not asked for. */
const COLUMNS = [
  'id',
  'email_address',
  'status',
  'unsubscribe_reason',
  'timestamp_signup',
  'timestamp_opt',
  'last_changed',
  'interests',
  'tags',
  'tags_count',
  'marketing_permissions',
] as const;

/** Vendor notes, 3.1. */
const STATUSES: Readonly<Record<string, string>> = {
  subscribed: 'opted in; the only status that gets campaigns',
  unsubscribed: 'opted out of this audience',
  cleaned: 'bounced, or reported as abuse: undeliverable, no opt-out by itself (C10)',
  pending: 'a confirmation mail is out, and nobody has answered it: neither in nor out (C11)',
  transactional: 'known, and never opted in',
  archived: 'removed from view; whether an opt-out stood before, Mailchimp hides (C12a)',
};
const UNKNOWN_STATUS = 'a status that Heed does not know, so it counts as one without mail (C12a)';

/**
 * What decides in this audience. `status` leads: only subscribed members get campaigns, and a complaint ends in another status;
 * which of them a campaign goes to is its segment's affair. Two calls, three for who opted out.
 */
export const decidingFor = async (
  { api, complaints }: Source,
  email: string,
  signal: AbortSignal,
): Promise<readonly Deciding[]> => {
  const hash = hashOf(email);
  const complained = await complaints.known(signal);
  const member = await api.memberWith(hash, COLUMNS, signal);
  const report = complained.has(hash) ? [complaint(member, complained.get(hash) ?? null)] : [];
  if (member === null) return report;
  return [
    ...ofStatus(member, await optedOutAt(api, member, signal)),
    ...report,
    ...ofTimes(member),
    ...ofSegments(member),
  ];
};

const complaint = (member: WireMember | null, since: Millis | null): Deciding => ({
  record: member === null ? null : memberRef(member.id),
  name: 'abuse report',
  value: true,
  blocks: true,
  since,
  why: `the person reported a mail as abuse: an opt-out by the person, whatever the status (C10)${member === null ? '; the member is gone since' : ''}`,
});

const ofStatus = (member: WireMember, since: Millis | null): readonly Deciding[] => {
  const record = memberRef(member.id);
  const { status, unsubscribe_reason: reason } = member;
  const means = entryOf(STATUSES, status) ?? UNKNOWN_STATUS;
  const told: Deciding = { record, name: 'status', value: status, blocks: status !== 'subscribed', since, why: means };
  if (status !== 'unsubscribed') return [told];
  const said = typeof reason === 'string' && reason !== '';
  return [
    told,
    {
      record,
      name: 'unsubscribe_reason',
      value: said ? reason : null,
      blocks: null,
      since: null,
      why: !said
        ? 'nothing tells who opted out'
        : reason === BY_ADMIN
          ? 'an administrator or the API opted the person out; both leave this text'
          : 'any other text than that of administrators: only the person can undo it, by a form of Mailchimp',
    },
  ];
};

/**
 * When the person opted out: Mailchimp keeps no date in the member, but the activity feed has one. What an administrator or the
 * API did may be missing there, so an older entry must not be taken for it.
 */
const optedOutAt = async (api: Api, member: WireMember, signal: AbortSignal): Promise<Millis | null> => {
  if (member.status !== 'unsubscribed' || member.unsubscribe_reason === BY_ADMIN) return null;
  // Missing: deleted since the look a moment ago.
  const activity = await answerOr(api.activity(member.id, ['unsub'], signal), ['missing'], []);
  const times = activity.flatMap(({ activity_type: type, created_at_timestamp: at }) =>
    type === 'unsub' ? (timeOf(at) ?? []) : [],
  );
  return times.length === 0 ? null : Math.max(...times);
};

/** Evidence about the status, which says nothing by itself. */
const ofTimes = (member: WireMember): readonly Deciding[] => {
  const evidence = (name: 'timestamp_signup' | 'timestamp_opt' | 'last_changed', why: string): Deciding => {
    const at = timeOf(recordOf(member)[name]);
    const value = at === null ? null : new Date(at).toISOString();
    return { record: memberRef(member.id), name, value, blocks: null, since: null, why };
  };
  return [
    evidence('timestamp_signup', 'when the person filled in a form'),
    evidence('timestamp_opt', 'when the person opted in; it outlives a later opt-out'),
    evidence('last_changed', 'the last change of any kind: the status is not younger'),
  ];
};

/** A campaign to a segment leaves out who is not in it: whether one is, no property of the person tells. */
const ofSegments = (member: WireMember): readonly Deciding[] => {
  const record = memberRef(member.id);
  const part = (name: string, value: FieldValue, why: string): Deciding => ({
    record,
    name,
    value,
    blocks: null,
    since: null,
    why,
  });
  const tags = (member.tags ?? []).flatMap(({ name }) => name ?? []).sort();
  const { interests, marketing_permissions: permissions } = recordOf(member);
  const ticked = Object.entries(recordOf(interests)).flatMap(([id, on]) => (on === true ? [id] : []));
  return [
    part('tags', tags.length === 0 ? null : tags, 'a campaign to a tag goes to its bearers only'),
    ...(interests === undefined
      ? []
      : [
          part(
            'interests',
            ticked.length === 0 ? null : ticked.sort(),
            'a campaign to a group goes to who ticked it; an unticked one is no opt-out',
          ),
        ]),
    ...(Array.isArray(permissions) ? permissions : []).map((one) => {
      const { marketing_permission_id: id, text, enabled } = recordOf(one);
      const named = typeof text === 'string' && text !== '' ? `"${text}": ` : '';
      return part(
        `marketing_permissions ${typeof id === 'string' ? id : ''}`.trim(),
        typeof enabled === 'boolean' ? enabled : null,
        `${named}a permission (GDPR field) stops no campaign but one whose segment asks for it`,
      );
    }),
  ];
};
