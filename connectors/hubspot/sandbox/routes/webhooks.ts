import { invalid, notFound } from '../portal/api-error.ts';
import { nextNumber } from '../portal/portal.ts';
import { EVENT_TYPES, type WebhookSettings, type WebhookSubscription } from '../portal/webhooks.ts';
import {
  type Body,
  bodyOf,
  isObject,
  iso,
  type PortalExchange,
  type PortalRoute,
  param,
  replying,
  route,
  textIn,
} from './route.ts';

const APP = { kind: 'developer' } as const;

/** Where an app is told, and of what: "Configured per app, not per account". Below `base`, which has the app's id. */
export function webhookRoutes(base: string): readonly PortalRoute[] {
  const at = `${base}/subscriptions`;
  return [
    route('GET', `${base}/settings`, (exchange) => shownSettings(settingsOf(exchange)), APP),
    route('PUT', `${base}/settings`, configure, APP),
    route('DELETE', `${base}/settings`, clear, APP),
    route('POST', `${at}/batch/update`, updateMany, APP),
    route('GET', at, listAll, APP),
    route('POST', at, subscribe, APP),
    route('GET', `${at}/{subscription}`, (exchange) => shown(meant(exchange)), APP),
    route('PATCH', `${at}/{subscription}`, update, APP),
    route('DELETE', `${at}/{subscription}`, remove, APP),
  ];
}

function settingsOf(exchange: PortalExchange): WebhookSettings {
  const { settings } = exchange.world.state.webhooks;
  if (settings === undefined) throw notFound('This app has no webhook settings');
  return settings;
}

function shownSettings({ targetUrl, maxConcurrentRequests, createdAtMs, updatedAtMs }: WebhookSettings): object {
  return { targetUrl, throttling: { maxConcurrentRequests }, createdAt: iso(createdAtMs), updatedAt: iso(updatedAtMs) };
}

/** Only addresses on this machine: a stand-in tells nobody else. */
function configure(exchange: PortalExchange): object {
  const { state, clock } = exchange.world;
  const body = bodyOf(exchange);
  const targetUrl = textIn(body, 'targetUrl') ?? '';
  const throttling = isObject(body.throttling) ? body.throttling : {};
  const maxConcurrentRequests = Number(throttling.maxConcurrentRequests);
  if (!isLoopback(targetUrl)) throw invalid('targetUrl must be an http address of 127.0.0.1, [::1] or localhost');
  if (!(maxConcurrentRequests >= 5)) throw invalid('throttling.maxConcurrentRequests must be at least 5');
  const createdAtMs = state.webhooks.settings?.createdAtMs ?? clock.now();
  state.webhooks.settings = { targetUrl, maxConcurrentRequests, createdAtMs, updatedAtMs: clock.now() };
  return shownSettings(state.webhooks.settings);
}

function isLoopback(address: string): boolean {
  return URL.canParse(address) && ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(address).hostname);
}

function clear(exchange: PortalExchange): undefined {
  exchange.world.state.webhooks.settings = undefined;
  return undefined;
}

function listAll({ world }: PortalExchange): object {
  return { results: world.state.webhooks.subscriptions.map(shown) };
}

/** "contact.propertyChange on hs_email_optout: sources conflict" */
function subscribe(exchange: PortalExchange): object {
  const { state, clock, switches } = exchange.world;
  const body = bodyOf(exchange);
  const eventType = textIn(body, 'eventType') ?? '';
  const propertyName = textIn(body, 'propertyName');
  if (!EVENT_TYPES.includes(eventType)) throw invalid(`eventType ${eventType} is not known`);
  if ((eventType === 'contact.propertyChange') !== (propertyName !== undefined)) {
    throw invalid('propertyName is needed for contact.propertyChange, and for nothing else');
  }
  if (propertyName?.startsWith('hs_email_optout') && !switches.isOn('webhooksOnOptOut')) {
    throw invalid(`The property ${propertyName} cannot be subscribed to`);
  }
  const made: WebhookSubscription = {
    id: nextNumber(state),
    eventType,
    propertyName,
    active: body.active === true,
    createdAtMs: clock.now(),
    updatedAtMs: clock.now(),
  };
  state.webhooks.subscriptions.push(made);
  return replying(201, shown(made));
}

function shown({ id, eventType, propertyName, active, createdAtMs, updatedAtMs }: WebhookSubscription): object {
  return {
    id: String(id),
    eventType,
    ...(propertyName === undefined ? {} : { propertyName }),
    active,
    createdAt: iso(createdAtMs),
    updatedAt: iso(updatedAtMs),
  };
}

function byId({ world }: PortalExchange, id: string): WebhookSubscription {
  const found = world.state.webhooks.subscriptions.find((one) => String(one.id) === id);
  if (found === undefined) throw notFound(`There is no subscription ${id}`);
  return found;
}

function meant(exchange: PortalExchange): WebhookSubscription {
  return byId(exchange, param(exchange, 'subscription'));
}

function activate(exchange: PortalExchange, subscription: WebhookSubscription, body: Body): object {
  if (typeof body.active === 'boolean') subscription.active = body.active;
  subscription.updatedAtMs = exchange.world.clock.now();
  return shown(subscription);
}

function update(exchange: PortalExchange): object {
  return activate(exchange, meant(exchange), bodyOf(exchange));
}

function updateMany(exchange: PortalExchange): object {
  const { inputs } = bodyOf(exchange);
  if (!Array.isArray(inputs)) throw invalid('Invalid input JSON: inputs must be an array');
  const results = inputs.filter(isObject).map((one) => activate(exchange, byId(exchange, String(one.id)), one));
  const now = iso(exchange.world.clock.now());
  return { status: 'COMPLETE', results, startedAt: now, completedAt: now };
}

function remove(exchange: PortalExchange): undefined {
  const { subscriptions } = exchange.world.state.webhooks;
  subscriptions.splice(subscriptions.indexOf(meant(exchange)), 1);
  return undefined;
}
