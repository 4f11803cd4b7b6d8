/** What a spreadsheet takes for the beginning of a formula; the wide forms are what some input methods write. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;

/** One field, in quotes; what a spreadsheet would run has a quote in front that it does not show. */
const field = (value: string): string => {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
};

/** One line of CSV without its end, safe to open in a spreadsheet. */
export const csvLine = (values: readonly string[]): string => values.map(field).join(',');
