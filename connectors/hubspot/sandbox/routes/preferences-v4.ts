import { invalid } from '../portal/api-error.ts';
import type { PortalWorld } from '../portal/portal.ts';
import {
  BY_API,
  checkedGrounds,
  decision,
  forgetType,
  type Outcome,
  optInToType,
  optOutOfAll,
  optOutOfType,
} from '../portal/preferences.ts';
import { isEmail } from '../portal/property-values.ts';
import type { SubscriptionType } from '../portal/subscriptions.ts';
import { emailMeant, READ_PREFERENCES, shownDefinition, typeMeant, WRITE_PREFERENCES } from './preferences-v3.ts';
import { type Body, bodyOf, iso, type PortalExchange, type PortalRoute, replying, route, textIn } from './route.ts';

/** Communication preferences v4 and its successor of 2026-03, below `base`. */
export function preferenceRoutesV4(base: string): readonly PortalRoute[] {
  return [
    route('GET', `${base}/definitions`, definitions, READ_PREFERENCES),
    route('GET', `${base}/statuses/{email}/unsubscribe-all`, readWide, READ_PREFERENCES),
    route('POST', `${base}/statuses/{email}/unsubscribe-all`, unsubscribeAll, WRITE_PREFERENCES),
    route('GET', `${base}/statuses/{email}`, readStatuses, READ_PREFERENCES),
    route('POST', `${base}/statuses/{email}`, writeStatus, WRITE_PREFERENCES),
    route('POST', `${base}/links/generate`, generateLinks, READ_PREFERENCES),
  ];
}

/** "accept any": the documentation's sample says SUCCESS, the specification COMPLETE. */
export function envelope(
  { world }: PortalExchange,
  results: readonly object[],
  errors: readonly object[] = [],
): object {
  const now = iso(world.clock.now());
  return replying(errors.length === 0 ? 200 : 207, {
    status: world.switches.get('preferenceEnvelope'),
    results,
    requestedAt: now,
    startedAt: now,
    completedAt: now,
    ...(errors.length === 0 ? {} : { numErrors: errors.length, errors }),
  });
}

/** "`channel=EMAIL` is required (400 without it)" */
export function needChannel(exchange: PortalExchange): void {
  const channel = exchange.query.get('channel');
  if (channel === null) throw invalid("Required query parameter 'channel' is missing");
  if (channel !== 'EMAIL') throw invalid(`channel ${channel} is not one of EMAIL`);
}

/** The business unit of the query; 0, the account's own, when there is none. */
export function brandIn({ query, world }: PortalExchange): number {
  const given = query.get('businessUnitId');
  const id = Number(given ?? 0);
  if (id === 0 || world.state.brands.some((one) => one.id === id)) return id;
  throw invalid(`Business unit ${given ?? ''} does not exist`);
}

function definitions(exchange: PortalExchange): object {
  const brand = exchange.query.get('businessUnitId');
  const { subscriptions } = exchange.world.state;
  const shown = subscriptions.filter((one) => brand === null || one.businessUnitId === Number(brand));
  const translated = exchange.query.get('includeTranslations') === 'true';
  return envelope(
    exchange,
    shown.map((type) => ({ ...shownDefinition(type), ...(translated ? { subscriptionTranslations: [] } : {}) })),
  );
}

export function statusesOf(exchange: PortalExchange, email: string, outcome?: Outcome): readonly object[] {
  const { world } = exchange;
  const brand = exchange.query.get('businessUnitId');
  const active = world.state.subscriptions.filter((one) => one.isActive);
  const asked = active.filter((one) => brand === null || one.businessUnitId === Number(brand));
  return asked.map((type) => shownStatus(world, email, type, outcome));
}

export function shownStatus(world: PortalWorld, email: string, type: SubscriptionType, outcome?: Outcome): object {
  const { status, by, own } = decision(world, email, type);
  return {
    subscriberIdString: email,
    channel: 'EMAIL',
    subscriptionId: type.id,
    subscriptionName: type.name,
    businessUnitId: type.businessUnitId,
    status,
    source: by?.source ?? '',
    timestamp: iso(by?.atMs ?? type.createdAtMs),
    legalBasis: own?.legalBasis ?? null,
    legalBasisExplanation: own?.legalBasisExplanation ?? null,
    ...(outcome === undefined ? {} : { setStatusSuccessReason: outcome }),
  };
}

function readStatuses(exchange: PortalExchange): object {
  needChannel(exchange);
  brandIn(exchange);
  return envelope(exchange, statusesOf(exchange, emailMeant(exchange)));
}

/** `{channel, statusState, subscriptionId, legalBasis?, legalBasisExplanation?}` */
function writeStatus(exchange: PortalExchange): object {
  const email = emailMeant(exchange);
  return envelope(exchange, [writtenStatus(exchange.world, email, bodyOf(exchange))]);
}

export function writtenStatus(world: PortalWorld, email: string, body: Body): object {
  const missing = ['channel', 'statusState', 'subscriptionId'].filter((name) => textIn(body, name) === undefined);
  if (missing.length > 0) {
    throw invalid(
      `Invalid input JSON on line 1, column 2: Cannot build PartialPublicStatusRequest, some of required attributes are not set [${missing.join(', ')}]`,
    );
  }
  if (body.channel !== 'EMAIL') throw invalid('channel must be EMAIL');
  const type = typeMeant(world, String(body.subscriptionId));
  const grounds = checkedGrounds(world, body, body.statusState === 'SUBSCRIBED');
  switch (body.statusState) {
    case 'SUBSCRIBED':
      return shownStatus(world, email, type, optInToType(world, email, type, grounds));
    case 'UNSUBSCRIBED':
      return shownStatus(world, email, type, optOutOfType(world, email, type, grounds));
    case 'NOT_SPECIFIED':
      return shownStatus(world, email, type, forgetType(world, email, type, grounds));
    default:
      throw invalid(`statusState ${String(body.statusState)} is not one of SUBSCRIBED, UNSUBSCRIBED, NOT_SPECIFIED`);
  }
}

/** "`results: []` when not opted out, else `{status:"UNSUBSCRIBED", wideStatusType, timestamp}`" */
function readWide(exchange: PortalExchange): object {
  needChannel(exchange);
  return envelope(exchange, wideStatusesOf(exchange, emailMeant(exchange)));
}

export function wideStatusesOf(exchange: PortalExchange, email: string): readonly object[] {
  const brand = brandIn(exchange);
  const address = exchange.world.state.addresses.get(email.toLowerCase());
  if (address === undefined) return [];
  const shown = (wideStatusType: string, businessUnitId: number, atMs: number): object => ({
    subscriberIdString: email,
    channel: 'EMAIL',
    status: 'UNSUBSCRIBED',
    wideStatusType,
    businessUnitId,
    timestamp: iso(atMs),
  });
  const brands = Object.entries(address.brands).filter(([id]) => brand === 0 || Number(id) === brand);
  return [
    ...(address.wide ? [shown('PORTAL_WIDE', 0, address.wide.atMs)] : []),
    ...brands.map(([id, optOut]) => shown('BUSINESS_UNIT_WIDE', Number(id), optOut.atMs)),
  ];
}

/** "portal-wide opt-out; results are empty unless `verbose=true`" */
function unsubscribeAll(exchange: PortalExchange): object {
  needChannel(exchange);
  const email = emailMeant(exchange);
  const outcome = optOutOfAll(exchange.world, email, BY_API, brandIn(exchange));
  const verbose = exchange.query.get('verbose') === 'true';
  return envelope(exchange, verbose ? statusesOf(exchange, email, outcome) : []);
}

/** Preference-page links for an address. */
function generateLinks(exchange: PortalExchange): object {
  needChannel(exchange);
  const body = bodyOf(exchange);
  const email = textIn(body, 'subscriberIdString') ?? '';
  if (!isEmail(email)) throw invalid(`Invalid email address: ${email}`);
  const page = `https://hs-${exchange.world.state.portalId}.example/email-preferences`;
  const one = textIn(body, 'subscriptionId');
  const key = exchange.requestId;
  return {
    subscriberIdString: email,
    managePreferencesUrl: `${page}/manage?d=${key}`,
    unsubscribeAllUrl: `${page}/unsubscribe-all?d=${key}`,
    ...(one === undefined ? {} : { unsubscribeSingleUrl: `${page}/unsubscribe?d=${key}&id=${one}` }),
  };
}
