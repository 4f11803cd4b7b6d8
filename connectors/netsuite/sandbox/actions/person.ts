import type { AccountWorld } from '../state/account.ts';
import { updateRecord } from '../state/records.ts';
import { CONFIRMED_OPT_IN, CONFIRMED_OPT_OUT } from '../state/status.ts';
import { setSubscription } from '../state/subscriptions.ts';
import { action, type Body, named, optionalText, type Target, targets } from './asked.ts';

/**
 * The recipient's own click. "NetSuite propagates a recipient's unsubscribe to every entity record with that email"
 * (section_N995569); with `{ id }` it reaches all records that share the address of that one.
 */
function clicked(world: AccountWorld, body: Body, status: string): unknown {
  const category = optionalText(body, 'subscription');
  const all = everywhere(world, body);
  for (const { table, row } of all) {
    if (category === undefined)
      updateRecord({ world, by: 'recipient' }, table, row, { globalSubscriptionStatus: status });
    else if (table.name === 'customer') {
      setSubscription(world, row.id, category, status === CONFIRMED_OPT_IN);
      updateRecord({ world, by: 'recipient' }, table, row, {});
    }
  }
  return named(all);
}

function everywhere(world: AccountWorld, body: Body): readonly Target[] {
  if (body.id === undefined) return targets(world, body);
  const email = targets(world, body)[0]?.row.email;
  if (typeof email !== 'string') throw new RangeError('That record has no address');
  return targets(world, { email });
}

/** What recipients of mails do. All take `{ email }` or `{ id }`. */
export const personActions = {
  /** The link "unsubscribe" of a campaign: Confirmed Opt-Out; with `subscription` of that category only. */
  'person/unsubscribe': action((world, body) => clicked(world, body, CONFIRMED_OPT_OUT)),
  /** The recipient confirms an opt-in invitation or subscribes again: Confirmed Opt-In. */
  'person/resubscribe': action((world, body) => clicked(world, body, CONFIRMED_OPT_IN)),
  'person/confirm': action((world, body) => clicked(world, body, CONFIRMED_OPT_IN)),
  /** The button "spam": NetSuite has no state of its own for it; an unsubscribe by the mail provider's report. */
  'person/complain': action((world, body) => clicked(world, body, CONFIRMED_OPT_OUT)),
  /** A hard bounce: a search filter in the product, "no such property in the REST schema". */
  'person/bounce': action((world, body) => {
    const all = targets(world, body);
    for (const { row } of all)
      world.state.bounced.set(row.id, optionalText(body, 'reason') ?? '550 5.1.1 User unknown');
    return named(all);
  }),
};
