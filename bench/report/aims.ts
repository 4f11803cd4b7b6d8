import { sumOf } from '../least-calls.ts';
import { MAIN, pairOf } from '../pairs.ts';
import { callsOf, caseTitle, type Measured, type Results } from '../results.ts';
import { engineUsPerContact } from './engine-cpu.ts';

/** One aim, and what was measured. `met` is null if this run did not measure it. */
export interface Aim {
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean | null;
}

const CALLS_RATIO = 1.02;
const CALLS_MORE = 2;
const SPEED = 0.9;
const ENGINE_US = 60;
const MEMORY = 1.15;
/** "As fast": within what two runs of the same differ by anyway. */
const AS_FAST = 1.1;

const people = (count: number): string => count.toLocaleString('en-US');

export const aimsOf = (results: Results): readonly Aim[] => [
  ...callAims(results),
  ...results.measured.filter(({ name }) => name === 'nothing').map(nothingAim),
  ...speedAims(results),
  ...engineAims(results),
  memoryAim(results),
  ...optOutAims(results),
];

const callAims = ({ measured }: Results): readonly Aim[] =>
  measured.flatMap((one) => {
    if (one.least === null) return [];
    const [made, least] = [callsOf(one), sumOf(one.least)];
    return {
      aim: `${titleOf(one)}: calls at most ${CALLS_RATIO} times the least, plus ${CALLS_MORE}`,
      measured: `${people(made)} of at least ${people(least)} (${(made / least).toFixed(2)} times)`,
      met: made <= CALLS_RATIO * least + CALLS_MORE,
    };
  });

const nothingAim = (one: Measured): Aim => {
  const differs = (['crm', 'marketing'] as const).flatMap((side) => {
    const least = one.least?.[side] ?? {};
    const kinds = new Set([...Object.keys(least), ...Object.keys(one[side])]);
    return [...kinds].filter((kind) => (one[side][kind] ?? 0) !== (least[kind]?.calls ?? 0));
  });
  return {
    aim: `${titleOf(one)}: exactly the calls of docs/reads.md, and no write`,
    measured: `${differs.length === 0 ? 'exactly those' : `differs in ${differs.join(', ')}`}; ${one.writes} writes`,
    met: differs.length === 0 && one.writes === 0,
  };
};

const speedAims = ({ measured, comparisons }: Results): readonly Aim[] =>
  measured
    .filter(({ name, pair }) => name === 'first' && pair === MAIN)
    .flatMap((one) => {
      const raw = comparisons.find(({ name, contacts }) => name === 'raw loop' && contacts === one.contacts);
      if (raw === undefined) return [];
      const ratio = raw.seconds / one.seconds;
      return {
        aim: `${titleOf(one)}: at least ${SPEED} of the raw loop's speed`,
        measured: `${ratio.toFixed(2)} (${one.seconds.toFixed(1)} s, raw loop ${raw.seconds.toFixed(1)} s)`,
        met: ratio >= SPEED,
      };
    });

const engineAims = ({ measured, profiled }: Results): readonly Aim[] => {
  const firsts = measured.filter(({ name, pair }) => name === 'first' && pair === MAIN);
  const sameSize = firsts.find(({ contacts }) => contacts === profiled?.contacts);
  return firsts.flatMap((one) => {
    const us = engineUsPerContact(one, sameSize, profiled);
    if (us === null) return [];
    return {
      aim: `${titleOf(one)}: at most ${ENGINE_US} microseconds of engine CPU a contact`,
      measured: `${us.toFixed(0)} (whole process: ${(one.cpuUs / one.contacts).toFixed(0)})`,
      met: us <= ENGINE_US,
    };
  });
};

const memoryAim = ({ measured }: Results): Aim => {
  const peak = (contacts: number): number | undefined =>
    measured.find((one) => one.name === 'first' && one.pair === MAIN && one.contacts === contacts)?.peakBytes;
  const [small, large] = [peak(10_000), peak(100_000)];
  const ratio = small === undefined || large === undefined ? null : large / small;
  return {
    aim: `peak memory at 100,000 at most ${MEMORY} times that at 10,000`,
    measured: ratio === null ? 'not measured' : ratio.toFixed(2),
    met: ratio === null ? null : ratio <= MEMORY,
  };
};

const optOutAims = ({ optOutTimes }: Results): readonly Aim[] =>
  (['marketing', 'crm'] as const).map((from) => {
    const times = optOutTimes.filter((one) => one.pair === MAIN && one.from === from);
    const alone = times.find((one) => one.behind === 0);
    const behind = times.find((one) => one.behind > 0);
    const aim = `opt-outs made in ${pairOf(MAIN)[from]} behind a backlog as fast as alone (within ${AS_FAST} times)`;
    if (alone === undefined || behind === undefined) return { aim, measured: 'not measured', met: null };
    const [fast, slow] = [alone.readBackSeconds, behind.readBackSeconds];
    if (fast === null || slow === null) return { aim, measured: 'never read back', met: false };
    return {
      aim,
      measured: `${slow.toFixed(1)} s, alone ${fast.toFixed(1)} s`,
      met: slow <= fast * AS_FAST,
    };
  });

const titleOf = (one: Measured): string => `${caseTitle(one)}, ${people(one.contacts)}`;
