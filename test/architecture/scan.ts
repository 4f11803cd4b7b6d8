/** One module that a file imports. */
export interface Import {
  readonly from: string;
  /** `import type`, `export type`: gone at run time. */
  readonly typeOnly: boolean;
  /** `import('...')`: loaded when it is reached. */
  readonly dynamic: boolean;
}

/** A TypeScript text without its comments, and the same without the insides of its strings too. Lines stay where they were. */
export interface Scanned {
  readonly uncommented: string;
  readonly code: string;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)|(?<=[(,=:[!&|?{};>\n]\s*|return\s+)\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*|[{}]/gy;

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Good enough for our own formatted sources: comments, strings, templates with their expressions, regular expressions. */
export const scan = (text: string): Scanned => {
  let uncommented = '';
  let code = '';
  // For each open brace, whether a template goes on behind it.
  const braces: boolean[] = [];
  const put = (kept: string, hidden: string): void => {
    uncommented += kept;
    code += hidden;
  };
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? text[at] ?? '';
    at += token.length;
    if (token.startsWith('//') || token.startsWith('/*')) put(blank(token), blank(token));
    else if (token === '{') {
      braces.push(false);
      put(token, token);
    } else if (token === '}') {
      put(token, token);
      if (braces.pop() !== true) continue;
      const rest = /^(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/.exec(text.slice(at))?.[0] ?? '';
      at += rest.length;
      if (rest.endsWith('${')) braces.push(true);
      put(rest, blank(rest));
    } else if (token.length > 1) {
      if (token.startsWith('`') && token.endsWith('${')) braces.push(true);
      put(token, `${token[0]}${blank(token.slice(1, -1))}${token.at(-1)}`);
    } else put(token, token);
  }
  return { uncommented, code };
};

const STATIC = /\b(?:import|export)\s+(type\s)?[\w*\s{},$]*?\bfrom\s*'([^'\n]+)'/g;
const BARE = /\bimport\s*'([^'\n]+)'/g;
const DYNAMIC = /\bimport\s*\(\s*(?:'([^'\n]+)'|([^)]*))/g;

/** What a text imports. A dynamic import of something computed is told as `computed`. */
export const importsIn = ({ uncommented, code }: Scanned): readonly Import[] => {
  // What stands in a string is no import.
  const found = (pattern: RegExp) =>
    [...uncommented.matchAll(pattern)].filter(({ 0: all, index }) => code.startsWith(all.slice(0, 6), index));
  return [
    ...found(STATIC).map(([, type, from = '']) => ({ from, typeOnly: type !== undefined, dynamic: false })),
    ...found(BARE).map(([, from = '']) => ({ from, typeOnly: false, dynamic: false })),
    ...found(DYNAMIC).map(([, from = 'computed']) => ({ from, typeOnly: false, dynamic: true })),
  ];
};
