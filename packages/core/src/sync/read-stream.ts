import type { Page } from '@heed/contract';
import { forgetConsent, isBlind } from './consent-read.ts';
import { ingest } from './ingest.ts';
import { breathe, isConnectorError, type Run, sideOf } from './run-state.ts';
import type { Ask } from './stream.ts';

/** A read that began this much before us is a resumed one. */
const RESUMED_MS = 2_000;

/**
 * Reads one stream to its end, a commit per page. A read that another run began long ago ends where that run was, so what
 * changed since is read at once.
 */
export const readStream = async (
  run: Run,
  side: 'crm' | 'marketing',
  name: 'members' | 'consent' | 'records',
  stream: string,
  ask: Ask,
  between: () => Promise<void> = async () => {},
): Promise<void> => {
  const began = sideOf(run, side).open.session.now();
  for (let again = false; ; again = true) {
    const last = await readOnce(run, side, name, stream, ask, between);
    // Only a resumed read can end so long before us, and only once; else the vendor's clocks disagree with each other.
    if (last === null || again || last.readAt + RESUMED_MS >= began) return;
  }
};

/** Reads, and where the vendor no longer accepts the cursor once more from the beginning, with all that belongs to one. */
export const orAnew = async (run: Run, stream: string, read: () => Promise<void>): Promise<void> => {
  try {
    await read();
  } catch (error) {
    if (!isStale(error)) throw error;
    await run.engine.store.dropCursor(run.lease, stream);
    await read();
  }
};

export const isStale = (error: unknown): boolean => isConnectorError(error) && error.kind === 'stale';

const readOnce = async (
  run: Run,
  side: 'crm' | 'marketing',
  name: 'members' | 'consent' | 'records',
  stream: string,
  ask: Ask,
  between: () => Promise<void>,
): Promise<Page | null> => {
  const { open } = sideOf(run, side);
  const after = await run.engine.store.cursor(stream);
  const lists = ask.lists?.map((list) => list.id) ?? null;
  let last: Page | null = null;
  let done = 0;
  for await (const page of ahead(open.session.read({ ...ask, after }, run.signal))) {
    await breathe(run);
    if (side === 'crm' && page.rows.some((row) => isBlind(run, row))) await forgetConsent(run);
    await ingest(run, {
      side,
      rows: page.rows,
      readAt: page.readAt,
      lists,
      cursor: { stream, next: page.next },
      columns: ask,
      forFields: name === 'records',
    });
    done += page.rows.length;
    const doing = `reading ${open.connector.title} (${name})`;
    run.engine.progress({ profile: run.view.profile.id, doing, done, of: page.total });
    last = page;
    if (!page.last) await between();
  }
  return last;
};

/**
 * Asks for the next page while the last one is written down. A cursor is durable only with the rows before it, so a page that
 * was asked for and never taken is simply asked for again.
 */
async function* ahead(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const source = pages[Symbol.asyncIterator]();
  try {
    let coming = source.next();
    for (;;) {
      const { value, done } = await coming;
      if (done) return;
      coming = source.next();
      coming.catch(() => {}); // told when it is waited for
      yield value;
    }
  } finally {
    await source.return?.();
  }
}
