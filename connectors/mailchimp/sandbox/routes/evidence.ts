import type { AbuseReport, Audience, CampaignUnsubscribe } from '../account.ts';
import { mergeFieldsBody } from '../member-body.ts';
import { notFound } from '../problem.ts';
import { audienceOf, type MailchimpCall, type MailchimpRoute, memberOf, page, route, selfLink } from '../route.ts';
import { iso } from '../time.ts';

const ABUSE = '/lists/{list}/abuse-reports';
const UNSUBSCRIBED = '/reports/{campaign}/unsubscribed';

/** What proves when and how somebody opted out. */
export const evidenceRoutes: readonly MailchimpRoute[] = [
  route('GET', ABUSE, (call) => {
    const audience = audienceOf(call);
    return {
      abuse_reports: page(call, audience.abuseReports).map((report) => abuseBody(call, audience, report)),
      list_id: audience.id,
      total_items: audience.abuseReports.length,
      _links: selfLink(call, `/lists/${audience.id}/abuse-reports`),
    };
  }),
  route('GET', `${ABUSE}/{report}`, (call) => {
    const audience = audienceOf(call);
    const report = audience.abuseReports.find((one) => String(one.id) === call.params.report);
    if (report === undefined) throw notFound();
    return abuseBody(call, audience, report);
  }),
  route('GET', '/lists/{list}/members/{member}/activity-feed', (call) => {
    const member = memberOf(call);
    const wanted = call.query.get('activity_filters')?.split(',');
    // Filters "correspond to a set of activity types" (spec): there is no activity called signup, but several kinds of it.
    const asked = (type: string): boolean =>
      wanted?.some((one) => one === type || (one === 'signup' && type.endsWith('_signup'))) ?? true;
    const newestFirst = member.activity.filter(({ type }) => asked(type)).toReversed();
    return {
      activity: page(call, newestFirst).map(({ type, atS, details }) => ({
        activity_type: type,
        created_at_timestamp: iso(atS),
        ...details,
      })),
      email_id: member.hash,
      list_id: audienceOf(call).id,
      _links: selfLink(call, `/lists/${call.params.list}/members/${member.hash}/activity-feed`),
    };
  }),
  route('GET', UNSUBSCRIBED, (call) => {
    const { audience, unsubscribes } = reportOf(call);
    return {
      unsubscribes: page(call, unsubscribes).map((one) => unsubscribeBody(call, audience, one)),
      campaign_id: call.params.campaign,
      total_items: unsubscribes.length,
      _links: selfLink(call, `/reports/${call.params.campaign}/unsubscribed`),
    };
  }),
  route('GET', `${UNSUBSCRIBED}/{member}`, (call) => {
    const { audience, unsubscribes } = reportOf(call);
    const found = unsubscribes.find((one) => one.hash === call.params.member?.toLowerCase());
    if (found === undefined) throw notFound();
    return unsubscribeBody(call, audience, found);
  }),
];

function reportOf(call: MailchimpCall): { audience: Audience; unsubscribes: readonly CampaignUnsubscribe[] } {
  const { state } = call.world;
  const campaign = state.campaigns.find((one) => one.id === call.params.campaign);
  const audience = campaign === undefined ? undefined : state.audiences.get(campaign.audience);
  if (campaign === undefined || audience === undefined) throw notFound();
  return { audience, unsubscribes: audience.unsubscribes.filter((one) => one.campaign === campaign.id) };
}

function abuseBody(call: MailchimpCall, audience: Audience, report: AbuseReport): object {
  return {
    id: report.id,
    campaign_id: report.campaign,
    list_id: audience.id,
    email_id: report.hash,
    email_address: report.email,
    ...memberFacts(audience, report.hash),
    date: iso(report.atS),
    _links: selfLink(call, `/lists/${audience.id}/abuse-reports/${report.id}`),
  };
}

function unsubscribeBody(call: MailchimpCall, audience: Audience, one: CampaignUnsubscribe): object {
  return {
    email_id: one.hash,
    email_address: one.email,
    ...memberFacts(audience, one.hash),
    timestamp: iso(one.atS),
    reason: one.reason,
    campaign_id: one.campaign,
    list_id: audience.id,
    list_is_active: true,
    _links: selfLink(call, `/reports/${one.campaign}/unsubscribed/${one.hash}`),
  };
}

function memberFacts(audience: Audience, hash: string): object {
  const member = audience.members.get(hash);
  if (member === undefined) return { merge_fields: {}, vip: false };
  return { merge_fields: mergeFieldsBody(audience, member), vip: member.vip };
}
