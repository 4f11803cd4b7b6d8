import { json, type Reply } from '@heed/sandbox';
import type { Row } from '../soql/source.ts';
import { CallRefused } from '../state/errors.ts';
import { to18 } from '../state/ids.ts';
import { updateRecord } from '../state/records.ts';
import type { Table } from '../state/table.ts';
import { toStamp } from '../state/timestamps.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param } from './answers.ts';
import { apiWriter } from './resource.ts';

/**
 * The Consent API for the action `email`: it reads and writes HasOptedOutOfEmail of every live record that holds the
 * same address, org-wide, past field-level security; converted leads are ignored; the least permissive value wins. Reading,
 * it also asks the consents to e-mail that are in force of those records' Individuals.
 */

interface Consulted {
  readonly table: Table;
  readonly row: Row;
}

/** "needs View All Data or Allow User Access to Privacy Data". */
function requirePrivacyAccess(exchange: OrgExchange): void {
  if (!exchange.world.state.seesPrivacyData) {
    throw new CallRefused(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights to privacy data');
  }
}

function isCounted(row: Row): boolean {
  return row.IsDeleted !== true && row.IsConverted !== true;
}

/** The records behind an address or a record id: "only records holding the same email". */
function consulted(exchange: OrgExchange, id: string): readonly Consulted[] {
  const org = exchange.world.state;
  const recordId = to18(id);
  const own = recordId === undefined ? undefined : org.tableOfId(recordId)?.get(recordId);
  const email = own === undefined ? id : own.Email;
  if (typeof email !== 'string') return [];
  return ['Contact', 'Lead'].flatMap((type) => {
    const table = org.needTable(type);
    const field = table.field('Email');
    const rows = field ? (table.having(field, email) ?? []) : [];
    return rows.filter(isCounted).map((row) => ({ table, row }));
  });
}

/** "ContactPointTypeConsent.{ContactPointType, EffectiveFrom, EffectiveTo, PrivacyConsentStatus}" (notes, section 3). */
function consentsOf(exchange: OrgExchange, records: readonly Consulted[]): readonly Row[] {
  const parties = new Set(
    records.flatMap(({ row }) => (typeof row.IndividualId === 'string' ? [row.IndividualId] : [])),
  );
  const now = toStamp(exchange.world.clock.now());
  return [...exchange.world.state.needTable('ContactPointTypeConsent').rows()].filter(
    (row) =>
      row.IsDeleted !== true &&
      row.ContactPointType === 'Email' &&
      parties.has(String(row.PartyId)) &&
      !(typeof row.EffectiveFrom === 'string' && row.EffectiveFrom > now) &&
      !(typeof row.EffectiveTo === 'string' && row.EffectiveTo <= now),
  );
}

/** "TRUE only if all are 0; any conflict: least permissive"; FALSE too when there is no record at all. */
function verdict(exchange: OrgExchange, id: string): object {
  const records = consulted(exchange, id);
  const consents = consentsOf(exchange, records);
  const mayMail =
    records.length > 0 &&
    records.every(({ row }) => row.HasOptedOutOfEmail !== true) &&
    consents.every(({ PrivacyConsentStatus: status }) => status !== 'OptOut');
  const explanation = records.map(({ table, row }) => ({
    objectConsulted: table.definition.name,
    field: 'HasOptedOutOfEmail',
    recordId: row.Id,
    value: String(row.HasOptedOutOfEmail === true),
  }));
  const byConsent = consents.map((row) => ({
    objectConsulted: 'ContactPointTypeConsent',
    field: 'PrivacyConsentStatus',
    recordId: row.Id,
    value: row.PrivacyConsentStatus,
  }));
  exchange.touch(...records.map(({ row }) => String(row.Id)));
  return {
    result: 'Success',
    proceed: { email: String(mayMail), emailResult: 'Success' },
    ...(exchange.query.get('verbose') === 'true' ? { explanation: [...explanation, ...byConsent] } : {}),
  };
}

function idsOf(exchange: OrgExchange): readonly string[] {
  const ids = (exchange.query.get('ids') ?? '').split(',').map((id) => id.trim());
  if (ids.includes('')) throw new CallRefused(400, 'MISSING_ARGUMENT', 'The ids parameter is required');
  return ids;
}

function requireEmailAction(actions: string): void {
  if (actions !== 'email') throw new CallRefused(400, 'INVALID_INPUT', 'the sandbox builds the action email only');
}

function read(exchange: OrgExchange, actions: string): Reply {
  requirePrivacyAccess(exchange);
  requireEmailAction(actions);
  return json(200, Object.fromEntries(idsOf(exchange).map((id) => [id, verdict(exchange, id)])));
}

/** "any record with a matching email address is updated"; one address per call. */
function write(exchange: OrgExchange): Reply {
  requirePrivacyAccess(exchange);
  requireEmailAction(param(exchange, 'action'));
  const [address, second] = idsOf(exchange);
  const status = exchange.query.get(String(exchange.world.switches.get('consentStatusName')));
  if (address === undefined || second !== undefined || (status !== 'optin' && status !== 'optout')) {
    throw new CallRefused(400, 'INVALID_INPUT', 'one email address and a status of optin or optout are needed');
  }
  const records = consulted(exchange, address);
  const writer = { ...apiWriter(exchange), administrator: true };
  for (const { table, row } of records) {
    updateRecord(writer, table, String(row.Id), { HasOptedOutOfEmail: status === 'optout' });
  }
  exchange.touch(...records.map(({ row }) => String(row.Id)));
  return json(200, {
    [address]: { result: 'Success', edited: records.map(({ row }) => ({ mode: 'edit', id: row.Id })) },
  });
}

export const consentRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/consent/action/{action}', (exchange) => read(exchange, param(exchange, 'action'))),
  dataRoute('PATCH', '/consent/action/{action}', write),
  dataRoute('GET', '/consent/multiaction', (exchange) => read(exchange, exchange.query.get('actions') ?? '')),
];
