import { addressOf, createContact, reflect, updateContact } from '../portal/contact-write.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { type Grounds, optOutOfAll, optOutOfType, takeBack } from '../portal/preferences.ts';
import { type Body, isObject, textIn } from '../routes/route.ts';
import { acts, emailMeant, typeNamed } from './target.ts';

function byPerson({ switches }: PortalWorld): Grounds {
  return { source: String(switches.get('personSource')), writer: 'EMAIL' };
}

const BACK: Grounds = { source: 'Self Service Resubscription', writer: 'EMAIL' };

/** What a recipient does in a mail, on a page or with his mailbox. All take `{ email }`, which may have no contact. */
export const personActs = acts({
  /** Footer link or preference page; `{ subscription?, brand? }`: without either, all mail. */
  'person/unsubscribe': (world, body) => {
    const email = emailMeant(body);
    const type = typeNamed(world, body);
    const brand = Number(body.brand ?? 0);
    const outcome =
      type === undefined
        ? optOutOfAll(world, email, byPerson(world), brand)
        : optOutOfType(world, email, type, byPerson(world));
    return { outcome };
  },
  /** Preference page or resubscribe mail; `{ subscription? }`: without it, every active type. */
  'person/resubscribe': (world, body) => {
    const email = emailMeant(body);
    const type = typeNamed(world, body);
    const all = world.state.subscriptions.filter((one) => one.isActive && !one.isInternal);
    takeBack(world, email, type === undefined ? all : [type], BACK);
    return { subscribed: (type === undefined ? all : [type]).map((one) => one.id) };
  },
  /** A form: creates or updates the contact, "a form does NOT undo" an opt-out; `{ properties? }`. */
  'person/form': (world, body) => {
    const email = emailMeant(body);
    const given = isObject(body.properties) ? body.properties : {};
    const known = world.state.contacts.byEmail(email);
    const contact =
      known === undefined
        ? createContact(world, { ...given, email }, 'FORM')
        : updateContact(world, known, given, 'FORM');
    if (world.switches.isOn('doubleOptIn')) confirmation(world, email, 'Confirmation Email Sent', true);
    return { id: contact.id };
  },
  /** The link in the confirmation mail. */
  'person/confirm': (world, body) => {
    confirmation(world, emailMeant(body), 'User clicked confirmation', false);
  },
  /** The "this is spam" button: quarantined. */
  'person/complain': (world, body) => {
    const email = emailMeant(body);
    const { delivery } = addressOf(world, email);
    delivery.hs_email_quarantined = 'true';
    delivery.hs_email_quarantined_reason = 'RECIPIENT_COMPLAINT';
    if (world.switches.isOn('complaintOptsOut'))
      optOutOfAll(world, email, { ...byPerson(world), source: 'Spam report' });
    reflect(world, addressOf(world, email), 'EMAIL');
  },
  /** The mail server of the address; `{ type?: 'hard' | 'soft', reason? }`, hard unless told. */
  'person/bounce': (world, body) => {
    const address = addressOf(world, emailMeant(body));
    bounce(address.delivery, body);
    reflect(world, address, 'EMAIL');
  },
});

function bounce(delivery: Record<string, string>, body: Body): void {
  delivery.hs_email_bounce = String(Number(delivery.hs_email_bounce ?? 0) + 1);
  if (body.type === 'soft') return;
  const reason = textIn(body, 'reason') ?? 'UNKNOWN_USER';
  delivery.hs_email_hard_bounce_reason_enum = reason;
  delivery.hs_email_hard_bounce_reason = `550 5.1.1 ${reason}`;
  if (reason === 'UNKNOWN_USER') delivery.hs_email_bad_address = 'true';
}

function confirmation(world: PortalWorld, email: string, state: string, onlyFirst: boolean): void {
  const address = addressOf(world, email);
  if (onlyFirst && address.delivery.hs_emailconfirmationstatus !== undefined) return;
  address.delivery.hs_emailconfirmationstatus = state;
  reflect(world, address, 'EMAIL');
}
