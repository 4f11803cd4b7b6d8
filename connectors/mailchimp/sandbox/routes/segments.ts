import type { Audience, Member, Segment } from '../account.ts';
import { segmentMemberBody, shortMemberBody } from '../member-body.ts';
import { bump, textOf } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { notFound, notValidated } from '../problem.ts';
import {
  audienceOf,
  bodyOf,
  type MailchimpCall,
  type MailchimpRoute,
  memberOf,
  page,
  route,
  selfLink,
} from '../route.ts';
import { newSegment, setInSegment } from '../segments.ts';
import { iso } from '../time.ts';

const LIST = '/lists/{list}/segments';
const ONE = `${LIST}/{segment}`;
const MOST_ADDRESSES = 500;

export const segmentRoutes: readonly MailchimpRoute[] = [
  route('GET', LIST, (call) => {
    const audience = audienceOf(call);
    const type = call.query.get('type');
    const found = audience.segments.filter((one) => type === null || one.type === type);
    return {
      segments: page(call, found).map((segment) => segmentBody(call, audience, segment)),
      list_id: audience.id,
      total_items: found.length,
      _links: selfLink(call, `/lists/${audience.id}/segments`),
    };
  }),
  route('POST', LIST, (call) => {
    const audience = audienceOf(call);
    const body = bodyOf(call);
    const name = textOf(body, 'name');
    if (name === undefined || name === '')
      throw notValidated({ field: 'name', message: 'Required fields were not provided: name' });
    const isSaved = body.options !== undefined;
    const segment = newSegment(call.world, audience, name, isSaved ? 'saved' : 'static', body.options);
    moveAll(call, audience, segment, addresses(body.static_segment), true);
    return segmentBody(call, audience, segment);
  }),
  route('GET', ONE, (call) => segmentBody(call, audienceOf(call), segmentOf(call))),
  route('PATCH', ONE, (call) => {
    const segment = segmentOf(call);
    segment.name = textOf(bodyOf(call), 'name') ?? segment.name;
    return segmentBody(call, audienceOf(call), segment);
  }),
  route('DELETE', ONE, (call) => {
    const audience = audienceOf(call);
    const segment = segmentOf(call);
    for (const member of audience.members.all()) {
      if (setInSegment(call.world, segment, member, false)) bump(call.world, audience, member);
    }
    audience.segments.splice(audience.segments.indexOf(segment), 1);
    return undefined;
  }),
  route('POST', ONE, (call) => {
    const audience = audienceOf(call);
    const segment = staticSegmentOf(call);
    const body = bodyOf(call);
    const adding = addresses(body.members_to_add);
    const removing = addresses(body.members_to_remove);
    const added = moveAll(call, audience, segment, adding, true);
    const removed = moveAll(call, audience, segment, removing, false);
    const unknown = [...adding, ...removing].filter((email) => audience.members.get(hashOf(email)) === undefined);
    return {
      members_added: added.map((member) => shortMemberBody(call.origin, audience, member)),
      members_removed: removed.map((member) => shortMemberBody(call.origin, audience, member)),
      errors:
        unknown.length === 0
          ? []
          : [{ email_addresses: unknown, error: 'Email addresses are not members of this list and were ignored' }],
      total_added: added.length,
      total_removed: removed.length,
      error_count: unknown.length === 0 ? 0 : 1,
      _links: selfLink(call, `/lists/${audience.id}/segments/${segment.id}`),
    };
  }),
  route('GET', `${ONE}/members`, (call) => {
    const audience = audienceOf(call);
    const found = segmentMembers(call, audience, segmentOf(call));
    const rows = page(call, found);
    call.touch(...rows.map((member) => member.hash));
    return {
      members: rows.map((member) => segmentMemberBody(call.origin, audience, member)),
      total_items: found.length,
      _links: selfLink(call, `/lists/${audience.id}/segments/${call.params.segment}/members`),
    };
  }),
  route('POST', `${ONE}/members`, (call) => {
    const audience = audienceOf(call);
    const segment = staticSegmentOf(call);
    const email = textOf(bodyOf(call), 'email_address') ?? '';
    const member = audience.members.get(hashOf(email));
    if (member === undefined) throw notFound();
    moveAll(call, audience, segment, [email], true);
    return segmentMemberBody(call.origin, audience, member);
  }),
  route('DELETE', `${ONE}/members/{member}`, (call) => {
    const audience = audienceOf(call);
    const member = memberOf(call);
    moveAll(call, audience, staticSegmentOf(call), [member.email], false);
    return undefined;
  }),
];

function segmentOf(call: MailchimpCall): Segment {
  const segment = audienceOf(call).segments.find((one) => String(one.id) === call.params.segment);
  if (segment === undefined) throw notFound();
  return segment;
}

function staticSegmentOf(call: MailchimpCall): Segment {
  const segment = segmentOf(call);
  if (segment.type !== 'static')
    throw notValidated({ field: 'segment_id', message: 'Only static segments take members' });
  return segment;
}

/** Subscribed members, and those of other statuses that the caller asks to include. */
function segmentMembers(call: MailchimpCall, audience: Audience, segment: Segment): readonly Member[] {
  const statuses = ['subscribed'];
  for (const status of ['cleaned', 'transactional', 'unsubscribed']) {
    if (call.query.get(`include_${status}`) === 'true') statuses.push(status);
  }
  return [...audience.members.all()].filter(
    (member) => statuses.includes(member.status) && member.segments.some(([id]) => id === segment.id),
  );
}

function moveAll(
  call: MailchimpCall,
  audience: Audience,
  segment: Segment,
  emails: readonly string[],
  inside: boolean,
): readonly Member[] {
  const moved = emails
    .flatMap((email) => audience.members.get(hashOf(email)) ?? [])
    .filter((member) => setInSegment(call.world, segment, member, inside));
  for (const member of moved) {
    bump(call.world, audience, member);
    call.touch(member.hash);
  }
  return moved;
}

function addresses(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const emails = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  if (emails.length > MOST_ADDRESSES) {
    throw notValidated({ field: 'members_to_add', message: `A maximum of ${MOST_ADDRESSES} members can be sent` });
  }
  return emails;
}

function segmentBody(call: MailchimpCall, audience: Audience, segment: Segment): object {
  return {
    id: segment.id,
    name: segment.name,
    member_count: segmentMembers(call, audience, segment).length,
    type: segment.type,
    created_at: iso(segment.createdAtS),
    updated_at: iso(segment.updatedAtS),
    ...(segment.options === undefined ? {} : { options: segment.options }),
    list_id: audience.id,
    _links: selfLink(call, `/lists/${audience.id}/segments/${segment.id}`),
  };
}
