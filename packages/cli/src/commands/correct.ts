import { correctAddress, correctRun, EXIT } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Command, UsageError } from '../invocation.ts';
import { actorOf, readAddress } from '../people/address.ts';
import { topicOf } from '../people/topic.ts';
import { paragraph } from '../terminal/text.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

/** Withdraws mistaken opt-outs of one address or of one run; writes nothing to marketing (C6a). */
export const run: Command = async (invocation, [name = '', given], options) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const because = String(options.because).trim();
  if (because === '') throw new UsageError('--because needs a reason: it stands in the ledger for ever.');
  const ofRun = typeof options.run === 'string' ? options.run : null;
  if ((ofRun === null) === (given === undefined)) throw new UsageError('Name an ADDRESS, or a run with --run ID.');
  const store = workspace.container.get(TOKENS.State).customer(customer.name);
  const now = workspace.container.get(TOKENS.Clock).now();
  const by = actorOf(options);
  if (ofRun !== null && options.topic !== undefined)
    throw new UsageError('--run ID withdraws what that run read, of every topic.');
  const topic = topicOf(customer, options.topic);
  const entered =
    ofRun === null
      ? await correctAddress(store, customer.profiles, await readAddress(invocation, given), because, by, now, topic)
      : await correctRun(store, ofRun, because, by, now);
  if (!entered.ok) throw new UsageError(`Nothing was corrected: ${entered.why}.`);
  return {
    code: EXIT.done,
    json: { customer: customer.name, entries: entered.entries },
    text: paragraph(
      `Withdrawn, as ledger entry ${entered.entries.join(', ')}. Nothing is written to marketing; the next run goes by it: heed sync ${customer.name}`,
    ),
  };
};
