import type { Answered } from '../../scenarios/runner/heed.ts';
import type { FaultCase } from './fault-case.ts';
import { differences, harm, type Records } from './records.ts';
import { STEP_MS, type World } from './world.ts';

/** What both systems look like without any fault: as they were, when all was carried, and with what people did later. */
export interface Undisturbed {
  readonly before: Records;
  readonly carried: Records;
  readonly later: Records;
}

/** What was set aside is tried again after a quarter of an hour. */
const SET_ASIDE_MS = 15 * 60_000;

const SYNC = ['sync', 'acme'];

/** The twin that no fault touches; every case is compared with it. */
export const playUndisturbed = async (world: World): Promise<Undisturbed> => {
  const settled = async (): Promise<Records> => {
    for (let i = 0; i < 3; i += 1) {
      world.time.later(STEP_MS);
      await world.heed(...SYNC);
    }
    return world.records();
  };
  world.beginCase();
  const before = await world.records();
  const carried = await settled();
  world.actLater();
  return { before, carried, later: await settled() };
};

/** Plays a case to its end; answers everything that is not as it has to be, a line each. */
export const playCase = async (one: FaultCase, world: World, undisturbed: Undisturbed): Promise<readonly string[]> => {
  const twin = without(undisturbed, one.goneForGood ?? []);
  world.beginCase();
  const noise = listenToNoise();
  try {
    const system = world[one.system];
    const undo = await one.begin?.(world);
    if (one.laterIsMeanwhile) world.actLater();
    system.faults(typeof one.rules === 'function' ? one.rules(world) : (one.rules ?? []));
    world.time.later(one.stepMs ?? STEP_MS);
    const answered = await world.heed(...(one.command ?? SYNC));
    system.faults([]);
    await undo?.();
    const after = await world.records();
    const wasMet = one.rules === undefined || system.calls().some(({ fault }) => fault !== undefined);
    const lines = [
      ...reported(one, answered, world).map((line) => `the report: ${line}`),
      ...harm(after, twin.before, twin.carried, twin.later)
        .filter((line) => one.mayShow?.test(line) !== true)
        .map((line) => `after the fault: ${line}`),
      ...(one.isHidden ? [] : claims(answered, differences(after, one.laterIsMeanwhile ? twin.later : twin.carried))),
      ...differences(only(after, one.carriedAnyway), only(twin.carried, one.carriedAnyway)),
      ...(one.alsoWrong?.(world) ?? []),
    ];
    if (!wasMet) lines.push('the fault was never met');
    if (!one.laterIsMeanwhile) world.actLater();
    world.time.later(one.waitMs ?? SET_ASIDE_MS);
    return [...lines, ...(await recovered(one, world, twin)), ...noise.heard.map((line) => `on the console: ${line}`)];
  } finally {
    noise.stop();
  }
};

const only = (records: Records, keys: readonly string[] = []): Records =>
  new Map([...records].filter(([key]) => keys.includes(key)));

const without = ({ before, carried, later }: Undisturbed, keys: readonly string[]): Undisturbed => {
  const rest = (records: Records): Records => new Map([...records].filter(([key]) => !keys.includes(key)));
  return { before: rest(before), carried: rest(carried), later: rest(later) };
};

/** One or two syncs later it is as if nothing had been, and then nothing is written any more. */
const recovered = async (one: FaultCase, world: World, twin: Undisturbed): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const which of ['the next sync', 'the one after it']) {
    world.time.later(STEP_MS);
    const answered = await world.heed(...(one.recovery ?? SYNC));
    const found = await world.records();
    lines.push(...harm(found, twin.before, twin.later, twin.carried).map((line) => `after ${which}: ${line}`));
    if (differences(found, twin.later).length === 0 && answered.code === 0) break;
  }
  const writes = world.writes();
  world.time.later(STEP_MS);
  const answered = await world.heed(...SYNC);
  if (answered.code !== 0) lines.push(`a further sync: exit ${answered.code}: ${answered.said}`);
  if (world.writes() > writes) lines.push(`a further sync wrote ${world.writes() - writes} records`);
  lines.push(...differences(await world.records(), twin.later).map((line) => `in the end: ${line}`));
  return lines;
};

interface Side {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly optedOut: number;
  readonly unchanged: number;
  readonly held: number;
  readonly notSynced: Readonly<Record<string, number>>;
  readonly setAside: readonly { readonly message: string }[];
}
interface RunJson {
  readonly crm: Side;
  readonly marketing: Side;
}

const runOf = ({ json }: Answered): RunJson | null =>
  (json as { readonly runs: readonly RunJson[] } | null)?.runs[0] ?? null;

/** The text for people, without the JSON document, and the reasons of what was set aside. */
const told = (answered: Answered): string => {
  const text = answered.said.split('\n').filter((line) => !line.startsWith('{"runs"'));
  const run = runOf(answered);
  const reasons = [...(run?.crm.setAside ?? []), ...(run?.marketing.setAside ?? [])].map((one) => one.message);
  return [...text, ...reasons].join('\n');
};

const TITLES = { salesforce: /salesforce/i, mailchimp: /mailchimp/i, hubspot: /hubspot/i, netsuite: /netsuite/i };
/** For a wrong profile the line that is wrong is the next step. */
const NEXT_STEP =
  /newsletter\.yaml:\d+:\d+: error|what was owed is still owed; the next run goes on|heed (status|check|approve|fields|lists) ?/i;

/** Exit code, words, counters; no secret and no address. */
const reported = (one: FaultCase, answered: Answered, world: World): readonly string[] => {
  const lines: string[] = [];
  const text = told(answered);
  if (!one.exit.includes(answered.code)) lines.push(`exit ${answered.code}, not ${one.exit.join(' or ')}: ${text}`);
  const isTrouble = ![0, 5].includes(answered.code);
  // Where the profile is wrong, its line is named instead.
  const why = text.split('\n').filter((line) => /newsletter(: |\.yaml:\d.* error: |: held: )/.test(line));
  if (isTrouble && !why.some((line) => TITLES[one.system].test(line) || / error: /.test(line)))
    lines.push(`names no system: ${text}`);
  if (isTrouble && !NEXT_STEP.test(text)) lines.push(`names no next step: ${text}`);
  for (const words of one.says ?? []) if (!words.test(text)) lines.push(`does not say ${words}: ${text}`);
  for (const secret of world.secrets) if (answered.said.includes(secret)) lines.push('shows a secret');
  if (/@x\.org/.test(text)) lines.push(`shows an address: ${text}`);
  for (const [side, counts] of Object.entries({ crm: runOf(answered)?.crm, marketing: runOf(answered)?.marketing })) {
    if (counts === undefined) continue;
    const { read, created, updated, optedOut, unchanged, held, notSynced, setAside } = counts;
    const listed = Object.values(notSynced).reduce((sum, n) => sum + n, 0);
    const sum = created + updated + optedOut + unchanged + held + listed + setAside.length;
    if (sum !== read) lines.push(`${side}: ${read} records read, ${sum} accounted for: ${JSON.stringify(counts)}`);
  }
  return lines;
};

/** "All done" is a claim. */
const claims = (answered: Answered, missing: readonly string[]): readonly string[] =>
  answered.code === 0 ? missing.map((line) => `exit 0, but ${line}`) : [];

/** SDKs that print are noise in somebody's cron mail. */
const listenToNoise = (): { readonly heard: readonly string[]; stop(): void } => {
  const heard: string[] = [];
  const kept = { warn: console.warn, error: console.error, log: console.log };
  for (const name of ['warn', 'error', 'log'] as const) console[name] = (...words) => heard.push(words.join(' '));
  return { heard, stop: () => Object.assign(console, kept) };
};
