import type { Portal } from '../portal/portal.ts';
import { type PortalExchange, type PortalRoute, route } from './route.ts';

/** "GET /account-info/v3/details → portalId, accountType, timeZone, companyCurrency, utcOffset, uiDomain, dataHostingLocation" */
export function accountRoutes(base: string): readonly PortalRoute[] {
  return [route('GET', `${base}/details`, details)];
}

function details({ world }: PortalExchange): object {
  const { portalId, timeZone } = world.state;
  const offsetMs = zoneOffsetMs(world.state, world.clock.now());
  const sign = offsetMs < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMs) / 60_000;
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return {
    portalId,
    accountType: 'STANDARD',
    timeZone,
    companyCurrency: 'USD',
    additionalCurrencies: [],
    utcOffset: `${sign}${digits(minutes / 60)}:${digits(minutes % 60)}`,
    utcOffsetMilliseconds: offsetMs,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  };
}

/** The date in the account's time zone, YYYY-MM-DD: the daily quota is per such day. */
export function dayOf({ timeZone }: Portal, atMs: number): string {
  const format = dayFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  dayFormats.set(timeZone, format);
  return format.format(atMs);
}

/** Asked in every call, and slow to make. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

function zoneOffsetMs({ timeZone }: Portal, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return local - Math.floor(atMs / 60_000) * 60_000;
}
