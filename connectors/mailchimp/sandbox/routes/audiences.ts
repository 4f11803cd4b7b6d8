import type { Audience, Status } from '../account.ts';
import { openAudience } from '../audiences.ts';
import { oneOf } from '../member-query.ts';
import { objectOf, textOf } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { notValidated } from '../problem.ts';
import { audienceOf, bodyOf, type MailchimpCall, type MailchimpRoute, page, route, selfLink } from '../route.ts';
import { iso, parsedSeconds } from '../time.ts';

const REQUIRED = ['name', 'contact', 'permission_reminder', 'campaign_defaults', 'email_type_option'];

export const audienceRoutes: readonly MailchimpRoute[] = [
  route('GET', '/lists', (call) => {
    const found = matching(call);
    return {
      lists: page(call, found).map((audience) => audienceBody(call, audience)),
      total_items: found.length,
      constraints: { may_create: true, max_instances: 100, current_total_instances: call.world.state.audiences.size },
      _links: selfLink(call, '/lists'),
    };
  }),
  route('POST', '/lists', (call) => {
    const body = bodyOf(call);
    const missing = REQUIRED.filter((field) => body[field] === undefined);
    if (missing.length > 0) {
      throw notValidated({ field: '', message: `Required fields were not provided: ${missing.join(', ')}` });
    }
    const { name, double_optin, marketing_permissions, ...settings } = body;
    const audience = openAudience(call.world, call.world.state, {
      name: String(name),
      doubleOptin: double_optin === true,
      withPermissions: marketing_permissions === true,
      settings,
    });
    return audienceBody(call, audience);
  }),
  route('GET', '/lists/{list}', (call) => audienceBody(call, audienceOf(call))),
  route('PATCH', '/lists/{list}', (call) => {
    const audience = audienceOf(call);
    const { name, double_optin, marketing_permissions: _fixed, ...settings } = bodyOf(call);
    audience.name = textOf({ name }, 'name') ?? audience.name;
    audience.doubleOptin = typeof double_optin === 'boolean' ? double_optin : audience.doubleOptin;
    audience.settings = { ...audience.settings, ...objectOf(settings) };
    return audienceBody(call, audience);
  }),
  route('DELETE', '/lists/{list}', (call) => {
    call.world.state.audiences.delete(audienceOf(call).id);
    return undefined;
  }),
];

/** `email` keeps the audiences that hold that address, in whatever status. */
function matching(call: MailchimpCall): readonly Audience[] {
  const { query, world } = call;
  const email = query.get('email');
  const since = query.get('since_date_created');
  const before = query.get('before_date_created');
  const found = [...world.state.audiences.values()].filter(
    (audience) =>
      (email === null || audience.members.get(hashOf(email)) !== undefined) &&
      (since === null || audience.createdAtS > parsedSeconds('since_date_created', since)) &&
      (before === null || audience.createdAtS < parsedSeconds('before_date_created', before)),
  );
  return oneOf(query, 'sort_dir', ['ASC', 'DESC']) === 'DESC' ? found.reverse() : found;
}

function audienceBody(call: MailchimpCall, audience: Audience): object {
  const { contact, permission_reminder, campaign_defaults, email_type_option } = audience.settings;
  return {
    id: audience.id,
    web_id: audience.webId,
    name: audience.name,
    contact,
    permission_reminder,
    use_archive_bar: true,
    campaign_defaults,
    notify_on_subscribe: '',
    notify_on_unsubscribe: '',
    date_created: iso(audience.createdAtS),
    list_rating: 0,
    email_type_option: email_type_option === true,
    subscribe_url_short: `http://eepurl.test/${audience.id}`,
    subscribe_url_long: `https://northwind.example/subscribe?id=${audience.id}`,
    beamer_address: `us6-${audience.id}@inbound.test`,
    visibility: 'prv',
    double_optin: audience.doubleOptin,
    has_welcome: false,
    marketing_permissions: audience.permissions.length > 0,
    modules: [],
    stats: statsOf(call, audience),
    _links: selfLink(call, `/lists/${audience.id}`),
  };
}

function statsOf(call: MailchimpCall, audience: Audience): object {
  const counts = new Map<Status, number>();
  let lastSub = 0;
  let lastUnsub = 0;
  for (const member of audience.members.all()) {
    counts.set(member.status, (counts.get(member.status) ?? 0) + 1);
    lastSub = Math.max(lastSub, member.optInS ?? 0);
    if (member.status === 'unsubscribed') lastUnsub = Math.max(lastUnsub, member.optOut?.atS ?? 0);
  }
  const campaigns = call.world.state.campaigns.filter((campaign) => campaign.audience === audience.id);
  const of = (status: Status): number => counts.get(status) ?? 0;
  return {
    member_count: of('subscribed'),
    ...(call.query.get('include_total_contacts') === 'true' ? { total_contacts: audience.members.size } : {}),
    unsubscribe_count: of('unsubscribed'),
    cleaned_count: of('cleaned'),
    member_count_since_send: 0,
    unsubscribe_count_since_send: 0,
    cleaned_count_since_send: 0,
    campaign_count: campaigns.length,
    campaign_last_sent: iso(campaigns.at(-1)?.sentAtS),
    merge_field_count: audience.mergeFields.length,
    avg_sub_rate: 0,
    avg_unsub_rate: 0,
    target_sub_rate: 0,
    open_rate: 0,
    click_rate: 0,
    last_sub_date: iso(lastSub === 0 ? undefined : lastSub),
    last_unsub_date: iso(lastUnsub === 0 ? undefined : lastUnsub),
  };
}
