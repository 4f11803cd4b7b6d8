import { invalid } from '../portal/api-error.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { checkedGrounds, decision, optInToType, optOutOfType } from '../portal/preferences.ts';
import { isEmail } from '../portal/property-values.ts';
import type { SubscriptionType } from '../portal/subscriptions.ts';
import { type Body, bodyOf, iso, type PortalExchange, type PortalRoute, param, route, textIn } from './route.ts';

export const READ_PREFERENCES = {
  scopes: [['communication_preferences.read', 'communication_preferences.read_write']],
} as const;
export const WRITE_PREFERENCES = {
  scopes: [['communication_preferences.write', 'communication_preferences.read_write']],
} as const;

/** Communication preferences v3, below `base`: one type at a time, no portal-wide call, no way back. */
export function preferenceRoutesV3(base: string): readonly PortalRoute[] {
  return [
    route('GET', `${base}/definitions`, definitions, READ_PREFERENCES),
    route('GET', `${base}/status/email/{email}`, status, READ_PREFERENCES),
    route('POST', `${base}/subscribe`, subscribe, WRITE_PREFERENCES),
    route('POST', `${base}/unsubscribe`, unsubscribe, WRITE_PREFERENCES),
  ];
}

/** 2026-09 has v4's calls, these of v3, and a way back: "`/resubscribe` semantics" are unverified. */
export function preferenceRoutes2026(base: string): readonly PortalRoute[] {
  return [
    ...preferenceRoutesV3(base).filter(({ path }) => !path.endsWith('/definitions')),
    route('POST', `${base}/resubscribe`, resubscribe, WRITE_PREFERENCES),
  ];
}

function definitions({ world }: PortalExchange): object {
  return { subscriptionDefinitions: world.state.subscriptions.map(shownDefinition) };
}

export function shownDefinition(type: SubscriptionType): object {
  const { createdAtMs, updatedAtMs, id, ...rest } = type;
  return { id: String(id), ...rest, createdAt: iso(createdAtMs), updatedAt: iso(updatedAtMs) };
}

/** The address of a path, also one without a contact. */
export function emailMeant(exchange: PortalExchange): string {
  const email = param(exchange, 'email');
  if (!isEmail(email)) throw invalid(`Invalid email address: ${email}`);
  exchange.touch(email.toLowerCase());
  return email;
}

function status(exchange: PortalExchange): object {
  const { world } = exchange;
  const email = emailMeant(exchange);
  const active = world.state.subscriptions.filter((one) => one.isActive);
  return { recipient: email, subscriptionStatuses: active.map((type) => shownStatus(world, email, type)) };
}

/** NOT_SUBSCRIBED: opted out, or never opted in. */
function shownStatus(world: PortalWorld, email: string, type: SubscriptionType): object {
  const { status: decided, level, own } = decision(world, email, type);
  return {
    id: String(type.id),
    name: type.name,
    description: type.description,
    status: decided === 'SUBSCRIBED' ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED',
    sourceOfStatus: level,
    brandId: type.businessUnitId === 0 ? null : type.businessUnitId,
    preferenceGroupName: null,
    legalBasis: own?.legalBasis ?? null,
    legalBasisExplanation: own?.legalBasisExplanation ?? null,
  };
}

interface Asked {
  readonly email: string;
  readonly type: SubscriptionType;
  readonly body: Body;
}

function asked(exchange: PortalExchange): Asked {
  const body = bodyOf(exchange);
  const missing = ['emailAddress', 'subscriptionId'].filter((name) => textIn(body, name) === undefined);
  if (missing.length > 0) {
    throw invalid(
      `Invalid input JSON on line 1, column 2: Cannot build PublicUpdateSubscriptionStatusRequest, some of required attributes are not set [${missing.join(', ')}]`,
    );
  }
  const email = textIn(body, 'emailAddress') ?? '';
  if (!isEmail(email)) throw invalid(`Invalid email address: ${email}`);
  exchange.touch(email.toLowerCase());
  return { email, type: typeMeant(exchange.world, textIn(body, 'subscriptionId') ?? ''), body };
}

export function typeMeant({ state }: PortalWorld, id: string): SubscriptionType {
  const type = state.subscriptions.find((one) => String(one.id) === id);
  if (type === undefined) throw invalid(`Subscription ${id} does not exist`);
  return type;
}

/** "Subscription 1234 for a@b.com cannot be updated because they have unsubscribed" */
function subscribe(exchange: PortalExchange): object {
  const { world } = exchange;
  const { email, type, body } = asked(exchange);
  const before = decision(world, email, type).status;
  if (before === 'UNSUBSCRIBED') {
    throw invalid(`Subscription ${type.id} for ${email} cannot be updated because they have unsubscribed`);
  }
  if (before === 'SUBSCRIBED' && world.switches.get('v3RepeatedSubscribe') === 'refused') {
    throw invalid(`${email} is already subscribed to subscription ${type.id}`);
  }
  optInToType(world, email, type, checkedGrounds(world, body, true));
  return shownStatus(world, email, type);
}

/** "Unsubscribing twice → 400": "a@b.com is already unsubscribed from subscription 1234" */
function unsubscribe(exchange: PortalExchange): object {
  const { world } = exchange;
  const { email, type, body } = asked(exchange);
  if (decision(world, email, type).status === 'UNSUBSCRIBED') {
    throw invalid(`${email} is already unsubscribed from subscription ${type.id}`);
  }
  optOutOfType(world, email, type, checkedGrounds(world, body, false));
  return shownStatus(world, email, type);
}

/** Takes an address back into a type that it left, or says that only the person can. */
function resubscribe(exchange: PortalExchange): object {
  const { world } = exchange;
  const { email, type, body } = asked(exchange);
  if (world.switches.get('resubscribe2026') === 'refused') {
    throw invalid(`Subscription ${type.id} for ${email} cannot be updated because they have unsubscribed`);
  }
  optInToType(world, email, type, checkedGrounds(world, body, true));
  return shownStatus(world, email, type);
}
