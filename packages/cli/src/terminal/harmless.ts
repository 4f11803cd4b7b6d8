// Names, lists and accounts are what people and vendors called them: what could steer a terminal is never written to one.

const STEERING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** The styles of paint.ts, and a new line, are our own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OURS_OR_STEERING = /\u001b\[(?:1|22|31|32|36|39)m|\n|[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A value on one line; what could steer a terminal is shown as a dot. */
export const harmless = (text: string): string => text.replaceAll(STEERING, '·');

/** A whole output, which keeps its lines and our own styles; the net under `harmless`. */
export const steadyText = (text: string): string =>
  text.replaceAll(OURS_OR_STEERING, (found) => (found === '\n' || found.length > 1 ? found : '·'));

/** JSON in which nothing steers a terminal either: the same value, with such characters escaped. */
export const asJson = (value: unknown, indented = false): string =>
  JSON.stringify(value, null, indented ? 2 : undefined).replaceAll(STEERING, (found) =>
    found === '\n' ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
