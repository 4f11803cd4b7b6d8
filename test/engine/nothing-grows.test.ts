import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { contact, plainSyncs, plainSystem } from './plain-systems.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Counts what passed earlier and is still held by anybody. */
const watching = () => {
  const passed: Record<'rows' | 'ops', WeakRef<object>[]> = { rows: [], ops: [] };
  const held: Record<'rows' | 'ops', number[]> = { rows: [], ops: [] };
  return {
    held,
    passing(what: 'rows' | 'ops', things: readonly object[]): void {
      collectGarbage();
      passed[what] = passed[what].filter((one) => one.deref() !== undefined);
      held[what].push(passed[what].length);
      passed[what].push(...things.map((one) => new WeakRef(one)));
    },
  };
};

const PEOPLE = 4_400;
const PAGE = 400;

describe('a run', () => {
  it('holds a page or two of what it reads and a batch of what it writes, however large the audience', async () => {
    const [crm, marketing] = [plainSystem(), plainSystem()];
    const [read, written] = [watching(), watching()];
    crm.pageRows = PAGE;
    crm.passing = read.passing;
    marketing.passing = (what, things) => {
      marketing.written.length = 0;
      marketing.requests.length = 0;
      written.passing(what, things);
    };
    for (let n = 0; n < PEOPLE; n += 1) {
      const one = contact(`003${n}`, `p${n}@example.org`, { Title: 'Dr' });
      crm.rows.set(one.record.id, one);
    }
    const syncs = plainSyncs(crm, marketing);
    await syncs.sync();
    syncs.done();

    expect(marketing.rows.size).toBe(PEOPLE);
    expect(read.held.rows.length).toBeGreaterThanOrEqual(PEOPLE / PAGE);
    // One is written down while the next is asked for.
    expect(Math.max(...read.held.rows)).toBeLessThanOrEqual(2 * PAGE);
    // By the second batch nobody holds the first.
    expect(written.held.ops).toEqual([0, 0]);
  });
});
