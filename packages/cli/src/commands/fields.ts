import type { FieldSchema } from '@heed/contract';
import { EXIT } from '@heed/core';
import type { Command } from '../invocation.ts';
import { lookInto } from '../runs/look-into.ts';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'field', flexible: true },
  { title: 'label', flexible: true },
  { title: 'type' },
  { title: 'writable' },
  { title: 'options', flexible: true },
];
const OPTIONS_SHOWN = 6;

const optionsOf = ({ options }: FieldSchema): string => {
  if (options === null) return '';
  const more = options.length > OPTIONS_SHOWN ? ` and ${options.length - OPTIONS_SHOWN} more` : '';
  return options.slice(0, OPTIONS_SHOWN).join(', ') + more;
};

/** The fields of one system, by record type. */
export const run: Command = (invocation, args, options) =>
  lookInto(invocation, args, options, ({ connection, schema }) => ({
    code: EXIT.done,
    json: { connection, recordTypes: schema.recordTypes },
    text: schema.recordTypes
      .map(({ name, label, fields, standardOptOut, notCreatable }) => {
        const rows = fields.map((field) => [
          field.name,
          field.label,
          field.type,
          field.writable ? 'yes' : 'no',
          optionsOf(field),
        ]);
        const parts = [`${bold(name)} (${label})`];
        parts.push(
          rows.length === 0
            ? '  No fields: name an audience with --audience ID.'
            : table(COLUMNS, rows, { indent: '  ' }),
        );
        if (standardOptOut !== null && 'missing' in standardOptOut)
          parts.push(`  ! ${standardOptOut.missing} cannot be seen: ${standardOptOut.fix}`);
        if (notCreatable !== null) parts.push(`  ! cannot be created: ${notCreatable}`);
        return parts.join('\n');
      })
      .join('\n\n'),
  }));
