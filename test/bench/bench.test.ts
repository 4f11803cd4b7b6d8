// The benchmark itself, on a handful of people: that its parts run and count what they should. How long anything takes is
// nothing to test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sumOf } from '../../bench/least-calls.ts';
import { MAIN } from '../../bench/pairs.ts';
import { aimsOf } from '../../bench/report/aims.ts';
import { textOf } from '../../bench/report/text.ts';
import { callsOf, type Measured, type Results } from '../../bench/results.ts';

const SCRIPT = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const SMALL = ['--sizes', '60', '--opt-outs', '25', '--sample', '2', '--latency', '0,0', '--source'];
const folder = mkdtempSync(join(tmpdir(), 'heed-bench-test-'));
let results: Results;

beforeAll(() => {
  const only = ['--only', 'sync,opt-outs,comparisons', '--pairs', MAIN, '--out', folder];
  execFileSync(process.execPath, ['--conditions=@heed/source', SCRIPT, ...SMALL, ...only], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.json'));
  results = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Results;
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const one = (name: Measured['name']): Measured => {
  const found = results.measured.find((measured) => measured.name === name);
  if (found === undefined) throw new Error(`nothing was measured of ${name}`);
  return found;
};

describe('a run of the benchmark', () => {
  it('measures every case, each as a sync that ended well', () => {
    const names = ['first', 'settling', 'nothing', 'changed', 'fromMarketing', 'fromCrm'];
    expect(results.failures).toEqual([]);
    expect(results.measured.map(({ name }) => name)).toEqual(names);
    for (const { status, owed, refused, cpuUs, peakBytes, bytes } of results.measured) {
      expect({ status, owed, refused }).toEqual({ status: 'done', owed: 0, refused: 0 });
      expect(Math.min(cpuUs, bytes)).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(10_000_000);
    }
  });

  it('counts calls and writes at the other end of the wire', () => {
    expect(one('first').marketing['POST /lists/{audience}']).toBe(1);
    expect(one('first').writes).toBe(1);
    expect(one('changed').marketing['PATCH /members/{hash}']).toBe(1);
    expect(one('fromMarketing').crm['PATCH /composite/sobjects']).toBe(1);
    expect(one('fromCrm').marketing['POST /lists/{audience}']).toBe(1);
  });

  it('nothing changed: the calls of docs/reads.md, and no write', () => {
    const quiet = one('nothing');
    expect({ calls: callsOf(quiet), writes: quiet.writes }).toEqual({
      calls: quiet.least === null ? -1 : sumOf(quiet.least),
      writes: 0,
    });
  });

  it('sees when opt-outs were read back', () => {
    const seen = results.optOutTimes.map(({ from, people, behind, readBackSeconds, shownSeconds, waitedSeconds }) => ({
      ...{ from, people, behind },
      isSeen: [waitedSeconds, shownSeconds, readBackSeconds].every((seconds) => seconds !== null && seconds > 0),
    }));
    expect(seen).toEqual([
      { from: 'marketing', people: 25, behind: 0, isSeen: true },
      { from: 'crm', people: 25, behind: 0, isSeen: true },
    ]);
  });

  it('runs the raw loop and the plain script beside it', () => {
    expect(results.comparisons.map(({ name, contacts, calls }) => ({ name, contacts, calls }))).toEqual([
      { name: 'raw loop', contacts: 60, calls: 2 },
      { name: 'plain script', contacts: 2, calls: 3 },
    ]);
  });

  it('says on what machine, and which aims are met', () => {
    expect(results.machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
    expect(Object.keys(results.machine.sdks)).toEqual(['jsforce', '@mailchimp/mailchimp_marketing']);
    const text = textOf(results);
    for (const { aim } of aimsOf(results)) expect(text).toContain(aim);
  });
});

describe('the aims', () => {
  const aims = (measured: readonly Measured[], more: Partial<Results> = {}) =>
    aimsOf({ ...results, comparisons: [], optOutTimes: [], profiled: null, ...more, measured });
  const met = (list: ReturnType<typeof aims>, word: string) =>
    list.filter(({ aim }) => aim.includes(word)).map((aim) => aim.met);

  it('calls: one more than 1.02 times the least plus two is not met', () => {
    const quiet = one('nothing');
    const calls = sumOf(quiet.least ?? { crm: {}, marketing: {} });
    const making = (made: number): Measured => ({ ...quiet, crm: { 'GET /x': made }, marketing: {} });
    expect(met(aims([making(calls + 2)]), 'plus 2')).toEqual([true]);
    expect(met(aims([making(calls + 3)]), 'plus 2')).toEqual([false]);
    expect(met(aims([making(calls)]), 'exactly')).toEqual([false]);
    expect(met(aims([quiet]), 'exactly')).toEqual([true]);
    expect(met(aims([{ ...quiet, writes: 1 }]), 'exactly')).toEqual([false]);
  });

  it('memory: compares 100,000 with 10,000, and nothing else', () => {
    const peak = (contacts: number, peakBytes: number): Measured => ({ ...one('first'), contacts, peakBytes });
    expect(met(aims([peak(10_000, 100), peak(100_000, 115)]), 'memory')).toEqual([true]);
    expect(met(aims([peak(10_000, 100), peak(100_000, 116)]), 'memory')).toEqual([false]);
    expect(met(aims([peak(1_000, 100), peak(10_000, 300)]), 'memory')).toEqual([null]);
  });

  it('opt-outs: as fast behind a backlog as alone; never read back is not met', () => {
    const time = (behind: number, readBackSeconds: number | null) => ({
      ...({
        pair: MAIN,
        from: 'marketing',
        people: 1,
        shownSeconds: 1,
        waitedSeconds: 0,
        syncs: 1,
        approvals: 0,
      } as const),
      ...{ behind, readBackSeconds },
    });
    const isMet = (behind: number | null) =>
      met(aims([], { optOutTimes: [time(0, 10), time(100_000, behind)] }), 'made in mailchimp');
    expect([isMet(11), isMet(12), isMet(null)]).toEqual([[true], [false], [false]]);
  });
});
