import { ConnectorError } from '@heed/contract';
import { EXIT, explain, printProfileError, rememberedOf, worstExit } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { connectProfile } from '../composition/systems.ts';
import { type Command, UsageError } from '../invocation.ts';
import { readAddress } from '../people/address.ts';
import { rememberedJson, rememberedText } from '../people/show-erasure.ts';
import { explanationJson, explanationText } from '../people/show-explanation.ts';
import { titlesOf } from '../runs/titles.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

/** May this person get marketing mail, what decides, since when, on what evidence, and what the next sync will do. */
export const run: Command = async (invocation, [name = '', given]) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const address = await readAddress(invocation, given);
  const { container } = workspace;
  const store = container.get(TOKENS.State).customer(customer.name);
  const now = container.get(TOKENS.Clock).now();
  const remembered = await rememberedOf(store, address);
  if (remembered !== null) {
    const erased = rememberedJson(remembered);
    const text = rememberedText(customer.name, remembered);
    return { code: EXIT.done, json: { customer: customer.name, address, erased, profiles: [] }, text };
  }
  const json: ReturnType<typeof explanationJson>[] = [];
  const texts: string[] = [];
  const codes: number[] = [];
  if (customer.profiles.length === 0) throw new UsageError(`Customer ${customer.name} has no profile without errors.`);
  for (const profile of customer.profiles) {
    const opened = await connectProfile(customer, profile, container.get(TOKENS.Systems));
    if (!('open' in opened)) {
      for (const error of opened) invocation.tell(printProfileError(error));
      codes.push(EXIT.invalid);
      continue;
    }
    const crm = opened.open(profile, 'crm');
    const marketing = opened.open(profile, 'marketing');
    try {
      const explained = await explain(address, { profile, store, crm, marketing, now }, invocation.signal);
      const setAside = (await store.setAside(profile.id)).filter((one) => one.address === address);
      if (explained.now.some(({ unreachable }) => unreachable !== null)) codes.push(EXIT.unreachable);
      json.push(explanationJson(explained, setAside));
      const titleOf = (connection: string): string =>
        customer.connections.get(connection)?.connector.title ?? connection;
      texts.push(explanationText(address, explained, titlesOf(customer, profile), titleOf, setAside));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      invocation.tell(`${profile.id}: ${error.message}`);
      codes.push(EXIT.unreachable);
    } finally {
      await crm.session.close();
      await marketing.session.close();
    }
  }
  return {
    code: worstExit(codes),
    json: { customer: customer.name, address, profiles: json },
    text: texts.join('\n\n'),
  };
};
