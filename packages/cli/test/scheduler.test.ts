import { fakeClock } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';
import type { Cron } from '../src/composition/cron.ts';
import { type Scheduled, startScheduler } from '../src/scheduler/scheduler.ts';

/** A cron that ticks when the test says so, and, like the real one, never while a tick is under way. */
const handCron = () => {
  const ticks = new Map<string, () => Promise<void>>();
  const stopped: string[] = [];
  const cron: Cron = {
    start({ expression, tick }) {
      let busy = false;
      ticks.set(expression, async () => {
        if (busy) return;
        busy = true;
        await tick();
        busy = false;
      });
      return { nextRuns: () => [new Date(Number(expression) * 1_000)], stop: () => void stopped.push(expression) };
    },
  };
  return { cron, stopped, tick: (expression: string) => ticks.get(expression)?.() ?? Promise.resolve() };
};

/** Runs that end when the test says so. */
const openRuns = () => {
  const under = new Map<string, (how: 'ran' | 'busy') => void>();
  const began: string[] = [];
  const run = (job: Scheduled): Promise<'ran' | 'busy'> => {
    began.push(job.id);
    return new Promise((resolve) => under.set(job.id, resolve));
  };
  const end = async (id: string, how: 'ran' | 'busy' = 'ran'): Promise<void> => {
    under.get(id)?.(how);
    under.delete(id);
    await settled();
  };
  return { run, end, began, running: () => [...under.keys()] };
};

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

const jobs: readonly Scheduled[] = [
  { id: 'acme/one', customer: 'acme', cron: '30', timezone: 'UTC' },
  { id: 'acme/two', customer: 'acme', cron: '10', timezone: 'UTC' },
  { id: 'bolt/one', customer: 'bolt', cron: '20', timezone: 'UTC' },
];

const begin = () => {
  const hand = handCron();
  const runs = openRuns();
  const clock = fakeClock();
  const stop = new AbortController();
  const scheduler = startScheduler(jobs, {
    cron: hand.cron,
    clock,
    signal: stop.signal,
    run: runs.run,
    report: () => {},
  });
  return { ...hand, ...runs, clock, stop, scheduler };
};

describe('the scheduler', () => {
  it('says what runs next, soonest first', () => {
    expect(
      begin()
        .scheduler.next()
        .map(({ id }) => id),
    ).toEqual(['acme/two', 'bolt/one', 'acme/one']);
  });

  it('runs profiles of one customer in turn and loses no tick; other customers run beside them', async () => {
    const { tick, running, end } = begin();
    void tick('30');
    void tick('10');
    void tick('20');
    await settled();
    expect(running()).toEqual(['acme/one', 'bolt/one']);
    await end('acme/one');
    expect(running()).toEqual(['bolt/one', 'acme/two']);
  });

  it('leaves out ticks of a profile that runs or waits already', async () => {
    const { tick, began, end } = begin();
    void tick('30');
    void tick('30');
    await settled();
    await end('acme/one');
    void tick('30');
    await settled();
    expect(began).toEqual(['acme/one', 'acme/one']);
  });

  it('waits for its turn while another process has the customer', async () => {
    const { tick, began, end, clock } = begin();
    void tick('30');
    await settled();
    await end('acme/one', 'busy');
    expect(began).toEqual(['acme/one']);
    await clock.advance(5_000);
    await settled();
    expect(began).toEqual(['acme/one', 'acme/one']);
  });

  it('ends when the run under way has ended, and begins nothing that was waiting', async () => {
    const { tick, began, end, stop, scheduler, stopped } = begin();
    void tick('30');
    void tick('10');
    await settled();
    let ended = false;
    void scheduler.ended.then(() => {
      ended = true;
    });
    stop.abort();
    await settled();
    expect([ended, stopped]).toEqual([false, ['30', '10', '20']]);
    await end('acme/one');
    expect([ended, began]).toEqual([true, ['acme/one']]);
  });
});
