import type { Millis } from '@heed/contract';
import type { Hold } from '../consent/guards.ts';
import type { Shadow, System } from '../state/shadow.ts';
import type { OpenSystem } from './engine.ts';
import { putHold } from './holds.ts';
import { breathe, type Run } from './run-state.ts';

const PAGE = 1_000;

export const eachUnseen = async (
  run: Run,
  system: System,
  before: Millis,
  work: (shadows: readonly Shadow[]) => Promise<void>,
): Promise<void> => {
  let after: Shadow['record'] | null = null;
  for (;;) {
    const page: readonly Shadow[] = await run.engine.store.unseen(system, before, after, PAGE);
    if (page.length === 0) return;
    await breathe(run);
    await work(page);
    after = page.at(-1)?.record ?? null;
  }
};

export const countUnseen = async (run: Run, system: System, startedAt: Millis): Promise<number> => {
  let n = 0;
  await eachUnseen(run, system, startedAt, async (page) => {
    n += page.length;
  });
  return n;
};

/** What we conclude about records that no row told us of. */
export const keep = async (run: Run, system: System, shadows: readonly Shadow[]): Promise<void> => {
  if (shadows.length === 0) return;
  const dirty = shadows.flatMap((shadow) => shadow.address ?? []);
  const page = { system, run: run.id, shadows, facts: [], intents: [], dirty, dirtyFields: [], cursor: null };
  await run.engine.store.commitPage(run.lease, page, run.engine.clock.now());
};

/** A system that reads whole again takes back the doubt about itself, not one about the other. */
export const isDoubt =
  ({ connector }: OpenSystem) =>
  ({ kind, why }: Hold): boolean =>
    kind === 'empty-side' && why.startsWith(connector.title);

export const disbelieve = async (run: Run, title: string, what: string, shown: number, had: number): Promise<void> => {
  run.cautious = true;
  const why = `${title} shows ${shown} ${what} where it had ${had}; what is missing proves nothing (C24)`;
  await putHold(run, { kind: 'empty-side', people: 0, set: null, why });
};
