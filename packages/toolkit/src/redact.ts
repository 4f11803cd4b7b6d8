import { ConnectorError } from '@heed/contract';

const NAMED_SECRET =
  /((?:access_|refresh_|id_)?token|secret|password|passwd|assertion|signature|api[-_]?key|client_secret|code_verifier)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/giu;
const QUERY_SECRET = /([?&](?:key|sid|sig|code|hapikey|auth)=)[^&\s"']+/giu;
const AUTHORIZATION = /\b(Bearer|Basic|OAuth|Token)\s+[\w.~+/=!-]{6,}/giu;
const JWT = /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/gu;
/** Salesforce session ids: the organisation's id, an exclamation mark, the key. */
const SESSION = /\b00D\w{12,15}![\w.]+/gu;
const USER_INFO = /(\/\/)[^\s/@]+@/gu;
const ADDRESS = /[^\s@<>()[\]{}"'`,;:=/?&|]+(?:@|%40)[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/giu;
/** Keys and digests; an MD5 of an address is as personal as the address. */
const LONG_HEX = /\b[\da-f]{24,}(?:-\w{2,6})?\b/giu;
const LONG_BASE64 = /[A-Za-z0-9+/_-]{32,}={0,2}/gu;

/** The patterns above look at a long word again from each of its letters: 100 kB of one word would take them twenty seconds. */
const LONGEST_LOOKED_AT = 4_000;

/** Cut at a space, so that no half of a token is left that nobody would know for one. */
const bounded = (text: string): string => {
  if (text.length <= LONGEST_LOOKED_AT) return text;
  const start = text.slice(0, LONGEST_LOOKED_AT);
  return `${start.slice(0, Math.max(0, ...[' ', '\n', '\t'].map((space) => start.lastIndexOf(space))))}…`;
};

/**
 * The text without e-mail addresses, tokens, keys and secrets in URLs, and no more than its first 4,000 characters. Rather
 * too much than too little: a long word of letters and digits goes, too.
 */
export const redact = (text: string): string =>
  bounded(text)
    .replace(AUTHORIZATION, '$1 [redacted]')
    .replace(JWT, '[redacted]')
    .replace(SESSION, '[redacted]')
    .replace(NAMED_SECRET, '$1$2[redacted]')
    .replace(QUERY_SECRET, '$1[redacted]')
    .replace(USER_INFO, '$1[redacted]@')
    .replace(ADDRESS, '[address]')
    .replace(LONG_HEX, '[redacted]')
    .replace(LONG_BASE64, (word) => (looksRandom(word) ? '[redacted]' : word));

const LONGEST_MESSAGE = 400;

/** What may be shown, logged and stored of an error: its message without secrets and addresses, and the network's code. */
export const safeMessage = (error: unknown): string => {
  const text = redact(error instanceof Error ? wordsOf(error) : typeof error === 'string' ? error : 'unknown error');
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
};

const wordsOf = (error: Error): string => {
  if (error instanceof ConnectorError) return error.message;
  const code = codeOf(error) ?? codeOf(error.cause);
  const message = error.message || error.name;
  return code === null || message.includes(code) ? message : `${message} (${code})`;
};

const codeOf = (error: unknown): string | null => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
};

/** Paths and camel-case names are long words as well, but they seldom mix digits with both cases. */
const looksRandom = (word: string): boolean => /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
