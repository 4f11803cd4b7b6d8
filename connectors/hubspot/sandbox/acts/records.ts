import type { Contact } from '../portal/contact-book.ts';
import { archive, merge, privacyDelete, restore } from '../portal/contact-life.ts';
import { change, createContact, updateContact } from '../portal/contact-write.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { checkedValues } from '../portal/property-values.ts';
import { type Body, isObject, textsIn } from '../routes/route.ts';
import { acts, contactNamed, emailMeant } from './target.ts';

function propertiesIn(body: Body): Body {
  return isObject(body.properties) ? body.properties : {};
}

/** What a user does with contacts in the product's screens; a contact is meant by `{ id }` or `{ email }`. */
export const recordActs = acts({
  'admin/create': (world, body) => ({ id: createContact(world, propertiesIn(body), 'CRM_UI').id }),
  'admin/edit': (world, body) => ({
    id: updateContact(world, contactNamed(world, body), propertiesIn(body), 'CRM_UI').id,
  }),
  'admin/archive': (world, body) => archive(world, contactNamed(world, body), 'CRM_UI'),
  'admin/restore': (world, body) => ({ id: restore(world, contactNamed(world, { ...body, archived: true })).id }),
  /** `{ primary, other }`: ids. */
  'admin/merge': (world, body) => {
    const [primary, other] = [contactNamed(world, { id: body.primary }), contactNamed(world, { id: body.other })];
    return { id: merge(world, primary, other).id };
  },
  'admin/privacy-delete': (world, body) => {
    const email = body.id === undefined ? emailMeant(body) : undefined;
    const contact = email === undefined ? contactNamed(world, body) : world.state.contacts.byEmail(email);
    privacyDelete(world, contact, email);
  },
  /** `{ emails }`: "The person cannot be re-added by import". */
  'admin/import-contacts': (world, body) => {
    const results = textsIn(body, 'emails').map((email) => {
      if (world.state.forgotten.has(email.toLowerCase())) return { email, error: 'GDPR_BLACKLISTED_EMAIL' };
      const known = world.state.contacts.byEmail(email);
      return { email, id: (known ?? createContact(world, { email }, 'IMPORT')).id };
    });
    return { results };
  },
  /** "More than 10,000 contacts the same millisecond": `{ properties?, ids? }`, everybody unless told. */
  'admin/mass-update': (world, body) => {
    const values = checkedValues(world, propertiesIn(body));
    const ids = new Set(textsIn(body, 'ids'));
    const chosen = [...world.state.contacts.live()].filter(({ id }) => ids.size === 0 || ids.has(id));
    const atMs = world.clock.now();
    for (const contact of chosen) touchAt(world, contact, values);
    return { updated: chosen.length, atMs };
  },
  /** `{ marketing: boolean }`: only people, workflows and imports set it. */
  'admin/marketing-status': (world, body) => {
    const values = { hs_marketable_status: String(body.marketing === true) };
    return { id: change(world, contactNamed(world, body), values, 'CRM_UI').id };
  },
});

/** Written at the present millisecond, also where nothing changes. */
function touchAt(world: PortalWorld, contact: Contact, values: Readonly<Record<string, string>>): void {
  const changed = change(world, contact, values, 'BATCH_UPDATE');
  if (changed === contact)
    change(world, contact, { hs_email_sends_since_last_engagement: nextCount(contact) }, 'BATCH_UPDATE');
}

/** What the month's end really touches is unknown: a counter that only the account writes. */
function nextCount({ properties }: Contact): string {
  return String(Number(properties.hs_email_sends_since_last_engagement ?? 0) + 1);
}
