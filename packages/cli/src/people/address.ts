import { userInfo } from 'node:os';
import { type AddressKey, addressKey } from '@heed/core';
import { type Invocation, type Options, UsageError } from '../invocation.ts';

/** The address as given, or for `-` the one line of standard input, so that it is in no shell history. */
export const readAddress = async (invocation: Invocation, given: string | undefined): Promise<AddressKey> => {
  const lines = given === '-' ? (await invocation.readInput()).trim().split(/\s*\n\s*/) : [given ?? ''];
  // Taking the first of many would lose the others without a word: whoever pipes a list means all of it.
  if (lines.length > 1)
    throw new UsageError(`Standard input holds ${lines.length} lines; one address is taken at a time.`);
  const text = lines[0] ?? '';
  const key = addressKey(text);
  if (key !== null) return key;
  const what = given === '-' ? 'What was read from standard input' : 'The ADDRESS that was given';
  throw new UsageError(`${what} is not an e-mail address.`);
};

/** Who decides, for the ledger. */
export const actorOf = (options: Options): string => {
  if (typeof options.by === 'string' && options.by.trim() !== '') return options.by.trim();
  try {
    return userInfo().username;
  } catch {
    return 'unknown user';
  }
};
