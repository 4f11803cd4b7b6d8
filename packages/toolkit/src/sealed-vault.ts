import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ConnectorError, type TokenVault } from '@heed/contract';

/** Where the sealed bytes are kept. `save` resolves when they are durable. */
export interface SealedStorage {
  load(): Promise<Uint8Array | null>;
  save(sealed: Uint8Array): Promise<void>;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/**
 * Tokens sealed with the customer's key file (AES-256-GCM; the key is derived from `key`, at least 32 random bytes).
 * `label` names customer and connection: sealed tokens of one cannot be passed off as another's.
 * Loading throws `config` if the bytes were sealed with another key or label, or were changed.
 */
export const sealedVault = (key: Uint8Array, storage: SealedStorage, label: string): TokenVault => {
  if (key.length < 32) throw new RangeError('a key has at least 32 bytes');
  const sealKey = Buffer.from(hkdfSync('sha256', key, '', 'heed token vault', 32));
  return {
    async load() {
      const sealed = await storage.load();
      return sealed === null ? null : open(sealKey, label, sealed);
    },
    save: (tokens) => storage.save(seal(sealKey, label, tokens)),
  };
};

/** A vault that forgets with the process: for connections without rotated tokens, and for tests. */
export const memoryVault = (tokens: Readonly<Record<string, string>> | null = null): TokenVault => {
  let kept = tokens;
  return {
    load: async () => kept,
    async save(fresh) {
      kept = { ...fresh };
    },
  };
};

const seal = (key: Buffer, label: string, tokens: Readonly<Record<string, string>>): Uint8Array => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(label));
  const hidden = Buffer.concat([cipher.update(JSON.stringify(tokens), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, hidden, cipher.getAuthTag()]);
};

const open = (key: Buffer, label: string, bytes: Uint8Array): Readonly<Record<string, string>> => {
  const sealed = Buffer.from(bytes);
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) throw unreadable();
  try {
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const opener = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(label))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([opener.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES)), opener.final()]);
    return JSON.parse(plain.toString('utf8')) as Record<string, string>;
  } catch {
    throw unreadable();
  }
};

const unreadable = (): ConnectorError =>
  new ConnectorError(
    'config',
    'the stored tokens do not open with this key file: restore the key file, or sign in again for fresh tokens',
  );
