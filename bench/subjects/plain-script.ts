// What many people write first: the same SDKs, one call per contact, one after the other.
import { createHash } from 'node:crypto';
import { call, contactPages, mailchimpClient, mergeFieldsOf } from './plain-sdks.ts';
import { placesFrom } from './vendors-from-environment.ts';

const places = placesFrom(process.env);
const client = await mailchimpClient(places);
let created = 0;

all: for await (const page of contactPages(places)) {
  for (const one of page) {
    if (created === places.contacts) break all;
    const hash = createHash('md5').update(one.Email.toLowerCase()).digest('hex');
    const body = { email_address: one.Email, status_if_new: 'subscribed', merge_fields: mergeFieldsOf(one) };
    await call(client, 'PUT', '/lists/{list_id}/members/{hash}', { list_id: places.audience, hash }, body);
    created += 1;
  }
}
process.stdout.write(JSON.stringify({ created }));
