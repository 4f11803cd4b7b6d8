import type { OrgWorld } from '../state/org.ts';
import { updateRecord, type WriteOptions } from '../state/records.ts';
import { toStamp } from '../state/timestamps.ts';
import { action, administrator, type Body, named, optionalText, targets } from './asked.ts';

/** Set on every live record with the address, or on one by id. */
function setOptOut(world: OrgWorld, body: Body, optedOut: boolean): unknown {
  const field = optionalText(body, 'field') ?? 'HasOptedOutOfEmail';
  const all = targets(world, body);
  for (const { table, row } of all) {
    updateRecord(administrator(world), table, String(row.Id), { [field]: body.value ?? optedOut }, lateness(body));
  }
  return named(all);
}

/** `visibleAfterMs`: the change is stamped now and committed later. */
export function lateness(body: Body): WriteOptions {
  return body.visibleAfterMs === undefined ? {} : { visibleAfterMs: Number(body.visibleAfterMs) };
}

function bounce(world: OrgWorld, body: Body): unknown {
  if (!world.switches.isOn('bounceManagement')) throw new RangeError('Bounce management is off in this org');
  const all = targets(world, body);
  const fields = {
    EmailBouncedDate: toStamp(world.clock.now()),
    EmailBouncedReason: optionalText(body, 'reason') ?? '550 5.1.1 User unknown',
  };
  for (const { table, row } of all) updateRecord(administrator(world), table, String(row.Id), fields);
  return named(all);
}

export const personActions = {
  'person/unsubscribe': action((world, body) => setOptOut(world, body, true)),
  'person/resubscribe': action((world, body) => setOptOut(world, body, false)),
  'person/bounce': action(bounce),
};
