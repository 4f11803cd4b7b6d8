import { parse } from 'csv-parse/sync';
import { type ColumnDelimiter, columnDelimiters, JobFailure, type LineEnding, lineEndings } from './job.ts';

/** CSV as the Bulk API reads and writes it ("Prepare CSV Files"). */

const maxColumns = 5000;
const maxCellCharacters = 32_000;
const maxRowCharacters = 400_000;

interface Upload {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface CsvForm {
  readonly columnDelimiter: ColumnDelimiter;
  readonly lineEnding: LineEnding;
}

/** The ending of the first line, which tells whether the job was declared right; undefined for a single line. */
function endingOf(text: string): LineEnding | undefined {
  const end = text.indexOf('\n');
  if (end < 0) return undefined;
  return text.charAt(end - 1) === '\r' ? 'CRLF' : 'LF';
}

/** @throws JobFailure for what makes the whole job fail */
export function readUpload(text: string, { columnDelimiter, lineEnding }: CsvForm): Upload {
  const found = endingOf(text);
  if (found !== undefined && found !== lineEnding) {
    const why = `LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`;
    throw new JobFailure(`ClientInputError : ${why}`);
  }
  const [columns = [], ...rows] = records(text, columnDelimiter, lineEnding);
  if (columns.length > maxColumns) throw new JobFailure(`InvalidBatch : More than ${maxColumns} fields`);
  for (const [index, row] of rows.entries()) checkRow(row, columns.length, index + 1);
  return { columns, rows };
}

function records(text: string, delimiter: ColumnDelimiter, ending: LineEnding): readonly (readonly string[])[] {
  try {
    return parse(text, {
      delimiter: columnDelimiters[delimiter],
      record_delimiter: lineEndings[ending],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new JobFailure(`ClientInputError : Failed to parse CSV: ${reason}`);
  }
}

function checkRow(row: readonly string[], columns: number, number: number): void {
  if (row.length !== columns) {
    throw new JobFailure(`InvalidBatch : Row ${number} has ${row.length} columns, the header has ${columns}`);
  }
  const characters = row.reduce((sum, cell) => sum + cell.length, 0);
  if (characters > maxRowCharacters || row.some((cell) => cell.length > maxCellCharacters)) {
    throw new JobFailure(
      `InvalidBatch : Row ${number} is larger than ${maxCellCharacters} characters a field or ${maxRowCharacters} a record`,
    );
  }
}

/** A line without its ending, every field quoted. */
export function csvLine(cells: readonly string[], delimiter: ColumnDelimiter): string {
  return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(columnDelimiters[delimiter]);
}

export function csvText(lines: readonly string[], ending: LineEnding): string {
  return lines.map((line) => line + lineEndings[ending]).join('');
}
