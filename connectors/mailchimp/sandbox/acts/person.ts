import type { Action, World } from '@heed/sandbox';
import type { Account, Audience, Campaign, Member } from '../account.ts';
import { bump, freshMember, objectOf, textOf } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { mergedValues } from '../merge-values.ts';
import { secondsOf } from '../time.ts';
import { enter } from '../transitions.ts';
import { audienceMeant, campaignMeant, emailMeant, impossible, memberMeant, record, reportAbuse } from './target.ts';

/** What a subscriber does in a mail, on a form or with his mailbox. All take `{ email, audience? }`. */
export const personActs: Readonly<Record<string, Action<Account>>> = {
  /** Footer link or one-click header; `{ campaign?, reason? }`. */
  'person/unsubscribe': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    const campaign = campaignMeant(world, audience, body);
    leave(world, audience, member, campaign, textOf(body, 'reason') ?? String(world.switches.get('personReason')));
    return { status: member.status, campaign: campaign.id };
  },
  /** The "this is spam" button; `{ campaign? }`. */
  'person/complain': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    const campaign = campaignMeant(world, audience, body);
    complain(world, audience, member, campaign);
    return { status: member.status, campaign: campaign.id };
  },
  /** The hosted sign-up form; `{ mergeFields? }`. The only way back for somebody who left himself. */
  'person/resubscribe': (world, body) => {
    const audience = audienceMeant(world, body);
    const email = emailMeant(body);
    const atS = secondsOf(world.clock.now());
    const existing = audience.members.get(hashOf(email));
    const member = existing ?? { ...freshMember(world, email, atS), source: 'Hosted Signup Form' };
    if (existing === undefined) audience.members.add(member);
    audience.forgotten.delete(member.hash);
    member.mergeFields = mergedValues(audience, member.mergeFields, body.mergeFields, true);
    member.signupS = atS;
    member.ipSignup = '192.0.2.7';
    if (audience.doubleOptin) enter(member, 'pending', atS);
    else optIn(member, atS);
    record(member, String(world.switches.get('formSignupActivity')), atS);
    bump(world, audience, member);
    return { status: member.status };
  },
  /** The link in the confirmation mail. */
  'person/confirm': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    if (member.status !== 'pending') throw impossible('Only a pending member has a confirmation to click');
    optIn(member, secondsOf(world.clock.now()));
    bump(world, audience, member);
    return { status: member.status };
  },
  /** The mail server of the address; `{ type?: 'hard' | 'soft', campaign? }`, hard unless told. */
  'person/bounce': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    const campaign = campaignMeant(world, audience, body);
    const isSoft = body.type === 'soft';
    bounce(world, audience, member, campaign, isSoft ? 'soft' : 'hard');
    return { status: member.status, campaign: campaign.id };
  },
  /** The preference page; `{ interests?: { id: boolean }, mergeFields? }`. */
  'person/preferences': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    const ticked = new Set(member.interests);
    for (const [id, on] of Object.entries(objectOf(body.interests))) {
      if (on === true) ticked.add(id);
      else ticked.delete(id);
    }
    member.interests = [...ticked].sort();
    member.mergeFields = mergedValues(audience, member.mergeFields, body.mergeFields, true);
    if (world.switches.isOn('preferencesBumpLastChanged')) bump(world, audience, member);
    return { status: member.status };
  },
};

/** Ends a subscription by the person's own will, at the present or another moment. */
export function leave(
  world: World<Account>,
  audience: Audience,
  member: Member,
  campaign: Campaign,
  reason: string,
): void {
  const atS = secondsOf(world.clock.now());
  enter(member, 'unsubscribed', atS, 'person', reason);
  audience.unsubscribes.push({ campaign: campaign.id, hash: member.hash, email: member.email, reason, atS });
  record(member, 'unsub', atS, {
    ...mention(campaign),
    is_admin_unsubscribed: false,
    unsubscribe_reason: reason,
  });
  bump(world, audience, member);
}

const SPAM = 'The emails are spam and should be reported';

export function complain(world: World<Account>, audience: Audience, member: Member, campaign: Campaign): void {
  const atS = secondsOf(world.clock.now());
  if (world.switches.get('complaintBecomes') === 'cleaned') {
    enter(member, 'unsubscribed', atS, 'complaint', SPAM);
    enter(member, 'cleaned', atS);
  } else {
    enter(member, 'unsubscribed', atS, 'complaint', SPAM);
    audience.unsubscribes.push({ campaign: campaign.id, hash: member.hash, email: member.email, reason: SPAM, atS });
  }
  reportAbuse(world, audience, member, campaign, atS);
  record(member, 'unsub', atS, { ...mention(campaign), is_admin_unsubscribed: false, unsubscribe_reason: SPAM });
  bump(world, audience, member);
}

/** A hard bounce cleans the member; a soft one only shows in the activity feed. */
export function bounce(
  world: World<Account>,
  audience: Audience,
  member: Member,
  campaign: Campaign,
  type: 'hard' | 'soft',
): void {
  const atS = secondsOf(world.clock.now());
  record(member, 'bounce', atS, { ...mention(campaign), bounce_type: type, bounce_has_open_activity: false });
  if (type === 'soft') return;
  enter(member, 'cleaned', atS);
  if (world.switches.isOn('cleaningBumpsLastChanged')) bump(world, audience, member);
}

function optIn(member: Member, atS: number): void {
  enter(member, 'subscribed', atS);
  member.optInS = atS;
  member.ipOpt = '192.0.2.7'; // TEST-NET-1: nobody's address
}

function mention(campaign: Campaign): Readonly<Record<string, string>> {
  return { campaign_id: campaign.id, campaign_title: campaign.title };
}
