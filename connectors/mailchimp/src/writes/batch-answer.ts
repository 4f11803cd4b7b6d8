import { ConnectorError } from '@heed/contract';
import { inDoubt } from '@heed/toolkit';
import { hashOf } from '../address-hash.ts';
import type { Api } from '../api.ts';
import type { WireBatchAnswer, WireBatchError, WireMember } from '../wire.ts';

/** What a batch of members answered, by hash: its lists come in no promised order, and may lack somebody. */
export interface ItemAnswers {
  readonly created: ReadonlyMap<string, WireMember>;
  readonly updated: ReadonlyMap<string, WireMember>;
  readonly errors: ReadonlyMap<string, WireBatchError>;
}

export const answersOf = (answer: WireBatchAnswer): ItemAnswers => ({
  created: new Map(answer.new_members.map((member) => [member.id, member])),
  updated: new Map(answer.updated_members.map((member) => [member.id, member])),
  errors: new Map(answer.errors.map((error) => [hashOf(error.email_address), error])),
});

export const unmentioned = (): ConnectorError =>
  new ConnectorError('protocol', 'add members: the answer does not mention this member', { mayHaveApplied: true });

/** Archives whom a batch brought to life. What keeps that from happening leaves in doubt what became of the member. */
export const putBack = async (api: Api, hash: string, signal: AbortSignal): Promise<void> => {
  try {
    await api.archive(hash, signal);
  } catch (error) {
    throw inDoubt(error);
  }
};

/** A request that was refused as a whole has done nothing: null. Anything else is thrown. */
export const nullIfRefused = (error: unknown): null => {
  const refused = error instanceof ConnectorError && (error.kind === 'invalid' || error.kind === 'refused');
  if (refused && error.details.mayHaveApplied !== true) return null;
  throw error;
};
