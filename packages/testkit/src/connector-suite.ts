import { abilitiesIn, type Connector } from '@heed/contract';
import { startSandbox } from '@heed/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
export { faultsIn, type Opening } from './connector-suite/mutants.ts';

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

/** A connector with one fault, and the name, or its beginning, of the check that has to notice it. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Mutant = readonly [what: string, check: string, mutant: Connector<any>];

/**
 * Mutants, each judged by one check: of the suite, or of `own`, which the connector itself has to pass here. Failing means that an
 * expectation was not met; a mutant that merely breaks down proves nothing.
 */
export const describeMutants = (
  // biome-ignore lint/suspicious/noExplicitAny: as above
  connector: Connector<any>,
  given: ConnectorCase,
  mutants: readonly Mutant[],
  own: readonly Check[] = [],
): void => {
  describe(`mutants of ${connector.name} as ${given.role}`, () => {
    let vendor: Vendor;
    beforeAll(async () => {
      vendor = await startSandbox(given.sandbox, { clock: { now: () => NOON } });
    });
    beforeEach(() => vendor.reset());
    afterAll(() => vendor.close());

    for (const check of own)
      it(`the connector itself: ${check.name}`, () => check.run(benchOf(connector, given, vendor)));

    it.each(mutants)('one that %s fails "%s"', async (_, name, mutant) => {
      const [check, ...others] = [...connectorChecks, ...own].filter((one) => one.name.startsWith(name));
      if (check === undefined || others.length > 0) throw new Error('no check of this name, or several');
      const failed = await check.run(benchOf(mutant, given, vendor)).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failed).toMatchObject({ name: 'AssertionError' });
    });
  });
};
