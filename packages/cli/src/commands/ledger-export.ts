import { EXIT, rememberedOf } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { readAddress } from '../people/address.ts';
import { rememberedJson, rememberedText } from '../people/show-erasure.ts';
import { iso, moment } from '../terminal/words.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

/** Every ledger entry that names an address, oldest first. */
export const run: Command = async (invocation, [name = '', given]) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const address = await readAddress(invocation, given);
  const store = workspace.container.get(TOKENS.State).customer(customer.name);
  const remembered = await rememberedOf(store, address);
  const entries = await store.entriesOf(remembered?.name ?? address);
  const said =
    entries.length === 0
      ? `The ledger of ${customer.name} has nothing about ${address}.`
      : entries
          .map(
            ({ n, at, kind, body }) => `${n}  ${moment(at)}  ${kind}\n${indented(JSON.stringify(body, readable, 2))}`,
          )
          .join('\n');
  return {
    code: EXIT.done,
    json: {
      customer: customer.name,
      address,
      ...(remembered === null ? {} : { erased: rememberedJson(remembered) }),
      entries: entries.map((one) => ({ ...one, at: iso(one.at) })),
    },
    text: remembered === null ? said : `${rememberedText(customer.name, remembered)}\n${said}`,
  };
};

const MOMENTS = new Set(['at', 'from', 'until', 'since']);

/** Moments as people read them; `--json` has what the chain was made of. */
const readable = (key: string, value: unknown): unknown =>
  MOMENTS.has(key) && typeof value === 'number' ? iso(value) : value;

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');
