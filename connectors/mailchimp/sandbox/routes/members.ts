import type { Audience, Member } from '../account.ts';
import { memberBody } from '../member-body.ts';
import { membersMatching } from '../member-query.ts';
import { addMember, bump, patchMember, putMember } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { cannotArchive, notFound } from '../problem.ts';
import {
  audienceOf,
  bodyOf,
  type MailchimpCall,
  type MailchimpRoute,
  memberOf,
  page,
  route,
  selfLink,
  writeContext,
} from '../route.ts';
import { asSeen, rememberBefore } from '../stale.ts';
import { secondsOf } from '../time.ts';
import { enter } from '../transitions.ts';

const LIST = '/lists/{list}/members';
const ONE = `${LIST}/{member}`;

export const memberRoutes: readonly MailchimpRoute[] = [
  route('GET', LIST, (call) => {
    const audience = audienceOf(call);
    const found = visible(call, membersMatching(call, audience, lastSentS(call, audience)));
    const rows = page(call, found);
    call.touch(...rows.map((member) => member.hash));
    return {
      members: rows.map((member) => memberBody(call.origin, audience, member)),
      list_id: audience.id,
      total_items: found.length,
      _links: selfLink(call, `/lists/${audience.id}/members`),
    };
  }),
  route('GET', ONE, (call) => {
    const seen = asSeen(call.world, audienceOf(call), memberOf(call));
    if (seen === undefined) throw notFound();
    return shown(call, seen);
  }),
  route('POST', LIST, (call) => {
    const body = bodyOf(call);
    rememberBefore(call, audienceOf(call), [hashOf(String(body.email_address))]);
    return shown(call, addMember(writeContext(call), body));
  }),
  route('PUT', ONE, (call) => shown(call, putMember(writeContext(call), keyOf(call), bodyOf(call)))),
  route('PATCH', ONE, (call) => shown(call, patchMember(writeContext(call), keyOf(call), bodyOf(call)))),
  route('DELETE', ONE, (call) => {
    keyOf(call);
    archive(call, audienceOf(call), memberOf(call));
    return undefined;
  }),
  route('POST', `${ONE}/actions/delete-permanent`, (call) => {
    const audience = audienceOf(call);
    forget(audience, memberOf(call, 'hash'));
    return undefined;
  }),
  route('GET', '/search-members', (call) => {
    const words = (call.query.get('query') ?? '').trim().toLowerCase();
    const only = call.query.get('list_id');
    const audiences = [...call.world.state.audiences.values()].filter((one) => only === null || one.id === only);
    const exact: object[] = [];
    const partial: object[] = [];
    for (const audience of audiences) {
      const hit = audience.members.get(hashOf(words));
      if (hit !== undefined) exact.push(...visible(call, [hit]).map((one) => memberBody(call.origin, audience, one)));
      for (const member of visible(call, [...audience.members.all()])) {
        if (partial.length < SEARCH_RESULTS && words !== '' && speaksOf(member, words)) {
          partial.push(memberBody(call.origin, audience, member));
        }
      }
    }
    return {
      exact_matches: { members: exact, total_items: exact.length },
      full_search: { members: partial, total_items: partial.length },
      _links: selfLink(call, '/search-members'),
    };
  }),
];

/** The member that a write means; what readers see of it may stay behind. */
function keyOf(call: MailchimpCall): string {
  const key = call.params.member ?? '';
  const audience = audienceOf(call);
  rememberBefore(call, audience, [audience.members.find(key)?.hash ?? key]);
  return key;
}

/** "Small result set": how small is not documented. */
const SEARCH_RESULTS = 30;

function shown(call: MailchimpCall, member: Member): object {
  call.touch(member.hash);
  return memberBody(call.origin, audienceOf(call), member);
}

/** Without the members whose last change a search index has not seen yet, when the fault `search-lag` is in force. */
function visible(call: MailchimpCall, members: readonly Member[]): readonly Member[] {
  const lag = call.fault('search-lag');
  if (lag === undefined) return members;
  const lagMs = typeof lag.details?.lagMs === 'number' ? lag.details.lagMs : 60_000;
  const seenS = secondsOf(call.world.clock.now() - lagMs);
  return members.filter((member) => member.changedS <= seenS);
}

function archive({ world }: MailchimpCall, audience: Audience, member: Member): void {
  if (member.status === 'archived' || member.status === 'cleaned' || member.status === 'pending') throw cannotArchive();
  enter(member, 'archived', secondsOf(world.clock.now()));
  bump(world, audience, member);
}

/** Removes a member for good: the address can never be imported again. */
export function forget(audience: Audience, member: Member): void {
  audience.members.remove(member);
  audience.forgotten.add(member.hash);
}

function lastSentS(call: MailchimpCall, audience: Audience): number | undefined {
  return call.world.state.campaigns.findLast((campaign) => campaign.audience === audience.id)?.sentAtS;
}

function speaksOf(member: Member, words: string): boolean {
  const { FNAME = '', LNAME = '' } = member.mergeFields;
  return `${member.email} ${FNAME} ${LNAME}`.toLowerCase().includes(words);
}
