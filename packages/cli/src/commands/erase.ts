import { EXIT, erasePerson, type PersonToErase, personToErase, type Remembered, rememberedOf } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Answer, type Command, type Invocation, type Options, UsageError } from '../invocation.ts';
import { actorOf, readAddress } from '../people/address.ts';
import { deliverFirst, type Hindrance } from '../people/deliver-first.ts';
import { erasedJson, erasedText, hinderedJson, hinderedText, previewText } from '../people/show-erasure.ts';
import { takeTurn } from '../runs/lease-holder.ts';
import { paragraph } from '../terminal/text.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

const NOTHING_ERASED = 'Nothing was erased.';

/** Removes a person's data and keeps a keyed hash of it, once no opt-out of theirs is owed any more (C25). */
export const run: Command = async (invocation, [name = '', given], options) => {
  const workspace = await openWorkspace(invocation);
  const { container } = workspace;
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const address = await readAddress(invocation, given);
  const state = container.get(TOKENS.State);
  const store = state.customer(customer.name);
  const look = (): Promise<PersonToErase> => personToErase(store, customer.profiles, address);
  const before = await rememberedOf(store, address);
  const found = await look();
  if (before !== null && found.isUnknown) return already(customer.name, before);
  if (options.yes !== true || found.isUnknown) invocation.tell(previewText(customer, found));
  if (options.dryRun === true)
    return { code: EXIT.done, json: erasedJson(customer, found, null), text: paragraph(NOTHING_ERASED) };
  const refused = await whyRefused(invocation, options);
  if (refused !== null) throw new UsageError(`${refused} ${NOTHING_ERASED}`);

  const stateDir = container.get(TOKENS.StateDir);
  const { random } = container.get(TOKENS.Systems);
  const turn = await takeTurn(state, stateDir, customer.name, container.get(TOKENS.Processes), random);
  if (turn === null) return hindered({ code: EXIT.busy, why: ['another process is running this customer'] }, found);
  try {
    for (;;) {
      const { addresses } = (await look()).known;
      const hindrance = await deliverFirst(workspace, customer, turn, addresses, invocation);
      const person = await look();
      if (hindrance !== null || person.owed.length > 0 || person.known.inJob)
        return hindered(hindrance ?? { code: EXIT.attention, why: waiting(person) }, person);
      // The vendors may have shown more of the person: what is owed there comes first as well.
      if (person.known.addresses.some((one) => !addresses.includes(one))) continue;
      const at = container.get(TOKENS.Clock).now();
      const entries = await erasePerson(store, customer.profiles, turn.lease, person, actorOf(options), at);
      // Something was said about them in between: it may be an opt-out, which comes first.
      if (entries === null) continue;
      const now = await rememberedOf(store, address);
      return {
        code: EXIT.done,
        json: erasedJson(customer, person, now),
        text: erasedText(customer, person, now?.wiped === true),
      };
    }
  } finally {
    await state.leases.release(turn.lease);
  }

  function hindered(hindrance: Hindrance, person: PersonToErase): Answer {
    return {
      code: hindrance.code,
      json: hinderedJson(customer, person, hindrance),
      text: hinderedText(customer, person, hindrance),
    };
  }
};

const waiting = ({ known }: PersonToErase): readonly string[] =>
  known.inJob ? ["a vendor's job that has not ended writes to this person; sync again, then erase"] : [];

const whyRefused = async (invocation: Invocation, options: Options): Promise<string | null> => {
  if (options.yes === true) return null;
  const typed = await invocation.ask('This cannot be undone. To erase this person, type erase: ');
  if (typed === null) return 'Off a terminal confirm with --yes.';
  return typed.trim().toLowerCase() === 'erase' ? null : 'It was not confirmed.';
};

const already = (customer: string, { name, erasedAt, optOuts }: Remembered): Answer => ({
  code: EXIT.done,
  json: { customer, erased: true, already: true, hash: name, erasedAt: new Date(erasedAt).toISOString() },
  text: paragraph(
    `That address was erased from ${customer} already, on ${new Date(erasedAt).toISOString().slice(0, 10)}. Heed keeps its keyed hash and ${optOuts.length === 0 ? 'no opt-out' : 'the opt-out'} under it, and nothing else.`,
  ),
});
