import type { Audience, Member, MergeValue } from './account.ts';
import { iso } from './time.ts';

interface Link {
  readonly rel: string;
  readonly href: string;
  readonly method: string;
}

const SHOWN_TAGS = 50;

/** A member as GET shows it. `origin` is the address of the API. */
export function memberBody(origin: string, audience: Audience, member: Member): Record<string, unknown> {
  const { unsubscribe_reason, ...rest } = commonBody(audience, member);
  return {
    id: member.hash,
    email_address: member.email,
    unique_email_id: uniqueEmailId(member),
    contact_id: member.contactId,
    full_name: fullName(member),
    web_id: member.webId,
    ...(unsubscribe_reason === undefined ? {} : { unsubscribe_reason }),
    ...rest,
    ...permissionsOf(audience, member),
    source: member.source,
    ...tagsOf(audience, member),
    list_id: audience.id,
    _links: memberLinks(origin, audience, member),
  };
}

/** A member as the batch and static segments show what they wrote: without contact id, name, source and reason. */
export function shortMemberBody(origin: string, audience: Audience, member: Member): Record<string, unknown> {
  const {
    unsubscribe_reason: _reason,
    consents_to_one_to_one_messaging: _consents,
    ...rest
  } = commonBody(audience, member);
  return {
    id: member.hash,
    email_address: member.email,
    unique_email_id: uniqueEmailId(member),
    ...rest,
    location: placeOf(member),
    ...tagsOf(audience, member),
    list_id: audience.id,
    _links: memberLinks(origin, audience, member),
  };
}

/** A member as the list of a segment shows it: with the name, but without tags. */
export function segmentMemberBody(origin: string, audience: Audience, member: Member): Record<string, unknown> {
  const { tags: _tags, tags_count: _count, ...rest } = shortMemberBody(origin, audience, member);
  return { ...rest, full_name: fullName(member) };
}

/** The first ten hexadecimal digits of the hash: an address has the same in every audience. */
export function uniqueEmailId(member: Member): string {
  return member.hash.slice(0, 10);
}

export function mergeFieldsBody(audience: Audience, member: Member): Record<string, MergeValue> {
  return Object.fromEntries(audience.mergeFields.map(({ tag }) => [tag, member.mergeFields[tag] ?? '']));
}

function commonBody(audience: Audience, member: Member): Record<string, unknown> {
  const reason = member.status === 'unsubscribed' ? member.optOut?.reason : undefined;
  const interests = audience.categories.flatMap((category) => category.interests);
  return {
    email_type: member.emailType,
    status: member.status,
    unsubscribe_reason: reason === '' ? undefined : reason,
    consents_to_one_to_one_messaging: true,
    merge_fields: mergeFieldsBody(audience, member),
    ...(interests.length === 0
      ? {}
      : { interests: Object.fromEntries(interests.map(({ id }) => [id, member.interests.includes(id)])) }),
    stats: { avg_open_rate: 0, avg_click_rate: 0 },
    ip_signup: member.ipSignup,
    timestamp_signup: iso(member.signupS),
    ip_opt: member.ipOpt,
    timestamp_opt: iso(member.optInS),
    member_rating: 2,
    last_changed: iso(member.changedS),
    language: member.language,
    vip: member.vip,
    email_client: '',
    location: { ...placeOf(member), region: '' },
  };
}

function placeOf(member: Member): object {
  return { ...member.location, gmtoff: 0, dstoff: 0, country_code: '', timezone: '' };
}

function permissionsOf(audience: Audience, member: Member): object {
  if (audience.permissions.length === 0) return {};
  return {
    marketing_permissions: audience.permissions.map(({ id, text }) => ({
      marketing_permission_id: id,
      text,
      enabled: member.permissions.includes(id),
    })),
  };
}

function tagsOf(audience: Audience, member: Member): object {
  const names = new Map(audience.segments.map((segment) => [segment.id, segment.name]));
  const tags = member.segments.map(([id]) => ({ id, name: names.get(id) ?? '' }));
  return { tags_count: tags.length, tags: tags.slice(0, SHOWN_TAGS) };
}

function fullName({ mergeFields: { FNAME = '', LNAME = '' } }: Member): string {
  return `${FNAME} ${LNAME}`.trim();
}

function memberLinks(origin: string, audience: Audience, member: Member): readonly Link[] {
  const list = `${origin}/3.0/lists/${audience.id}/members`;
  const self = `${list}/${member.hash}`;
  return [
    { rel: 'self', href: self, method: 'GET' },
    { rel: 'parent', href: list, method: 'GET' },
    { rel: 'update', href: self, method: 'PATCH' },
    { rel: 'upsert', href: self, method: 'PUT' },
    { rel: 'delete', href: self, method: 'DELETE' },
    { rel: 'delete_permanent', href: `${self}/actions/delete-permanent`, method: 'POST' },
    { rel: 'activity', href: `${self}/activity`, method: 'GET' },
  ];
}
