import { json, Refusal } from '@heed/sandbox';
import { ApiError } from '../portal/api-error.ts';
import type { Contact } from '../portal/contact-book.ts';
import { settleImports } from '../portal/imports.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { isEmail } from '../portal/property-values.ts';
import type { SubscriptionType } from '../portal/subscriptions.ts';
import { type Body, textIn } from '../routes/route.ts';

export type Act = (world: PortalWorld, body: Body) => unknown;

/** Acts, whose refusals by the account become a 409: the real product would not let anybody do it either. */
export function acts(all: Readonly<Record<string, Act>>): Readonly<Record<string, Act>> {
  const guarded = Object.entries(all).map(([name, act]): [string, Act] => [
    name,
    (world, body) => {
      try {
        settleImports(world); // what was due has happened before anybody acts
        return act(world, body);
      } catch (error) {
        if (error instanceof ApiError) throw impossible(error.message);
        throw error;
      }
    },
  ]);
  return Object.fromEntries(guarded);
}

export function impossible(error: string): Refusal {
  return new Refusal(json(409, { error }));
}

export function emailMeant(body: Body): string {
  if (isEmail(body.email)) return body.email;
  throw impossible('An act needs { email }');
}

/** The contact by `id` or `email`, archived ones with `archived: true`. */
export function contactNamed({ state }: PortalWorld, body: Body): Contact {
  const id = textIn(body, 'id');
  const found = id === undefined ? byEmail(state.contacts.from(), body) : state.contacts.get(id);
  if (found === undefined) throw impossible('There is no such contact');
  return found;
}

function byEmail(contacts: Iterable<Contact>, body: Body): Contact | undefined {
  const email = emailMeant(body).toLowerCase();
  const archived = body.archived === true;
  for (const contact of contacts) {
    if (contact.properties.email?.toLowerCase() !== email) continue;
    if ((contact.archivedAtMs !== undefined) === archived) return contact;
  }
  return undefined;
}

/** The subscription type by `subscription` (id or name); `undefined` when the act names none. */
export function typeNamed({ state }: PortalWorld, body: Body): SubscriptionType | undefined {
  const wanted = textIn(body, 'subscription');
  if (wanted === undefined) return undefined;
  const type = state.subscriptions.find((one) => String(one.id) === wanted || one.name === wanted);
  if (type === undefined) throw impossible('There is no such subscription type');
  return type;
}
