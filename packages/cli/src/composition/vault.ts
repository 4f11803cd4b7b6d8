import { existsSync } from 'node:fs';
import type { TokenVault } from '@heed/contract';
import { sealedVault } from '@heed/toolkit';
import { tokenFile, tokenPath } from './token-file.ts';

/**
 * The sealed tokens of one connection in the state folder. The key is asked for when there is something to open or to
 * seal, so that a command that only looks makes no state folder.
 */
export const connectionVault = (
  stateDir: string,
  customer: string,
  connection: string,
  key: () => Uint8Array,
): TokenVault => {
  const vault = (): TokenVault =>
    sealedVault(key(), tokenFile(stateDir, customer, connection), `${customer}/${connection}`);
  return {
    load: async () => (existsSync(tokenPath(stateDir, customer, connection)) ? vault().load() : null),
    save: (tokens) => vault().save(tokens),
  };
};
