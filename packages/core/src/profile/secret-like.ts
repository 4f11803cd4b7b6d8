/** Beginnings and shapes of tokens that vendors hand out. */
const KNOWN = [
  /-----BEGIN/,
  /^[0-9a-f]{20,}-[a-z]{2}\d{1,3}$/i, // Mailchimp API key, data centre as suffix
  /^pat-[a-z]{2}\d-/i, // HubSpot private app
  /^(sk|rk|pk)[_-](live|test|[a-z]+)[_-]/i,
  /^(gh[opsu]|github_pat|glpat|xox[abprs])[_-]/i,
  /^eyJ[\w-]{10,}\./, // JSON Web Token
  /^00D[A-Za-z0-9]{12,15}!/, // Salesforce session
  /^3MVG[\w.]{20,}/, // Salesforce consumer key
  /^5Aep[\w.]{20,}/, // Salesforce refresh token
  /^AKIA[A-Z0-9]{16}$/,
  /^md-[\w-]{20,}$/,
];
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const TOKEN_LETTERS = /^[\w+/=.~!-]{24,}$/;

/** Shannon entropy, in bits per letter. */
const bitsPerLetter = (text: string): number => {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Letters and digits take turns in a random text and keep together in a name that people chose. */
const turns = (text: string): number => (text.match(/[a-z](?=\d)|\d(?=[a-z])/gi) ?? []).length;

const isRandom = (word: string): boolean =>
  TOKEN_LETTERS.test(word) && !UUID.test(word) && bitsPerLetter(word) > 3.2 && turns(word) >= 4;

/** True if a literal looks like a token or a key. Wrong now and then in both directions, so it is a net, not a wall. */
export const looksLikeSecret = (text: string): boolean =>
  text.split(/[\s,;"']+/).some((word) => {
    if (KNOWN.some((shape) => shape.test(word))) return true;
    // A path or address is judged part by part: /run/secrets/acme-sf.pem is long but nobody's token.
    return isRandom(word) && word.split('/').some((part) => part === word || isRandom(part));
  });

/** For messages: the text in quotes, shortened, or a note in its place if it might be a secret. */
export const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : String(value);
  if (looksLikeSecret(text)) return '(not shown, it looks like a secret)';
  const oneLine = text.replaceAll(/\s+/g, ' ');
  return `"${oneLine.length > 60 ? `${oneLine.slice(0, 57)}...` : oneLine}"`;
};
