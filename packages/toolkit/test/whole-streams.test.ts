import { bareRow, type Position, type Stream, wholeStreams } from '@heed/toolkit';
import { expect, it } from 'vitest';

/** As many pages as told, of one row each. */
const stream = (name: string, pages: number, asked: (Position | null)[]): Stream => ({
  name,
  async fetch(from) {
    asked.push(from);
    const page = Number(from?.id ?? 0) + 1;
    const rows = [bareRow({ type: name, id: `${page}` }, null)];
    return { rows, next: page === pages ? null : { at: 5, id: `${page}` }, total: null };
  },
});

it('every page of every stream is read, each stream from the given time on', async () => {
  const asked: (Position | null)[] = [];
  const found: string[] = [];
  const streams = [stream('a', 2, asked), stream('b', 1, asked)];
  for await (const rows of wholeStreams(streams, 5, new AbortController().signal))
    found.push(...rows.map(({ record }) => `${record.type}${record.id}`));
  expect(found).toEqual(['a1', 'a2', 'b1']);
  expect(asked).toEqual([
    { at: 5, id: null },
    { at: 5, id: '1' },
    { at: 5, id: null },
  ]);
});
