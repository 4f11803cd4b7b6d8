import { type AddressKey, addressKey } from '@heed/core';

export type Cell = { readonly address: AddressKey } | { readonly broken: string };

/** Blanks of every kind around a cell, with those that nobody sees. */
const AROUND = /^[\s\u200b-\u200d\u2060\ufeff]+|[\s\u200b-\u200d\u2060\ufeff]+$/gu;
/** `Doe, Jane <jane@example.org>`: the address stands at the end. */
const NAMED = /^(?<name>[^<>]*)<(?<address>[^<>]*)>$/u;

/** What our own export, and others, put in front of a cell that a spreadsheet would take for a formula. */
const DEFUSED = /^'(?=[=+\-@])/u;

/** `"jane@example.org"` once more in quotes, as some programs write it. */
const unquoted = (text: string): string => /^"(?<inner>[^"]*)"$/u.exec(text)?.groups?.inner ?? text;

/** The address in a cell, with or without a display name, `mailto:` and blanks; or why there is none. Never quotes the cell. */
export const addressIn = (cell: string): Cell => {
  const text = unquoted(cell.replaceAll(AROUND, '')).replaceAll(AROUND, '').replace(DEFUSED, '');
  if (text === '') return { broken: 'no address' };
  const named = NAMED.exec(text)?.groups?.address ?? text;
  const bare = named.replaceAll(AROUND, '').replace(/^mailto:/iu, '');
  const key = bare.includes('\ufffd') ? null : addressKey(bare);
  return key === null ? { broken: whyNone(bare) } : { address: key };
};

const whyNone = (text: string): string => {
  if (text.includes('\ufffd')) return 'characters that the encoding does not have';
  const signs = text.split('@').length - 1;
  if (signs === 0) return 'not an e-mail address: no @';
  if (signs > 1) return 'more than one @: one address a line is taken';
  return 'not an e-mail address';
};
