import { UnreadableList } from './unreadable-list.ts';

const KNOWN = [',', ';', '\t', '|'] as const;
const NAMES: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
};
const LINES_LOOKED_AT = 20;

/** A spreadsheet's own first line, `sep=;`: it names the delimiter and is no row. */
const NAMED_IN_FILE = /^sep=(?<delimiter>[^\r\n"])(?:\r\n|\n|\r)/iu;

/** `--delimiter`: a character, or comma, semicolon, tab, pipe. */
export const delimiterNamed = (given: string): string => {
  const delimiter = NAMES[given.toLowerCase()] ?? given;
  if ([...delimiter].length !== 1 || /["\r\n]/.test(delimiter))
    throw new UnreadableList('--delimiter takes one character, or one of comma, semicolon, tab, pipe.');
  return delimiter;
};

/** How a delimiter is called in messages. */
export const delimiterName = (delimiter: string): string =>
  Object.entries(NAMES).find(([, one]) => one === delimiter)?.[0] ?? delimiter;

/** How often each delimiter stands outside of quotes, line by line. */
const countsOf = (head: string): readonly ReadonlyMap<string, number>[] => {
  const lines: Map<string, number>[] = [new Map()];
  let quoted = false;
  let text = false;
  for (const sign of head) {
    if (sign === '"') quoted = !quoted;
    if (quoted) continue;
    if (sign === '\n' || sign === '\r') {
      if (text) lines.push(new Map());
      if (lines.length > LINES_LOOKED_AT) break;
      text = false;
      continue;
    }
    text = true;
    const line = lines.at(-1);
    if ((KNOWN as readonly string[]).includes(sign)) line?.set(sign, (line.get(sign) ?? 0) + 1);
  }
  // The last line has no text, or was cut off in the middle; unless it is the only one.
  return lines.length > 1 ? lines.slice(0, -1) : lines;
};

/**
 * The delimiter that stands in most lines of the head, and most often in the first; a comma if none does: then there is one
 * column. An address may hold a `|` itself, so that one line with it means nothing.
 */
export const detectDelimiter = (head: string): { readonly delimiter: string; readonly named: boolean } => {
  const named = NAMED_IN_FILE.exec(head)?.groups?.delimiter;
  if (named !== undefined) return { delimiter: named, named: true };
  const lines = countsOf(head);
  const ranked = KNOWN.map((delimiter) => ({
    delimiter,
    lines: lines.filter((line) => line.has(delimiter)).length,
    first: lines[0]?.get(delimiter) ?? 0,
  }))
    .filter((one) => one.lines * 2 > lines.length)
    .sort((a, b) => b.lines - a.lines || b.first - a.first);
  return { delimiter: ranked[0]?.delimiter ?? ',', named: false };
};
