import type { EngineFactory } from './engine.ts';
import type { Schedule, Step } from './schedule.ts';
import { type Simulated, type SimulationOptions, simulate } from './simulate.ts';

/** No single seed is worth more tries than this. */
const MOST_TRIES = 300;

/**
 * Makes a failing schedule shorter while it still shows the same kind of violation: drops steps, then people, then what
 * happens during runs. Plain and greedy; a shrunk schedule is for reading, the seed stays the proof.
 */
export const shrink = async (
  failed: Simulated,
  factory: EngineFactory,
  options: SimulationOptions,
): Promise<Simulated> => {
  const kind = kindOf(failed);
  let best = failed;
  let tries = 0;
  const attempt = async (schedule: Schedule): Promise<boolean> => {
    if (tries >= MOST_TRIES) return false;
    tries += 1;
    const again = await simulate(failed.seed, factory, { ...options, schedule });
    if (!again.violations.some((one) => `${one.invariant} ${one.rule}` === kind)) return false;
    best = again;
    return true;
  };
  await dropAll(
    () => best.schedule.steps,
    (steps) => attempt({ ...best.schedule, steps }),
  );
  await dropAll(
    () => best.schedule.people,
    (people) => attempt({ ...best.schedule, people }),
  );
  await simplifyRuns(
    () => best.schedule.steps,
    (steps) => attempt({ ...best.schedule, steps }),
  );
  await attempt({ ...best.schedule, first: 'approve' });
  return best;
};

const kindOf = ({ violations }: Simulated): string => {
  const [first] = violations;
  return first === undefined ? '' : `${first.invariant} ${first.rule}`;
};

/** Drops halves, quarters and at last single items, from the end. */
const dropAll = async <Item>(
  items: () => readonly Item[],
  attempt: (kept: readonly Item[]) => Promise<boolean>,
): Promise<void> => {
  for (let size = Math.ceil(items().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = items().length - size; at >= 0; at -= size)
      await attempt([...items().slice(0, at), ...items().slice(at + size)]);
};

const simplifyRuns = async (
  steps: () => readonly Step[],
  attempt: (steps: readonly Step[]) => Promise<boolean>,
): Promise<void> => {
  for (let index = 0; index < steps().length; index += 1) {
    const simpler = (change: (step: Extract<Step, { kind: 'run' }>) => Step): Promise<boolean> =>
      attempt(steps().map((step, at) => (at === index && step.kind === 'run' ? change(step) : step)));
    if (steps()[index]?.kind !== 'run') continue;
    if (await simpler((step) => ({ ...step, faults: [], during: [], full: false }))) continue;
    await simpler((step) => ({ ...step, faults: [] }));
    await simpler((step) => ({ ...step, during: [] }));
    await simpler((step) => ({ ...step, full: false }));
  }
};
