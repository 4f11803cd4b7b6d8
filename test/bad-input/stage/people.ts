import { createHash } from 'node:crypto';
import type { Reply } from '@heed/sandbox';
import type { Json, World } from './world.ts';

/** An administrator makes a Contact; answers its id. */
export const contact = (world: World, email: string | null, fields: Json = {}): string => {
  const made = world.salesforce.act('admin/create', {
    type: 'Contact',
    fields: { FirstName: 'Bad', LastName: 'Record', ...(email === null ? {} : { Email: email }), ...fields },
  });
  return (made as { readonly id: string }).id;
};

/** Somebody is subscribed; with `left` the person has unsubscribed since. */
export const member = (world: World, email: string, mergeFields: Json = {}, left = false): void => {
  world.mailchimp.act('admin/subscribe', { email, mergeFields });
  if (left) world.mailchimp.act('person/unsubscribe', { email });
};

/** What the org holds of a record, past every permission. */
export const stored = (world: World, id: string, type = 'Contact'): Json =>
  world.salesforce.state().needTable(type).get(id) ?? {};

/** `subscribed FNAME`, or `nobody`. */
export const memberNow = (world: World, email: string): string => {
  const hash = createHash('md5').update(email.toLowerCase()).digest('hex');
  const found = world.mailchimp.state().audiences.get(world.mailchimp.audience)?.members.get(hash);
  return found === undefined ? 'nobody' : `${found.status} ${found.mergeFields.FNAME ?? ''}`.trim();
};

/** Every object in an answer of JSON, changed; null leaves it. */
export const eachObject =
  (change: (one: Json) => Json | null) =>
  (_call: unknown, reply: Reply): Reply | null => {
    if (reply.status !== 200 || typeof reply.body !== 'string' || reply.body[0] !== '{') return null;
    const body = JSON.parse(reply.body, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? (change(value as Json) ?? value) : value,
    ) as unknown;
    return { ...reply, body: JSON.stringify(body) };
  };

/** The record reads with these values, whatever the org holds; `undefined` leaves the column out of the answer. */
export const reads = (world: World, id: string, values: Json): void =>
  world.rewrite(
    'salesforce',
    eachObject((one) => (one.Id === id ? { ...one, ...values } : null)),
  );

/** The member reads with these values. */
export const memberReads = (world: World, email: string, values: Json): void =>
  world.rewrite(
    'mailchimp',
    eachObject((one) => (one.email_address === email ? { ...one, ...values } : null)),
  );
