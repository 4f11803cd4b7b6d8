import type { Customer, Profile } from '@heed/core';
import type { Workspace } from '../workspace.ts';
import type { Titles } from './show-run.ts';

const titleOf = (customer: Customer | undefined, connection: string | undefined): string | undefined =>
  connection === undefined ? undefined : customer?.connections.get(connection)?.connector.title;

/** The names of a profile's two systems, as people know them. */
export const titlesOf = (customer: Customer | undefined, profile: Profile | undefined): Titles => ({
  crm: titleOf(customer, profile?.crm.connection) ?? 'CRM',
  marketing: titleOf(customer, profile?.marketing.connection) ?? 'marketing',
});

/** The same by profile id; plain words for a profile that is no longer there. */
export const titlesById = (workspace: Workspace, id: string): Titles => {
  const customer = workspace.loaded.customers.find((one) => id.startsWith(`${one.name}/`));
  return titlesOf(
    customer,
    customer?.profiles.find((one) => one.id === id),
  );
};

export const profileById = (workspace: Workspace, id: string): Profile | undefined =>
  workspace.loaded.customers.flatMap((one) => one.profiles).find((one) => one.id === id);
