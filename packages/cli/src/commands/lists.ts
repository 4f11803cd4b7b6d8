import { EXIT } from '@heed/core';
import type { Command } from '../invocation.ts';
import { lookInto } from '../runs/look-into.ts';
import { type Column, table } from '../terminal/table.ts';
import { count } from '../terminal/words.ts';

const COLUMNS: readonly Column[] = [
  { title: 'kind' },
  { title: 'id' },
  { title: 'name', flexible: true },
  { title: 'size', align: 'right' },
];

/** Lists, audiences and topics of one system, with the ids that profiles use. */
export const run: Command = (invocation, args, options) =>
  lookInto(invocation, args, options, ({ connection, title, schema }) => {
    const { audiences, lists, topics } = schema;
    const rows = [
      ...[...audiences, ...lists].map((one) => [one.kind, one.id, one.name, one.size === null ? '' : count(one.size)]),
      ...topics.map((topic) => [topic.kind, topic.id, topic.name, '']),
    ];
    return {
      code: EXIT.done,
      json: { connection, audiences, lists, topics },
      text: rows.length === 0 ? `${title} shows no lists.` : table(COLUMNS, rows),
    };
  });
