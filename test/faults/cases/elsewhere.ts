import type { FaultCase } from '../runner/fault-case.ts';
import type { SystemName, World } from '../runner/world.ts';

type Leads = (address: string) => Pick<FaultCase, 'rules' | 'begin' | 'exit' | 'says' | 'alike'>;

/**
 * A case whose fault leads to another server, and fails if anything arrives there: with it would come the token. The other
 * vendor's stand-in is that server; it sees every call.
 */
export const leadingElsewhere = (name: string, system: SystemName, leads: Leads): FaultCase => {
  const given = leads('');
  return {
    ...given,
    name: `${system}: ${name}`,
    system,
    rules: (world: World) => {
      const { rules = [] } = leads(
        `${world.other(system).url}/elsewhere/services/data/v66.0/query/01gHs00000000EAAA2-2000`,
      );
      return typeof rules === 'function' ? rules(world) : rules;
    },
    alsoWrong: (world) =>
      world
        .other(system)
        .calls()
        .filter(({ path }) => path.startsWith('/elsewhere'))
        .map(({ method, path }) => `a request went to another host: ${method} ${path}`),
  };
};
