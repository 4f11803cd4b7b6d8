// The limit: reads pages and writes full batches with the same SDKs, as many at once as the vendor allows. It keeps no state,
// compares nothing, and would subscribe everybody who ever opted out in Mailchimp.
import { type Contact, call, contactPages, mailchimpClient, mergeFieldsOf } from './plain-sdks.ts';
import { placesFrom } from './vendors-from-environment.ts';

/** Members in one `POST /lists/{audience}`. */
const BATCH = 500;
/** Mailchimp's limit of simultaneous connections. */
const AT_ONCE = 10;

const places = placesFrom(process.env);
const client = await mailchimpClient(places);
const underWay = new Set<Promise<void>>();
let created = 0;

const create = async (contacts: readonly Contact[]): Promise<void> => {
  const members = contacts.map((one) => ({
    email_address: one.Email,
    status: 'subscribed',
    merge_fields: mergeFieldsOf(one),
  }));
  const body = { members, update_existing: false };
  const answer = await call(client, 'POST', '/lists/{list_id}', { list_id: places.audience }, body);
  created += (answer as { readonly total_created: number }).total_created;
};

const send = async (contacts: readonly Contact[]): Promise<void> => {
  if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  const sent = create(contacts).finally(() => underWay.delete(sent));
  underWay.add(sent);
};

let waiting: Contact[] = [];
for await (const page of contactPages(places)) {
  waiting.push(...page);
  while (waiting.length >= BATCH) {
    await send(waiting.slice(0, BATCH));
    waiting = waiting.slice(BATCH);
  }
}
if (waiting.length > 0) await send(waiting);
await Promise.all(underWay);
process.stdout.write(JSON.stringify({ created }));
