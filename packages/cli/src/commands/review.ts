import { decideReview, EXIT, type Listed } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Command, UsageError } from '../invocation.ts';
import { actorOf, readAddress } from '../people/address.ts';
import { toReview } from '../people/to-review.ts';
import { reasonInWords } from '../runs/reasons.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

const COLUMNS: readonly Column[] = [
  { title: 'person', flexible: true },
  { title: 'profile', flexible: true },
  { title: 'why', flexible: true },
];

/** Lists the people who opted in again and wait for a decision, or decides about one (C7). */
export const run: Command = async (invocation, [name = '', given, decision], options) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const store = workspace.container.get(TOKENS.State).customer(customer.name);
  if (given === undefined) {
    const waiting: (Listed & { profile: string })[] = [];
    for (const profile of customer.profiles)
      for (const one of await toReview(store, profile.id)) waiting.push({ ...one, profile: profile.id });
    const rows = waiting.map((one) => [one.address, one.profile, `${reasonInWords(one.reason)}, ${one.detail}`]);
    const next = `\n\nDecide: heed review ${customer.name} ADDRESS accept   or   refuse`;
    const text = rows.length === 0 ? 'Nobody waits for a decision.' : table(COLUMNS, rows) + next;
    return { code: EXIT.done, json: { customer: customer.name, waiting }, text };
  }
  if (decision !== 'accept' && decision !== 'refuse')
    throw new UsageError(`Say what is decided: heed review ${customer.name} ADDRESS accept   or   refuse`);
  const address = await readAddress(invocation, given);
  const now = workspace.container.get(TOKENS.Clock).now();
  const entered = await decideReview(store, customer.profiles, address, decision, actorOf(options), now);
  if (!entered.ok) throw new UsageError(`Nothing was decided: ${entered.why}.`);
  const done = decision === 'accept' ? 'accepted: the next run goes by it' : 'refused: a new opt-out, everywhere';
  return {
    code: EXIT.done,
    json: { customer: customer.name, address, decision, entries: entered.entries },
    text: paragraph(`${address} ${done}. heed sync ${customer.name}`),
  };
};
