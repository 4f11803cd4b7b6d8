import { ATTENTION, DONE, type FaultCase } from '../runner/fault-case.ts';
import type { SystemName } from '../runner/world.ts';

const HOUR_MS = 3_600_000;
const WAYS = [
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
] as const;

/** Somebody's clock is an hour off: the vendor's, our own, or that of an edge which writes only the Date header. Both ways. */
export const clockCases = (system: SystemName): readonly FaultCase[] =>
  WAYS.flatMap(([way, byMs]): readonly FaultCase[] => [
    {
      name: `${system}: the clock of the vendor is an hour ${way} for a while`,
      system,
      begin: (world) => {
        world[system].clock.setWrong(byMs);
        return () => world[system].clock.setWrong(0);
      },
      exit: [DONE, ATTENTION],
    },
    {
      name: `${system}: people opt out while the clock of the vendor is an hour ${way}`,
      system,
      begin: (world) => {
        world[system].clock.setWrong(byMs);
        return () => world[system].clock.setWrong(0);
      },
      laterIsMeanwhile: true,
      exit: [DONE, ATTENTION],
    },
    {
      name: `${system}: Date headers are an hour ${way} of the stamps in the answers`,
      system,
      rules: [{ kind: 'wrong-date', details: { byMs } }],
      exit: [DONE, ATTENTION],
    },
    {
      name: `${system}: Date headers of reads alone are an hour ${way}, so that its servers disagree`,
      system,
      rules: [
        { kind: 'wrong-date', route: 'GET /services/data/*/queryAll', details: { byMs } },
        { kind: 'wrong-date', route: 'GET /3.0/lists/*/members', details: { byMs } },
        { kind: 'wrong-date', route: 'POST /crm/v3/objects/contacts/search', details: { byMs } },
        { kind: 'wrong-date', route: 'POST /services/rest/query/v1/suiteql', details: { byMs } },
      ],
      exit: [DONE, ATTENTION],
    },
  ]);

/** One of them, where the rest would only meet again what all systems share: what people do, or what no stamp tells. */
export const someClockCases = (system: SystemName): readonly FaultCase[] =>
  clockCases(system).filter(({ name }) =>
    (system === 'netsuite' ? /opt out .* ahead/ : /Date headers are .* behind/).test(name),
  );

/** Our own clock; once for both vendors. */
export const ownClockCases: readonly FaultCase[] = WAYS.map(([way, byMs]) => ({
  name: `our own clock is an hour ${way} for a while`,
  system: 'salesforce',
  begin: (world) => {
    world.time.setOursWrong(byMs);
    return () => world.time.setOursWrong(0);
  },
  // What a clock that ran ahead put off is due when that hour has come.
  waitMs: 2 * HOUR_MS,
  exit: [DONE, ATTENTION],
}));
