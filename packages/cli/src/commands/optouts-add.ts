import { ALL_MAIL, addOptOut, EVERYWHERE, EXIT } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Command, UsageError } from '../invocation.ts';
import { actorOf, readAddress } from '../people/address.ts';
import { topicOf } from '../people/topic.ts';
import { paragraph } from '../terminal/text.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

/** Opts one address out in every system of the customer, whatever `crmToMarketing` says (C20). */
export const run: Command = async (invocation, [name = '', given], options) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const address = await readAddress(invocation, given);
  const store = workspace.container.get(TOKENS.State).customer(customer.name);
  const now = workspace.container.get(TOKENS.Clock).now();
  const topic = topicOf(customer, options.topic);
  const reach = { ...EVERYWHERE, topic };
  const entered = await addOptOut(store, address, actorOf(options), String(options.because), now, reach);
  if (!entered.ok) throw new UsageError(`${entered.why}.`);
  return {
    code: EXIT.done,
    json: { customer: customer.name, address, topic, entries: entered.entries },
    text: paragraph(
      `${address} is opted out ${topic === ALL_MAIL ? '' : `of ${topic} `}for ${customer.name}. The next run writes it to every system: heed sync ${customer.name}`,
    ),
  };
};
