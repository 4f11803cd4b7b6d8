/** External ids have letters, digits, `_` and `-` only (section_156334828635). */
const OTHERS = /[^A-Za-z0-9-]/gu;

/** A reference of ours as an external id: what may not stand in one, and `_` itself, becomes `_` and the hex of its UTF-8 bytes. */
export const externalIdOf = (reference: string): string =>
  reference.replace(OTHERS, (character) =>
    [...Buffer.from(character)].map((byte) => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** The reference in an external id; what was not made by `externalIdOf` is somebody else's, and handed on as it is. */
export const referenceIn = (externalId: string): string => {
  const bytes: number[] = [];
  for (let at = 0; at < externalId.length; at += 1) {
    const hex = externalId[at] === '_' ? externalId.slice(at + 1, at + 3) : null;
    if (hex === null) bytes.push(externalId.charCodeAt(at));
    else if (/^[0-9A-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else return externalId;
  }
  const reference = Buffer.from(bytes).toString();
  return externalIdOf(reference) === externalId && !/\p{Cc}/u.test(reference) ? reference : externalId;
};
