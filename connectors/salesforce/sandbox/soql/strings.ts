import { SoqlError } from './query.ts';

/**
 * Quoted string escapes, as the SOQL reference lists them ("Quoted String Escape Sequences"): newline, return, tab,
 * bell, form feed, both quotes, backslash, \uXXXX. "If you use a backslash character in any other context, an error
 * occurs"; \_ and \% are allowed in LIKE only.
 */
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

interface Character {
  readonly text: string;
  /** True for a % or _ that stands for itself because it was escaped. */
  readonly literal: boolean;
}

function* characters(raw: string, inLike: boolean): Generator<Character> {
  for (let i = 0; i < raw.length; i += 1) {
    const c = raw.charAt(i);
    if (c !== '\\') {
      yield { text: c, literal: false };
      continue;
    }
    i += 1;
    const next = raw.charAt(i);
    const escaped = escapes[next];
    if (escaped !== undefined) yield { text: escaped, literal: true };
    else if (inLike && (next === '%' || next === '_')) yield { text: next, literal: true };
    else if (next === 'u' || next === 'U') {
      const hex = raw.slice(i + 1, i + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) {
        throw malformed(raw, `Illegal unicode sequence. '\\${next}${hex}' in string literal.`);
      }
      yield { text: String.fromCharCode(Number.parseInt(hex, 16)), literal: true };
      i += 4;
    } else throw malformed(raw, `Illegal character sequence '\\${next}' in string literal.`);
  }
}

function malformed(raw: string, why: string): SoqlError {
  return new SoqlError('MALFORMED_QUERY', `Invalid string literal '${raw}'. ${why}`);
}

/** The value of a quoted string outside LIKE. */
export function unescapeString(raw: string): string {
  return [...characters(raw, false)].map((c) => c.text).join('');
}

/** A LIKE pattern as a test: `%` any run, `_` one character, case ignored, both escapable by a backslash. */
export function likePattern(raw: string): (value: string) => boolean {
  const source = [...characters(raw, true)]
    .map(({ text, literal }) => {
      if (!literal && text === '%') return '[^]*';
      if (!literal && text === '_') return '[^]';
      return text.toLowerCase().replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    })
    .join('');
  const pattern = new RegExp(`^${source}$`);
  return (value) => pattern.test(value.toLowerCase());
}
