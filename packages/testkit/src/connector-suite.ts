import { abilitiesIn, type Connector } from '@heed/contract';
import { startSandbox } from '@heed/sandbox';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { benchOf, NOON } from './connector-suite/bench.ts';
import { bulkChecks } from './connector-suite/bulk.ts';
import type { ConnectorCase, Vendor } from './connector-suite/case.ts';
import type { Check } from './connector-suite/check.ts';
import { decidingChecks } from './connector-suite/deciding.ts';
import { manifestChecks } from './connector-suite/manifest.ts';
import { readChecks } from './connector-suite/reads.ts';
import { strangerAndSecrecyChecks } from './connector-suite/secrecy.ts';
import { settingsChecks } from './connector-suite/settings.ts';
import { troubleChecks } from './connector-suite/trouble.ts';
import { writeChecks } from './connector-suite/writes.ts';

export { type Bench, benchOf, NOON } from './connector-suite/bench.ts';
export type { ConnectorCase, NewPerson, People, Seen, Vendor } from './connector-suite/case.ts';
export type { Check } from './connector-suite/check.ts';

/** What every connector promises, as named checks. */
export const connectorChecks: readonly Check[] = [
  ...settingsChecks,
  ...manifestChecks,
  ...readChecks,
  ...decidingChecks,
  ...writeChecks,
  ...bulkChecks,
  ...troubleChecks,
  ...strangerAndSecrecyChecks,
];

/**
 * The whole suite of a connector, as Vitest tests: against its sandbox, through the real toolkit and the real SDK. Each
 * check gets the sandbox as new.
 */
// biome-ignore lint/suspicious/noExplicitAny: each connector has a configuration of its own; the suite only passes it on
export const describeConnector = (connector: Connector<any>, given: ConnectorCase): void => {
  const can = abilitiesIn(connector, given.role);
  describe(`every connector: ${connector.name} as ${given.role}`, () => {
    let vendor: Vendor;
    beforeAll(async () => {
      vendor = await startSandbox(given.sandbox, { clock: { now: () => NOON } });
    });
    beforeEach(() => vendor.reset());
    afterAll(() => vendor.close());

    for (const check of connectorChecks) {
      const reason = given.skip?.[check.name] ?? check.unless?.({ can, given }) ?? null;
      const name = reason === null ? check.name : `${check.name} (left out: ${reason})`;
      it.skipIf(reason !== null)(name, () => check.run(benchOf(connector, given, vendor)));
    }
  });
};
