import { type AddressKey, type Customer, EXIT, printProfileError, serviceOf } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Invocation } from '../invocation.ts';
import type { Turn } from '../runs/lease-holder.ts';
import { runOne } from '../runs/run-customer.ts';
import type { Workspace } from '../workspace.ts';

/** Why nobody can be erased now, and the exit code that says so. */
export interface Hindrance {
  readonly code: number;
  readonly why: readonly string[];
}

/**
 * Delivers what is owed about these people in every profile of the customer (C25). Null: every profile was asked, so nothing
 * that can be known is missing. A profile that cannot be asked stands in the way: nobody knows what would be owed there.
 */
export const deliverFirst = async (
  { container }: Workspace,
  customer: Customer,
  turn: Turn,
  addresses: readonly AddressKey[],
  { signal, progress }: Invocation,
): Promise<Hindrance | null> => {
  if (customer.errors.length > 0) {
    const why = customer.errors.map(printProfileError);
    return { code: EXIT.invalid, why: [...why, 'a profile with errors cannot be asked what it owes'] };
  }
  const store = container.get(TOKENS.State).customer(customer.name);
  for (const profile of customer.profiles) {
    if ((await serviceOf(store, profile.id)).paused) {
      const why = `${profile.id} is paused, so it delivers nothing; put it back with: heed resume ${profile.id}`;
      return { code: EXIT.attention, why: [why] };
    }
    const request = { mode: 'sync' as const, full: false, yes: false, lineLimit: 0, optOutsOf: addresses, signal };
    const ran = await runOne(container, customer, profile, { ...request, progress: (one) => progress.show(one) }, turn);
    if ('wrong' in ran) return { code: EXIT.invalid, why: ran.wrong };
    const { status, exitCode, message } = ran.report;
    if (status !== 'done' && status !== 'attention')
      return { code: exitCode, why: [`${profile.id}: ${message ?? `its run ended as ${status}`}`] };
  }
  return null;
};
