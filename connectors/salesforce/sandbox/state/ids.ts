const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const suffixes = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The three characters that make a 15-character id safe for systems that ignore case: one bit per capital. */
function suffix(id15: string): string {
  return [0, 5, 10]
    .map((start) => {
      let bits = 0;
      for (let i = 0; i < 5; i += 1) {
        const c = id15.charAt(start + i);
        if (c >= 'A' && c <= 'Z') bits |= 1 << i;
      }
      return suffixes.charAt(bits);
    })
    .join('');
}

/**
 * The nth id of an object, 18 characters; later numbers sort after earlier ones, as the vendor's do.
 * @param keyPrefix three characters, such as `003` for Contact
 */
export function makeId(keyPrefix: string, sequence: number): string {
  let rest = sequence;
  let tail = '';
  while (tail.length < 8) {
    tail = digits.charAt(rest % 62) + tail;
    rest = Math.floor(rest / 62);
  }
  const id15 = `${keyPrefix}Hs00${tail}`.slice(0, 15);
  return id15 + suffix(id15);
}

/**
 * The 18-character form of an id given in 15 (case-sensitive) or 18 characters.
 * @returns undefined for anything that is not an id
 */
export function to18(id: string): string | undefined {
  if (!/^[0-9A-Za-z]+$/.test(id)) return undefined;
  if (id.length === 15) return id + suffix(id);
  if (id.length !== 18) return undefined;
  return id.slice(0, 15) + suffix(id.slice(0, 15)) === id ? id : undefined;
}
