import { EXIT } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { paragraph } from '../terminal/text.ts';
import { count } from '../terminal/words.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

/** Recomputes the chain of the consent ledger (C25); exit 1 if it is broken. */
export const run: Command = async (invocation, [name = '']) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const verified = await workspace.container.get(TOKENS.State).customer(customer.name).verifyLedger();
  const { entries, broken, head } = verified;
  const text =
    broken === null
      ? `${customer.name}: the chain is whole: ${count(entries)} entries, the last one is ${head.n} ${head.hash}`
      : `${customer.name}: the chain is BROKEN at entry ${broken.n}: ${broken.why}. Restore a backup and keep this file as evidence.`;
  return {
    code: broken === null ? EXIT.done : EXIT.failed,
    json: { customer: customer.name, whole: broken === null, ...verified },
    text: paragraph(text),
  };
};
