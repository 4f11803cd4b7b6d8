import { addressIn } from './address-cell.ts';
import { UnreadableList } from './unreadable-list.ts';

/** Where the addresses stand. */
export interface AddressColumn {
  /** From 0. */
  readonly index: number;
  /** As the header calls it, or `column 2`. */
  readonly name: string;
  readonly header: boolean;
  /** Columns of the first row. */
  readonly width: number;
}

const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
const letters = (name: string): string => plain(name).replaceAll(/[^\p{L}]/gu, '');

/** `Email`, `E-Mail-Adresse`, `Courriel`; what says something about mails (`Email Opt-Out`, `Last mail sent`) does not count. */
const looksLikeAddresses = (name: string): boolean =>
  /e?mail|courriel|correo|epost/u.test(letters(name)) &&
  !/opt|status|state|sent|date|time|type|bounce|valid|format|consent|count|open|click|subject|domain|permission|reason|source|template|campaign|list|frequency|verified/u.test(
    letters(name),
  );

const inQuotes = (names: readonly string[]): string =>
  names.map((name) => (name.trim() === '' ? '(no name)' : `"${name.trim().slice(0, 60)}"`)).join(', ');

const columnNamed = (names: readonly string[], wanted: string): AddressColumn => {
  const same = names.flatMap((name, i) => (plain(name) === plain(wanted) ? [i] : []));
  const exact = same.filter((i) => names[i]?.trim() === wanted.trim());
  const found = same.length > 1 ? exact : same;
  const [index] = found;
  if (index !== undefined && found.length === 1)
    return { index, name: names[index]?.trim() ?? '', header: true, width: names.length };
  if (/^[1-9]\d{0,3}$/.test(wanted) && Number(wanted) <= names.length) {
    const at = Number(wanted) - 1;
    return { index: at, name: names[at]?.trim() ?? '', header: true, width: names.length };
  }
  const what = same.length > 1 ? `more than one column is called "${wanted}"` : `there is no column "${wanted}"`;
  throw new UnreadableList(
    `${what[0]?.toUpperCase()}${what.slice(1)}. The columns are ${inQuotes(names)}; a number (--column 2) counts from the left.`,
  );
};

/** Without a header, whose cells would be people's addresses: never quoted. */
const columnWithoutHeader = (cells: readonly string[], wanted: string | null): AddressColumn => {
  const of = (index: number): AddressColumn => ({
    index,
    name: `column ${index + 1}`,
    header: false,
    width: cells.length,
  });
  if (wanted !== null) {
    if (/^[1-9]\d{0,3}$/.test(wanted) && Number(wanted) <= cells.length) return of(Number(wanted) - 1);
    throw new UnreadableList(
      `The file begins with an address and so has no names of columns; give its number: --column 1 to ${cells.length}.`,
    );
  }
  const withAddress = cells.flatMap((cell, i) => ('address' in addressIn(cell) ? [i] : []));
  const [index] = withAddress.length > 0 ? withAddress : cells.flatMap((cell, i) => (cell.includes('@') ? [i] : []));
  if (index !== undefined && withAddress.length <= 1) return of(index);
  throw new UnreadableList(
    `The file has no header, and ${withAddress.length} columns of its first row hold an address; give the number of the right one: --column ${withAddress.map((i) => i + 1).join(' or --column ')}`,
  );
};

/**
 * Finds the column of the addresses by the first row: the one that is asked for by name or number, else the only one that is
 * called like one. A first row with an `@` in it is no header. Throws an error that names the columns.
 */
export const findAddressColumn = (first: readonly string[], wanted: string | null): AddressColumn => {
  if (first.some((cell) => cell.includes('@'))) return columnWithoutHeader(first, wanted);
  if (wanted !== null) return columnNamed(first, wanted);
  const candidates = first.length === 1 ? [0] : first.flatMap((name, i) => (looksLikeAddresses(name) ? [i] : []));
  const [index] = candidates;
  if (index !== undefined && candidates.length === 1)
    return { index, name: first[index]?.trim() ?? '', header: true, width: first.length };
  const what =
    candidates.length === 0
      ? 'No column is called like one of e-mail addresses'
      : `${candidates.length} columns are called like one of e-mail addresses`;
  throw new UnreadableList(`${what}. Choose one with --column NAME; the columns are ${inQuotes(first)}.`);
};
