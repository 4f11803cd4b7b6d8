import { SqlError } from './ast.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign' | 'end';
  /** Words in lower case; text and numbers as they are meant. */
  readonly text: string;
  /** As written. */
  readonly written: string;
}

const PATTERN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|'((?:[^']|'')*)'|"([^"]+)"|(\d+(?:\.\d+)?)|([A-Za-z_][\w$#]*)|(<>|!=|<=|>=|\|\||[=<>(),.*?+-])/gy;

/** Splits SuiteQL into its words and signs. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < sql.length) {
    const at = PATTERN.lastIndex;
    const found = PATTERN.exec(sql);
    if (found === null) throw new SqlError(`Search error occurred: Syntax error at '${sql.slice(at, at + 20)}'.`);
    const [written, text, quoted, number, word, sign] = found;
    if (text !== undefined) tokens.push({ kind: 'string', text: text.replaceAll("''", "'"), written });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.toLowerCase(), written: quoted });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, written });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), written });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign === '!=' ? '<>' : sign, written });
  }
  tokens.push({ kind: 'end', text: '', written: 'end of query' });
  return tokens;
}
