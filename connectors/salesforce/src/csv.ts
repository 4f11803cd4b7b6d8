import { ConnectorError } from '@heed/contract';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** A table as the vendor's jobs carry it: text only, every row as long as the header. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads the CSV of a job's results: RFC 4180 with LF or CRLF, header in the first row; nothing is trimmed. An empty text is an
 * empty table. Throws `protocol` without a word of what stands in it.
 */
export const readCsv = (name: string, csv: string): Table => {
  let lines: string[][];
  try {
    lines = parse(csv, { bom: true, record_delimiter: ['\r\n', '\n'] });
  } catch {
    throw new ConnectorError('protocol', `salesforce ${name}: the answer is no CSV`);
  }
  const [header = [], ...rows] = lines;
  return { header, rows };
};

/** How a job is told to empty a field: an empty cell leaves it as it is (notes, 2.2). */
export const NULL_CELL = '#N/A';

/**
 * A job's upload: LF, commas, everything quoted except cells without a value, which stay empty. Text goes as it is, with its
 * spaces, line breaks and whatever a spreadsheet would take for a formula.
 */
export const writeCsv = (header: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string =>
  stringify([header, ...rows], { record_delimiter: '\n', quoted: true, quoted_empty: false });
