import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@heed/contract';
import { type ProfileChecks, type Secrets, secretsOf } from '@heed/core';
import { accountQuotaFile, openStateFolder, type Processes, type StateFolder } from '@heed/store';
import { type AccountQuota, memoryQuota, systemClock } from '@heed/toolkit';
import { Container, type ServiceIdentifier } from 'inversify';
import { validateCron } from './cron.ts';
import { type InstalledConnector, installedConnectors } from './installed.ts';
import { localProcesses } from './processes.ts';
import type { SystemParts } from './systems.ts';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`heed.${name}`) as ServiceIdentifier<T>;

/** Everything that a command may ask for. Bound here and nowhere else. */
export const TOKENS = {
  Clock: token<Clock>('Clock'),
  Random: token<() => number>('Random'),
  Secrets: token<Secrets>('Secrets'),
  StateDir: token<string>('StateDir'),
  State: token<StateFolder>('State'),
  Processes: token<Processes>('Processes'),
  Quota: token<AccountQuota>('Quota'),
  Connectors: token<readonly InstalledConnector[]>('Connectors'),
  Checks: token<ProfileChecks>('Checks'),
  Systems: token<SystemParts>('Systems'),
};

export interface Settings {
  readonly stateDir: string;
  readonly keyFile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const RANDOM_BYTES = 6;

/** Uniform in [0, 1), unpredictable: used for jitter and ids. Asks the system once for many, since it costs ten times as much as an id. */
const unpredictable = (): (() => number) => {
  let pool = Buffer.alloc(0);
  return () => {
    if (pool.length < RANDOM_BYTES) pool = randomBytes(RANDOM_BYTES * 512);
    const value = pool.readUIntBE(0, RANDOM_BYTES) / 2 ** (8 * RANDOM_BYTES);
    pool = pool.subarray(RANDOM_BYTES);
    return value;
  };
};

/** The composition root: plain classes and values are wired here; the domain knows no container. */
export const compose = async (settings: Settings): Promise<Container> => {
  const container = new Container({ defaultScope: 'Singleton' });
  const connectors = await installedConnectors();
  container.bind(TOKENS.Clock).toConstantValue(systemClock);
  container.bind(TOKENS.Random).toConstantValue(unpredictable());
  container.bind(TOKENS.Secrets).toConstantValue(secretsOf(settings.environment));
  container.bind(TOKENS.Processes).toConstantValue(localProcesses());
  container.bind(TOKENS.StateDir).toConstantValue(settings.stateDir);
  container.bind(TOKENS.Connectors).toConstantValue(connectors);
  container.bind(TOKENS.Checks).toConstantValue({ connectors: connectors.map((one) => one.connector), validateCron });
  container
    .bind(TOKENS.State)
    .toResolvedValue(
      (clock: Clock, dir: string) => openStateFolder(dir, { clock, random: randomBytes, keyFile: settings.keyFile }),
      [TOKENS.Clock, TOKENS.StateDir],
    );
  // Quotas hold across processes wherever there is a state folder; a mere look (`check`, `fields`) makes none.
  container
    .bind(TOKENS.Quota)
    .toResolvedValue(
      (clock: Clock, dir: string, processes: Processes) =>
        existsSync(dir) ? accountQuotaFile(join(dir, 'quotas.db'), clock, processes) : memoryQuota(clock),
      [TOKENS.Clock, TOKENS.StateDir, TOKENS.Processes],
    );
  container.bind(TOKENS.Systems).toResolvedValue(
    (clock: Clock, random: () => number, quota: AccountQuota, stateDir: string, secrets: Secrets): SystemParts => ({
      clock,
      random,
      quota,
      key: () => container.get(TOKENS.State).key,
      stateDir,
      secrets,
    }),
    [TOKENS.Clock, TOKENS.Random, TOKENS.Quota, TOKENS.StateDir, TOKENS.Secrets],
  );
  return container;
};
