import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ConnectorError } from '@heed/contract';

/** A JWT in its compact form; `sign` gets the text that is signed and answers the signature as JWTs want it (RFC 7515). */
export const signedJwt = (header: object, claims: object, sign: (text: Buffer) => Buffer): string => {
  const [head, body] = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = `${head}.${body}`;
  return `${text}.${sign(Buffer.from(text)).toString('base64url')}`;
};

/** The setting `auth.privateKey`, a PEM. Throws `config`; `who` begins the message. */
export const privateKeyOf = (pem: string, who: string): KeyObject => {
  try {
    // Environment variables often hold the lines of a PEM with `\n` written out.
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new ConnectorError('config', `${who}: auth.privateKey is no private key in PEM form without a passphrase`);
  }
};
