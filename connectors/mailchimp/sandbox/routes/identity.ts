import { type MailchimpRoute, route, selfLink } from '../route.ts';
import { iso } from '../time.ts';

/** Who the key belongs to, and whether the service is alive. */
export const identityRoutes: readonly MailchimpRoute[] = [
  route('GET', '/', (call) => {
    const { state } = call.world;
    const audiences = [...state.audiences.values()];
    const subscribers = audiences.map(
      ({ members }) => [...members.all()].filter((member) => member.status === 'subscribed').length,
    );
    return {
      account_id: state.accountId,
      login_id: state.loginId,
      account_name: 'Northwind Bakery',
      email: 'owner@northwind.example',
      first_name: 'Robin',
      last_name: 'Example',
      username: 'northwind',
      avatar_url: '',
      role: 'owner',
      member_since: iso(audiences[0]?.createdAtS),
      pricing_plan_type: 'monthly',
      first_payment: '',
      account_timezone: 'UTC',
      account_industry: '',
      contact: { company: 'Northwind Bakery', addr1: '', addr2: '', city: '', state: '', zip: '', country: 'US' },
      pro_enabled: false,
      last_login: iso(audiences[0]?.createdAtS),
      total_subscribers: subscribers.reduce((sum, count) => sum + count, 0),
      industry_stats: { open_rate: 0, bounce_rate: 0, click_rate: 0 },
      _links: selfLink(call, '/'),
    };
  }),
  route('GET', '/ping', () => ({ health_status: "Everything's Chimpy!" })),
];
