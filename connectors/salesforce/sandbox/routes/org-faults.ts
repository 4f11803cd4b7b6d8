import { json, type Reply } from '@heed/sandbox';
import { administrator, fieldTypes } from '../actions/asked.ts';
import { retypeField, takeFieldAway } from '../state/changing-fields.ts';
import { deleteRecord } from '../state/records.ts';
import { rotateTokens } from '../state/tokens.ts';
import { bearerToken, type OrgExchange } from './answers.ts';

/**
 * Faults that are somebody else's act between two calls: the call that is hit finds the org changed. They stay, as the
 * acts would, until an administrator's action puts things right.
 */
export function changeByFault(exchange: OrgExchange): void {
  const { world } = exchange;
  const org = world.state;
  const vanished = exchange.fault('field-vanished')?.details;
  if (vanished) takeFieldAway(org, org.needTable(String(vanished.type)), String(vanished.field));
  const retyped = exchange.fault('field-retyped')?.details;
  if (retyped) {
    const type = fieldTypes.find((one) => one === retyped.fieldType) ?? 'string';
    const table = org.needTable(String(retyped.type));
    if (table.field(String(retyped.field))?.type !== type) retypeField(org, table, String(retyped.field), type);
  }
  const deleted = exchange.fault('list-deleted')?.details;
  if (deleted) deleteCampaign(exchange, String(deleted.campaign));
  if (exchange.fault('token-rotated')) rotateTokens(world, bearerToken(exchange));
}

function deleteCampaign(exchange: OrgExchange, idOrName: string): void {
  const campaigns = exchange.world.state.needTable('Campaign');
  const all = [...campaigns.rows()].filter((row) => row.IsDeleted !== true);
  const found = all.find((row) => row.Id === idOrName || row.Name === idOrName);
  if (found) deleteRecord(administrator(exchange.world), campaigns, String(found.Id));
}

/** `error-in-200`: the status of success, the body of an error; nothing was done. */
export function errorInside(exchange: OrgExchange): Reply | undefined {
  const fault = exchange.fault('error-in-200');
  if (!fault) return undefined;
  const { errorCode = 'UNKNOWN_EXCEPTION', message = 'An unexpected error occurred' } = fault.details ?? {};
  return json(200, [{ errorCode, message }]);
}
