import { didYouMean } from '@heed/core';
import { type SandboxControls, startSandbox } from '@heed/sandbox';
import { type InstalledConnector, installedConnectors } from '../composition/installed.ts';
import { type Command, type Options, UsageError } from '../invocation.ts';
import { stopped } from '../stopped.ts';

/** Starts stand-ins of vendors on loopback, prints one line of JSON when all of them listen, serves until it is stopped. */
export const run: Command = async (invocation, names, options) => {
  const chosen = choose(names, await installedConnectors());
  const last = typeof options.port === 'number' ? options.port + chosen.length - 1 : 0;
  if (last > 65_535)
    throw new UsageError('There is no such port: --port N up to 65535, and one more for each further sandbox.');
  const running = await startAll(chosen, options);
  invocation.say(JSON.stringify(Object.fromEntries(running.map((one) => [one.name, one.announcement]))));
  await Promise.race([stopped(invocation.signal), parentGone()]);
  await Promise.all(running.map((one) => one.close()));
  return { code: 0, json: undefined, text: '' };
};

/** For who started us with a channel (`heed demo`): we end with them, however they end. */
const parentGone = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('disconnect', () => resolve());
  });

const choose = (names: readonly string[], installed: readonly InstalledConnector[]): readonly InstalledConnector[] => {
  const known = installed.filter((one) => one.loadSandbox !== null);
  if (names.length === 0) return known;
  return [...new Set(names)].map((name) => {
    const found = known.find((one) => one.name === name);
    if (found !== undefined) return found;
    const list = known.map((one) => one.name);
    const meant = didYouMean(name, list);
    throw new UsageError(
      `There is no sandbox "${name}". ${meant === undefined ? `There are: ${list.join(', ')}.` : `Did you mean "${meant}"?`}`,
    );
  });
};

const startAll = async (
  chosen: readonly InstalledConnector[],
  options: Options,
): Promise<readonly SandboxControls<unknown>[]> => {
  const running: SandboxControls<unknown>[] = [];
  try {
    for (const [i, one] of chosen.entries()) {
      if (one.loadSandbox === null) continue;
      const file = typeof options.state === 'string' ? options.state : null;
      running.push(
        await startSandbox(await one.loadSandbox(), {
          port: typeof options.port === 'number' && options.port > 0 ? options.port + i : 0,
          latencyMs: typeof options.latency === 'number' ? options.latency : 0,
          demo: options.demo === true,
          ...(file === null ? {} : { stateFile: chosen.length === 1 ? file : `${file}.${one.name}` }),
        }),
      );
    }
    return running;
  } catch (error) {
    await Promise.all(running.map((one) => one.close()));
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError('A port is taken already: choose another with --port N, or leave it out.');
    throw error;
  }
};
