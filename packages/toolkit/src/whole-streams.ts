import type { Millis, Row } from '@heed/contract';
import type { Position } from './read-cursor.ts';
import type { Stream, StreamPage } from './windowed-read.ts';

/** The rows of streams from a time on, one stream after the other, page by page: for a look that nobody resumes. */
export async function* wholeStreams(
  streams: readonly Stream[],
  since: Millis | null,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[], void, undefined> {
  for (const stream of streams) {
    for (let place: Position | null = { at: since, id: null }; place !== null; ) {
      const page: StreamPage = await stream.fetch(place, signal);
      yield page.rows;
      place = page.next;
    }
  }
}
