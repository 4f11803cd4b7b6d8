import stringWidth from 'string-width';
import { harmless } from './harmless.ts';

/** What fits a terminal, a log and a mail. */
export const WIDTH = 80;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes, wide scripts counted as the terminal shows them. */
export const widthOf = (text: string): number => stringWidth(text);

/** A word longer than the line is cut in two, never in the middle of a letter. */
const cutAt = (word: string, width: number): readonly string[] => {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== '' && widthOf(piece) + widthOf(segment) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, piece];
};

/** Lines of at most `width` columns, broken at spaces where there are some. */
export const wrapped = (text: string, width: number = WIDTH): readonly string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    const indent = /^ */.exec(paragraph)?.[0] ?? '';
    let line = '';
    for (const word of paragraph
      .trimStart()
      .split(' ')
      .flatMap((one) => cutAt(one, width - indent.length))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && indent.length + widthOf(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line].map((one) => indent + one);
  });

/** A paragraph that fits 80 columns, every line behind `indent`, the first one behind `first`. */
export const paragraph = (text: string, indent = '', first: string = indent): string =>
  wrapped(text, WIDTH - widthOf(indent))
    .map(harmless)
    .map((line, i) => `${i === 0 ? first : indent}${line}`)
    .join('\n');
