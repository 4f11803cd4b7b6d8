import { type RunningSandbox, type SandboxDefinition, startSandbox } from '@heed/sandbox';

/** A running stand-in whose account can be kept and brought back: hundreds of cases begin with the same people. */
export type StandIn<State, Extras extends object> = RunningSandbox<State, Extras> & {
  keep(): void;
  /** Account, clock, faults, switches and call log as they were kept. */
  bringBack(): void;
};

export const startStandIn = async <State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  switches: Readonly<Record<string, unknown>> = {},
): Promise<StandIn<State, Extras>> => {
  let kept: { readonly account: string; readonly randomPosition: number } | null = null;
  let position = (): number => 0;
  const keeping: SandboxDefinition<State, Extras> = {
    ...definition,
    freshState(setting) {
      position = () => setting.random.position();
      if (kept === null || definition.load === undefined) return definition.freshState(setting);
      // Further on in the sequence, or ids would be given out twice.
      setting.random.moveTo(kept.randomPosition);
      return definition.load(JSON.parse(kept.account));
    },
  };
  const sandbox = await startSandbox<State, Extras>(keeping, { switches });
  return Object.assign(sandbox, {
    keep() {
      kept = { account: JSON.stringify(definition.save?.(sandbox.state())), randomPosition: position() };
    },
    bringBack: () => sandbox.reset(),
  });
};
