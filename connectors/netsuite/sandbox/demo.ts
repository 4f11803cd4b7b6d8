import { type DemoCrmRecord, type DemoPerson, demoPeople, seededRandom } from '@heed/sandbox';
import { type AccountWorld, needTable } from './state/account.ts';
import { type Changes, createRecord } from './state/records.ts';
import { CONFIRMED_OPT_IN, CONFIRMED_OPT_OUT, SOFT_OPT_OUT } from './state/status.ts';
import type { Row, Table } from './state/table.ts';
import { stampOf } from './state/time.ts';

const dayMs = 86_400_000;
export const DEMO_GROUP = 'Spring Newsletter';

/**
 * The demonstration's customer base: contacts, some of them of a company; leads as customers in that stage; every
 * status, duplicates and shared addresses; a static group.
 */
export function fillDemo(world: AccountWorld): void {
  const contacts = needTable(world.state, 'contact');
  const customers = needTable(world.state, 'customer');
  const group = createRecord({ world, by: 'user' }, needTable(world.state, 'entityGroup'), {
    groupName: DEMO_GROUP,
    groupType: 'Contact',
  });
  const companies = new Map<string, string>();
  const companyNamed = (name: string): string => {
    const known = companies.get(name) ?? createRecord({ world, by: 'user' }, customers, { companyName: name }).id;
    companies.set(name, known);
    return known;
  };
  for (const person of demoPeople(world.seed)) {
    const random = seededRandom(world.seed, `netsuite person ${person.index}`);
    for (const [copy, record] of person.crm.entries()) {
      const isContact = record.kind === 'Contact';
      const row = isContact
        ? add(world, contacts, record, contactFields(person, copy, companyNamed))
        : add(world, customers, record, customerFields(person, random.chance(0.5) ? '6' : '8'));
      confirm(world, isContact ? contacts : customers, row, record, random.next());
      if (isContact && random.chance(0.25)) world.state.groupMembers.push({ group: group.id, member: row.id });
    }
  }
}

/** Dated as it came; the status that a user may give. */
function add(world: AccountWorld, table: Table, record: DemoCrmRecord, fields: Changes): Row {
  const at = stampOf(world.clock.now() - record.createdDaysAgo * dayMs);
  return createRecord({ world, by: 'user' }, table, {
    ...fields,
    email: record.email ?? null,
    dateCreated: at,
    lastModifiedDate: at,
    ...(record.optedOut ? { globalSubscriptionStatus: SOFT_OPT_OUT } : {}),
  });
}

/** Some recipients have said so themselves: half of the opt-outs, a tenth of the others. Set without a trace, as of then. */
function confirm(
  { state }: AccountWorld,
  table: Table,
  row: Row,
  { optedOut, email }: DemoCrmRecord,
  draw: number,
): void {
  if (email === undefined || draw >= (optedOut ? 0.5 : 0.1)) return;
  table.put({ ...row, globalSubscriptionStatus: optedOut ? CONFIRMED_OPT_OUT : CONFIRMED_OPT_IN });
  if (optedOut) state.subscriptions.delete(row.id);
}

function contactFields(person: DemoPerson, copy: number, companyNamed: (name: string) => string): Changes {
  return {
    ...personFields(person),
    // "contact entityId must be unique per company"
    entityId: `${person.firstName} ${person.lastName} ${person.index}${copy === 0 ? '' : ` (${copy + 1})`}`,
    company: person.company === undefined ? null : companyNamed(person.company),
  };
}

function customerFields(person: DemoPerson, entityStatus: string): Changes {
  return { ...personFields(person), isPerson: true, entityStatus, companyName: person.company ?? null };
}

function personFields(person: DemoPerson): Changes {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    title: person.title ?? null,
    phone: person.phone ?? null,
  };
}
