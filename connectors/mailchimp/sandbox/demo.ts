import { type DemoMembership, type DemoPerson, demoPeople, type World } from '@heed/sandbox';
import type { Account, Audience, Campaign, Member, MergeValue } from './account.ts';
import { bounce, complain, leave } from './acts/person.ts';
import { sendCampaign } from './acts/target.ts';
import { openAudience } from './audiences.ts';
import { createMember, type WriteContext } from './member-write.ts';
import { secondsOf } from './time.ts';
import { enter } from './transitions.ts';

const DAY_S = 86_400;

/** Fills the ready audience with the shared customer base, and a second one with those who like events. */
export function fillDemo(world: World<Account>): void {
  const [audience] = world.state.audiences.values();
  if (audience === undefined) return;
  const events = openAudience(world, world.state, { name: 'Events', doubleOptin: true });
  const campaign = sendCampaign(world, audience, 'Spring letter');
  for (const person of demoPeople(world.seed)) {
    if (person.marketing === undefined) continue;
    addDemoMember(world, audience, person, person.marketing, campaign);
    if (person.index % 10 === 0 && person.marketing.status === 'subscribed') {
      createMember(contextOf(world, events), person.marketing.email, 'subscribed', {
        merge_fields: { FNAME: person.firstName, LNAME: person.lastName },
      });
    }
  }
}

function addDemoMember(
  world: World<Account>,
  audience: Audience,
  person: DemoPerson,
  membership: DemoMembership,
  campaign: Campaign,
): void {
  const interests = audience.categories.flatMap((category) => category.interests);
  const begin =
    membership.status === 'never-opted-in'
      ? 'transactional'
      : membership.status === 'pending'
        ? 'pending'
        : 'subscribed';
  const member = createMember(contextOf(world, audience), membership.email, begin, {
    merge_fields: demoMergeFields(person),
    interests: Object.fromEntries(membership.topics.map((topic) => [interests[topic]?.id ?? '', true])),
    tags: membership.tags,
  });
  end(world, audience, member, membership, campaign);
  const nowS = secondsOf(world.clock.now());
  if (member.optInS !== undefined) member.optInS = nowS - membership.createdDaysAgo * DAY_S;
  // The acts above happened just now; the base is older than that.
  const changedS = nowS - membership.changedDaysAgo * DAY_S;
  if (member.optOut !== undefined) member.optOut = { ...member.optOut, atS: changedS };
  member.activity = member.activity.map((one) => ({ ...one, atS: changedS }));
  member.changedS = changedS;
  audience.members.changed();
}

function end(
  world: World<Account>,
  audience: Audience,
  member: Member,
  { status, endedBy }: DemoMembership,
  campaign: Campaign,
): void {
  if (status === 'bounced') bounce(world, audience, member, campaign, 'hard');
  if (endedBy === 'person') leave(world, audience, member, campaign, String(world.switches.get('personReason')));
  if (endedBy === 'complaint') complain(world, audience, member, campaign);
  if (endedBy === 'admin') enter(member, 'unsubscribed', secondsOf(world.clock.now()), 'admin');
  if (status === 'archived') enter(member, 'archived', secondsOf(world.clock.now()));
}

function contextOf(world: World<Account>, audience: Audience): WriteContext {
  return { world, audience, callerIp: '192.0.2.1', skipMergeValidation: true };
}

function demoMergeFields(person: DemoPerson): Record<string, MergeValue> {
  const { address } = person;
  return {
    FNAME: person.firstName,
    LNAME: person.lastName,
    ...(person.company === undefined ? {} : { COMPANY: person.company }),
    ...(person.title === undefined ? {} : { TITLE: person.title }),
    ...(person.phone === undefined ? {} : { PHONE: person.phone }),
    ...(person.birthdate === undefined ? {} : { BIRTHDAY: person.birthdate.slice(5).replace('-', '/') }),
    ...(address === undefined
      ? {}
      : {
          ADDRESS: {
            addr1: address.street,
            city: address.city,
            state: address.region,
            zip: address.postalCode,
            country: address.country,
          },
        }),
  };
}
