import type { Act } from './acts.ts';
import { type Diary, expectedAfter, fits, type Look, mayBeOptedOut, showsOptOut } from './expected.ts';
import type { Moment, Plan } from './plan.ts';
import { isWrite, type Stage, type World } from './world.ts';

/** What became of a seed. */
export interface Played {
  readonly seed: number;
  /** Everything that is not as it has to be, a line each. */
  readonly wrong: readonly string[];
  /** Of each sync that was started to be killed: where it was, or how it ended instead. */
  readonly kills: readonly string[];
  readonly killed: number;
  /** Syncs until nothing was left to do. */
  readonly syncs: number;
}

/** Pauses between the syncs after the last kill: what was set aside waits for up to a day. */
const PAUSES_MS = [10, 20, 90, 360, 1_500, 1_500, 1_500].map((minutes) => minutes * 60_000);
const STEP_MS = 10 * 60_000;
/** Within the five minutes in which nobody believes two clocks: only who knows that it was Heed's own write gets it right (C8). */
const COME_BACK_MS = 60_000;

/** Plays a seed to its end. */
export const playSeed = async (plan: Plan, stage: Stage): Promise<Played> => {
  const world = await stage.world(plan.setup, plan.base);
  world.begin(plan.first);
  const since = [...(plan.first ? plan.base : []), ...plan.before];
  const diary: Diary = { known: plan.first ? [] : plan.base, since };
  world.people(plan.before, STEP_MS);
  const judge = judgeOf(world, plan);
  const wrong = [...judge(diary)];
  const { salesforce, mailchimp } = world;
  salesforce.faults(plan.faults.salesforce);
  mailchimp.faults(plan.faults.mailchimp);
  const kills: Killed[] = [];
  const doNow = (more: readonly Act[], laterMs = STEP_MS): void => {
    world.people(more, laterMs);
    since.push(...more);
  };
  const attempt = async (moment: Moment): Promise<void> => {
    const one = await killAt(moment, world);
    kills.push(one);
    wrong.push(...judge(diary).map((line) => `after ${one.text}: ${line}`));
  };
  for (const [i, moment] of plan.moments.entries()) {
    if (i === 1) doNow(plan.after);
    await attempt(moment);
    if (i === 0) doNow(plan.back, COME_BACK_MS);
  }
  if (plan.moments.length === 1) doNow(plan.after);
  for (const { acts: more, moment } of plan.spare) {
    if (kills.some(({ killed }) => killed)) break;
    doNow(more);
    await attempt(moment);
  }
  salesforce.faults([]);
  mailchimp.faults([]);
  const { syncs, lines } = await settle(world, () => judge(diary));
  wrong.push(
    ...lines,
    ...differences(world.look(), expectedAfter(diary, plan.setup.rules)).map((line) => `in the end: ${line}`),
  );
  const verified = await world.heed(0, 'ledger', 'verify', 'acme');
  if (verified.code !== 0) wrong.push(`ledger verify: exit ${verified.code}: ${verified.said}`);
  const killed = kills.filter((one) => one.killed).length;
  return { seed: plan.seed, wrong, kills: kills.map(({ text }) => text), killed, syncs };
};

interface Killed {
  readonly killed: boolean;
  readonly text: string;
}

/** Starts a sync and kills it with -9 at the moment, or lets it end if the moment does not come. */
const killAt = async ({ of, call, delayMs }: Moment, world: World): Promise<Killed> => {
  const { child, ended } = world.start('sync', 'acme', '--yes', '--json');
  let seen = 0;
  let at = '';
  world.watch((served) => {
    if (of === 'writes' && !isWrite(served)) return;
    seen += 1;
    if (seen !== call) return;
    at = `${served.method} ${served.path.split('?')[0]}`;
    if (delayMs === 0) child.kill('SIGKILL');
    else setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  const { code, signal, stderr } = await ended;
  await world.quiet();
  world.watch(() => {});
  if (signal === 'SIGKILL') return { killed: true, text: `kill -9 ${delayMs} ms after ${of} ${call}, ${at}` };
  if (code === 2 || code === 6 || code === null) throw new Error(`a sync ended with ${code}: ${stderr}`);
  return { killed: false, text: `a sync that ended by itself, exit ${code}` };
};

/** Syncs without faults until one has nothing to do and says so. */
const settle = async (
  world: World,
  judge: () => readonly string[],
): Promise<{ readonly syncs: number; readonly lines: readonly string[] }> => {
  const lines: string[] = [];
  let last = '';
  for (const [i, pause] of PAUSES_MS.entries()) {
    const before = world.writes();
    const { code, said } = await world.heed(pause, 'sync', 'acme', '--yes');
    lines.push(...judge().map((line) => `after sync ${i + 1}: ${line}`));
    const wrote = world.writes() - before;
    if (code === 0 && wrote === 0) return { syncs: i + 1, lines: [...lines, ...(await onceMore(world))] };
    last = `exit ${code}, ${wrote} records written: ${said}`;
  }
  return { syncs: PAUSES_MS.length, lines: [...lines, `does not become quiet: ${last.slice(0, 2_000)}`] };
};

/** Everything read again from the beginning, and still nothing to do: what is quiet is also right. */
const onceMore = async (world: World): Promise<readonly string[]> => {
  const before = world.writes();
  const { code, said } = await world.heed(STEP_MS, 'sync', 'acme', '--yes', '--full');
  const wrote = world.writes() - before;
  return code === 0 && wrote === 0
    ? []
    : [`a further full sync: exit ${code}, wrote ${wrote} records: ${said.slice(0, 2_000)}`];
};

/** What must never be, not even for a moment between two syncs. */
const judgeOf = (world: World, plan: Plan) => {
  const wereOut = new Map<string, readonly string[]>();
  return (diary: Diary): readonly string[] => {
    const look = world.look();
    const expected = expectedAfter(diary, plan.setup.rules);
    const may = mayBeOptedOut(expected);
    const lines: string[] = [];
    for (const [key, texts] of look) {
      if (texts.some(showsOptOut) && !may.has(key)) lines.push(`${key} was opted out, and nobody asked for it`);
      if (texts.length > Math.max(1, expected.get(key)?.length ?? 0))
        lines.push(`${key} is there ${texts.length} times`);
      const was = wereOut.get(key);
      const cameBack = expected.get(key)?.every((text) => text.endsWith(', subscribed')) === true;
      if (was?.every(showsOptOut) === true && !texts.every(showsOptOut) && !cameBack)
        lines.push(`${key} is mailable again`);
      wereOut.set(key, texts);
    }
    return lines;
  };
};

/** Where two looks differ, a line each. */
const differences = (found: Look, expected: Look): readonly string[] =>
  [...new Set([...found.keys(), ...expected.keys()])].flatMap((key) => {
    const [is, should] = [found.get(key) ?? ['absent'], expected.get(key) ?? ['absent']];
    const same = is.length === should.length && is.every((text, i) => fits(text, should[i] ?? ''));
    return same ? [] : [`${key} is ${is.join(' and ')}, should be ${should.join(' and ')}`];
  });
