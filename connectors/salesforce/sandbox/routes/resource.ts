import type { SourceTable } from '../soql/source.ts';
import type { Writer } from '../state/checks.ts';
import { CallRefused } from '../state/errors.ts';
import type { Table } from '../state/table.ts';
import { isVisibleObject, sourceOf } from '../state/view.ts';
import { callerOf } from './admit.ts';
import type { OrgExchange } from './answers.ts';

/** The object a path or a record names; an object the user may not see does not exist. */
export function objectNamed(exchange: OrgExchange, name: string): Table {
  const org = exchange.world.state;
  const table = org.table(name);
  if (!table || !isVisibleObject(org, table))
    throw new CallRefused(404, 'NOT_FOUND', 'The requested resource does not exist');
  return table;
}

/** The same object as the user's reads see it: live records, visible fields. */
export function readable(exchange: OrgExchange, table: Table): SourceTable {
  const view = sourceOf(exchange.world, false).table(table.definition.name);
  if (!view) throw new CallRefused(404, 'NOT_FOUND', 'The requested resource does not exist');
  return view;
}

/** The connected user as a writer. */
export function apiWriter(exchange: OrgExchange): Writer {
  const { world } = exchange;
  return {
    world,
    userId: callerOf(exchange) ?? world.state.users.integration,
    administrator: false,
    allowDuplicates: /allowSave\s*=\s*true/i.test(String(exchange.headers['sforce-duplicate-rule-header'] ?? '')),
  };
}
