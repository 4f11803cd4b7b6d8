import type { Reply } from '@heed/sandbox';
import { tableNamed } from '../state/account.ts';
import { NsError } from '../state/ns-error.ts';
import { nameOf } from '../state/shown.ts';
import { type Call, collection } from './answers.ts';
import { permittedTable } from './record-operations.ts';

/**
 * `Accept: application/vnd.oracle.resource+json; type=select-options` on POST or PATCH: the values that the fields of
 * `?fields=` can take. The form of the answer is a guess.
 */
export function selectOptions(call: Call): Reply {
  if (call.method !== 'POST' && call.method !== 'PATCH') {
    throw new NsError(400, 'INVALID_HEADER', 'Select options are available for POST and PATCH requests.', {
      header: 'Accept',
    });
  }
  const table = permittedTable(call.world, call.params.record ?? '', 'view');
  const items = (call.query.get('fields') ?? '').split(',').flatMap((name) => {
    const field = table.field(name.trim());
    if (field === undefined) return [];
    const target = field.references === null ? undefined : tableNamed(call.world.state, field.references);
    const options =
      target === undefined
        ? field.choices.map(({ id, label }) => ({ id, refName: label }))
        : [...target.rows()].map((row) => ({ id: row.id, refName: nameOf(target, row) }));
    return [{ field: field.name, items: options }];
  });
  return collection({ items, count: items.length, hasMore: false, offset: 0, totalResults: items.length });
}
