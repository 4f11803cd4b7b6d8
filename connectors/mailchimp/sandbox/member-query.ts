import type { Switches, World } from '@heed/sandbox';
import type { Account, Audience, Member } from './account.ts';
import { uniqueEmailId } from './member-body.ts';
import { notValidated } from './problem.ts';
import type { MailchimpCall } from './route.ts';
import { asSeen } from './stale.ts';
import { parsedSeconds } from './time.ts';

const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'];
const SORT_FIELDS = ['timestamp_opt', 'timestamp_signup', 'last_changed'];

/** The members that the filters of GET /lists/{id}/members let through, in the order asked for. */
export function membersMatching(
  { query, world }: Pick<MailchimpCall, 'query' | 'world'>,
  audience: Audience,
  sentS: number | undefined,
): readonly Member[] {
  const passes = filterOf(query, world.switches, sentS);
  const found = inChangeWindow(world, audience, query).filter(passes);
  return ordered(found, query);
}

function inChangeWindow(world: World<Account>, audience: Audience, query: URLSearchParams): readonly Member[] {
  const { switches } = world;
  const since = bound(query, 'since_last_changed');
  const before = bound(query, 'before_last_changed');
  // Whole seconds on one side, a bound that may lie between two on the other.
  const fromS = since === undefined ? -Infinity : switches.isOn('sinceLastChangedInclusive') ? since : after(since);
  const untilS = before === undefined ? Infinity : switches.isOn('beforeLastChangedInclusive') ? after(before) : before;
  const byChange = query.get('sort_field') === 'last_changed';
  const unbounded = since === undefined && before === undefined;
  const found = unbounded && !byChange ? [...audience.members.all()] : audience.members.changedBetween(fromS, untilS);
  return found.flatMap((member) => {
    const seen = asSeen(world, audience, member);
    return seen === undefined || seen.changedS < fromS || seen.changedS >= untilS ? [] : [seen];
  });
}

/** The first whole second later than `atS`. */
function after(atS: number): number {
  return Math.floor(atS) + 1;
}

function filterOf(query: URLSearchParams, switches: Switches, sentS: number | undefined): (member: Member) => boolean {
  const status = oneOf(query, 'status', STATUSES);
  const unsubscribedSince = bound(query, 'unsubscribed_since');
  if (unsubscribedSince !== undefined && status !== 'unsubscribed') {
    throw notValidated({
      field: 'unsubscribed_since',
      message: 'Using any status other than unsubscribed with this filter will result in an error.',
    });
  }
  const sinceCampaign = query.get('since_last_campaign') === 'true';
  if (sinceCampaign && status === undefined) {
    throw notValidated({ field: 'since_last_campaign', message: 'Member status is required to use this filter.' });
  }
  const sinceOpt = bound(query, 'since_timestamp_opt');
  const beforeOpt = bound(query, 'before_timestamp_opt');
  const uniqueId = query.get('unique_email_id');
  const emailType = query.get('email_type');
  const vipOnly = query.get('vip_only') === 'true';
  const interested = interestFilter(query);
  const showsArchived = switches.isOn('archivedInUnfilteredScans');
  return (member) =>
    (status === undefined ? member.status !== 'archived' || showsArchived : member.status === status) &&
    (unsubscribedSince === undefined || (member.optOut?.atS ?? 0) > unsubscribedSince) &&
    (!sinceCampaign || sentS === undefined || member.changedS > sentS) &&
    (sinceOpt === undefined || (member.optInS !== undefined && member.optInS > sinceOpt)) &&
    (beforeOpt === undefined || (member.optInS !== undefined && member.optInS < beforeOpt)) &&
    (uniqueId === null || uniqueEmailId(member) === uniqueId) &&
    (emailType === null || member.emailType === emailType) &&
    (!vipOnly || member.vip) &&
    interested(member);
}

function interestFilter(query: URLSearchParams): (member: Member) => boolean {
  const names = ['interest_category_id', 'interest_ids', 'interest_match'];
  const given = names.filter((name) => query.get(name) !== null);
  if (given.length === 0) return () => true;
  if (given.length < names.length) {
    throw notValidated({
      field: 'interest_ids',
      message: `Must be accompanied by ${names.filter((one) => !given.includes(one)).join(' and ')}`,
    });
  }
  const ids = (query.get('interest_ids') ?? '').split(',');
  const match = oneOf(query, 'interest_match', ['any', 'all', 'none']);
  return ({ interests }) => {
    if (match === 'all') return ids.every((id) => interests.includes(id));
    const any = ids.some((id) => interests.includes(id));
    return match === 'none' ? !any : any;
  };
}

function ordered(members: readonly Member[], query: URLSearchParams): readonly Member[] {
  const field = oneOf(query, 'sort_field', SORT_FIELDS);
  const down = oneOf(query, 'sort_dir', ['ASC', 'DESC']) === 'DESC';
  if (field === undefined) return members;
  if (field === 'last_changed') return down ? members.toReversed() : members; // the window is sorted by it already
  const atS = (member: Member): number => (field === 'timestamp_opt' ? member.optInS : member.signupS) ?? 0;
  const up = members.toSorted((one, other) => atS(one) - atS(other));
  return down ? up.reverse() : up;
}

function bound(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  return value === null || value === '' ? undefined : parsedSeconds(name, value);
}

/** An enumerated parameter; anything else is a 400. */
export function oneOf(query: URLSearchParams, name: string, allowed: readonly string[]): string | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  const found = allowed.find((one) => one.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw notValidated({ field: name, message: `Value must be one of: ${allowed.join(',')}` });
  return found;
}
