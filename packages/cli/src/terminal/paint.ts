import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours on a terminal only; NO_COLOR and FORCE_COLOR are obeyed. */
const paint =
  (style: Style) =>
  (text: string): string =>
    styleText(style, text, { stream: process.stdout });

export const bold = paint('bold');
export const green = paint('green');
export const red = paint('red');
export const cyan = paint('cyan');
