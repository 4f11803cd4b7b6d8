import { ALL_MAIL, isMostlySubscribers } from '@heed/core';
import { bold, red } from '../terminal/paint.ts';
import { paragraph } from '../terminal/text.ts';
import { count, plural } from '../terminal/words.ts';
import { delimiterName } from './delimiter.ts';
import type { BrokenLines, DraftedFile } from './draft-file.ts';
import type { ListShape } from './list-lines.ts';

const SHOWN = 100;

export interface ShownList {
  /** As the operator named it. */
  readonly file: string;
  readonly customer: string;
  readonly shape: ListShape;
  readonly read: DraftedFile;
}

/** What the list opts people out of. */
export const mailOf = ({ read, customer }: ShownList): string => {
  const { topic } = read.drafted.reach;
  return topic === ALL_MAIL ? `all mail of ${customer}` : `the topic ${topic} of ${customer}`;
};

/** The loud part: null unless most of the addresses are those of active subscribers. */
export const subscriberWarning = (shown: ShownList): string | null => {
  const { read } = shown;
  return isMostlySubscribers(read)
    ? `WARNING: ${count(read.subscribed)} of these ${plural(read.addresses, 'address', 'addresses')} ARE ACTIVE SUBSCRIBERS. This looks like the list of subscribers, not of opt-outs. Importing it unsubscribes them from ${mailOf(shown)}, and nobody but each person can undo it (C6a, C7).`
    : null;
};

/** What the file holds, how it was read, and what is wrong with it; for people. */
export const listText = (shown: ShownList): string => {
  const { file, shape, read } = shown;
  const { column, encoding, delimiter } = shape;
  const where = column === null ? 'it is empty' : `column ${column.header ? `"${column.name}"` : column.name}`;
  const header = column === null || column.header ? '' : ', no header';
  const warning = subscriberWarning(shown);
  return [
    paragraph(`${file}: ${where}${header}, ${encoding}, delimiter ${delimiterName(delimiter)}.`),
    `  ${bold(plural(read.addresses, 'distinct valid address', 'distinct valid addresses'))} in ${plural(read.rows, 'row')}`,
    `  ${count(read.already)} opted out by a list already: nothing new`,
    `  ${plural(read.subscribed, 'active subscriber')}, as was last read`,
    ...brokenText(read.broken),
    ...(warning === null ? [] : ['', red(bold(paragraph(warning))), '']),
  ].join('\n');
};

const brokenText = ({ count: all, lines }: BrokenLines): readonly string[] => {
  if (all === 0) return [];
  const shown = lines.slice(0, SHOWN).map(({ line, reason }) => `    line ${line}: ${reason}`);
  const more = all > SHOWN ? [`    and ${count(all - SHOWN)} more; --json has up to 10,000 of them`] : [];
  return [`  ${plural(all, 'broken line')}, left out:`, ...shown, ...more];
};

/** The same for programs. */
export const listJson = (shown: ShownList) => {
  const { customer, file, shape, read } = shown;
  const { reach } = read.drafted;
  return {
    customer,
    file,
    list: read.drafted.list,
    connection: reach.connection === '' ? null : reach.connection,
    topic: reach.topic === ALL_MAIL ? null : reach.topic,
    column: shape.column?.name ?? null,
    header: shape.column?.header ?? false,
    encoding: shape.encoding,
    delimiter: shape.delimiter,
    rows: read.rows,
    addresses: read.addresses,
    already: read.already,
    subscribed: read.subscribed,
    warning: subscriberWarning(shown),
    broken: read.broken,
  };
};
