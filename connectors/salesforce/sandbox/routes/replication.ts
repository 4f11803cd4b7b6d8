import { json, type Reply } from '@heed/sandbox';
import { CallRefused } from '../state/errors.ts';
import { recycleBinMs } from '../state/lifecycle.ts';
import { parseDateTime, toStamp } from '../state/timestamps.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param } from './answers.ts';
import { objectNamed } from './resource.ts';

/** `/deleted` and `/updated`. */

const minuteMs = 60_000;
const maxIds = 600_000;
/** "15 days back at most" for deletes, "30 days back" for changes. */
const updatedWindowMs = 30 * 86_400_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** "start must precede end by more than one minute, seconds ignored". */
function spanOf(exchange: OrgExchange, backMs: number): Span {
  const now = exchange.world.clock.now();
  const [fromMs, toMs] = ['start', 'end'].map((name) => {
    // A bare `+00:00` in a URL arrives as a space.
    const ms = parseDateTime((exchange.query.get(name) ?? '').replace(' ', '+'));
    if (ms === undefined) throw new CallRefused(400, 'INVALID_FIELD', `${name} is not a valid date-time`);
    return Math.floor(ms / minuteMs) * minuteMs;
  }) as [number, number];
  if (toMs - fromMs < minuteMs) {
    throw new CallRefused(400, 'INVALID_REPLICATION_DATE', 'startDate must be at least one minute before endDate');
  }
  if (fromMs < now - backMs) {
    const message = `startDate before org replication enabled date or more than ${backMs / 86_400_000} days ago`;
    throw new CallRefused(400, 'INVALID_REPLICATION_DATE', message);
  }
  return { fromMs, toMs };
}

function limited<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length > maxIds) throw new CallRefused(400, 'EXCEEDED_ID_LIMIT', `more than ${maxIds} ids in that span`);
  return items;
}

function latestCovered(exchange: OrgExchange, span: Span): string {
  return toStamp(Math.min(span.toMs, Math.floor(exchange.world.clock.now() / minuteMs) * minuteMs));
}

function deleted(exchange: OrgExchange): Reply {
  const org = exchange.world.state;
  const table = objectNamed(exchange, param(exchange, 'object'));
  const span = spanOf(exchange, recycleBinMs);
  const known = org.deletions.filter(
    (one) =>
      one.object === table.definition.name &&
      one.deletedAtMs >= Math.max(span.fromMs, org.deletionsKnownSinceMs) &&
      one.deletedAtMs < span.toMs &&
      table.get(one.id)?.IsDeleted !== false,
  );
  const earliestMs = Math.max(org.deletionsKnownSinceMs, exchange.world.clock.now() - recycleBinMs);
  return json(200, {
    deletedRecords: limited(known).map((one) => ({ id: one.id, deletedDate: toStamp(one.deletedAtMs) })),
    earliestDateAvailable: toStamp(earliestMs),
    latestDateCovered: latestCovered(exchange, span),
  });
}

function updated(exchange: OrgExchange): Reply {
  const table = objectNamed(exchange, param(exchange, 'object'));
  const span = spanOf(exchange, updatedWindowMs);
  const end = toStamp(span.toMs);
  const rows = [...table.byModstamp(toStamp(span.fromMs), end)];
  const ids = rows
    .filter((row) => row.IsDeleted !== true && String(row.SystemModstamp) < end)
    .map((row) => String(row.Id));
  return json(200, { ids: limited(ids), latestDateCovered: latestCovered(exchange, span) });
}

export const replicationRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/sobjects/{object}/deleted', deleted),
  dataRoute('GET', '/sobjects/{object}/updated', updated),
];
