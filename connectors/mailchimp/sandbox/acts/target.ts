import { json, Refusal, type World } from '@heed/sandbox';
import { type Account, type Activity, type Audience, type Campaign, type Member, nextNumber } from '../account.ts';
import { checkAddress } from '../address-check.ts';
import { type Body, textOf } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { secondsOf } from '../time.ts';

/** The audience that an act means: `audience` (id or name), or the account's first. */
export function audienceMeant({ state }: World<Account>, body: Body): Audience {
  const wanted = textOf(body, 'audience');
  const audiences = [...state.audiences.values()];
  const audience = audiences.find((one) => wanted === undefined || one.id === wanted || one.name === wanted);
  if (audience === undefined) throw impossible('There is no such audience');
  return audience;
}

/** The address that an act is about. */
export function emailMeant(body: Body): string {
  try {
    return checkAddress(body.email);
  } catch {
    throw impossible('An act needs { email }');
  }
}

/** The member that an act is about. */
export function memberMeant(audience: Audience, body: Body): Member {
  const member = audience.members.get(hashOf(emailMeant(body)));
  if (member === undefined) throw impossible('There is no such member in that audience');
  return member;
}

/** An act that the real product would not let anybody do. */
export function impossible(error: string): Refusal {
  return new Refusal(json(409, { error }));
}

/** The campaign that an act happens in: `campaign`, or the last one sent, or one that is sent for the occasion. */
export function campaignMeant(world: World<Account>, audience: Audience, body: Body): Campaign {
  const wanted = textOf(body, 'campaign');
  const found = world.state.campaigns.findLast(
    (one) => one.audience === audience.id && (wanted === undefined || one.id === wanted),
  );
  if (found !== undefined) return found;
  if (wanted !== undefined) throw impossible('There is no such campaign of that audience');
  return sendCampaign(world, audience, 'Letter to everybody');
}

export function sendCampaign(world: World<Account>, audience: Audience, title: string): Campaign {
  const campaign: Campaign = {
    id: world.random.hex(10),
    audience: audience.id,
    title,
    sentAtS: secondsOf(world.clock.now()),
  };
  world.state.campaigns.push(campaign);
  return campaign;
}

/** Writes into the member's activity feed. */
export function record(member: Member, type: string, atS: number, details: Activity['details'] = {}): void {
  member.activity = [...member.activity, { type, atS, details }];
}

/** Notes an abuse report and an unsubscribe for the campaign's report. */
export function reportAbuse(
  world: World<Account>,
  audience: Audience,
  member: Member,
  campaign: Campaign,
  atS: number,
): void {
  audience.abuseReports.push({
    id: nextNumber(world.state),
    campaign: campaign.id,
    hash: member.hash,
    email: member.email,
    atS,
  });
}
