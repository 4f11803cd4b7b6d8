import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StuckCalls } from '@heed/sandbox';
import { stringify } from 'yaml';
import { type Answered, heed, type Place } from '../../scenarios/runner/heed.ts';
import { type Pair, type PairOptions, type SystemName, type Systems, startPair } from './pair.ts';
import { actLater, actSince, populate } from './people.ts';
import { type Records, readRecords } from './records.ts';
import { type Time, takeOverTime } from './two-clocks.ts';

export type { SystemName };

/** Between two things that happen, as in test/scenarios. */
export const STEP_MS = 10 * 60_000;

/** Two stand-ins, one customer, one profile, and Heed by its command line; each case begins with the same people. */
export interface World extends Systems {
  /** The other system of the pair. */
  other(system: SystemName): Systems[SystemName];
  readonly time: Time;
  /** The list of the profile, where it has one. */
  readonly campaign: string | null;
  /** What nobody may ever be shown. */
  readonly secrets: readonly string[];
  /** Everybody in step, then what people did since; nothing of it synced yet. */
  beginCase(): void;
  /** What people did when the fault was over. */
  actLater(): void;
  heed(...args: readonly string[]): Promise<Answered>;
  /** What stands in both systems, read by plain HTTP. */
  records(): Promise<Records>;
  /** Records that calls have written so far, in both systems. */
  writes(): number;
  close(): Promise<void>;
}

/** In memory where there is such a place: no power is cut here. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Heed and vendors do some things by the time of day; the same cases meet the same at any hour. The sync that meets a fault comes
 * half an hour later, behind two o'clock, when HubSpot's list and opt-outs are read as a whole.
 */
const BEGINNING = Date.UTC(2026, 10, 18, 13, 35);

/** Reading many records at once is a POST as well, and so are queries. */
const IS_READ = /\/composite\/sobjects\/\w+$|\/oauth2?\/|\/suiteql$|\/(?:search|read)$/;

/** A world whose pair, profile or people are others than the plain ones. */
export interface WorldOptions extends PairOptions {
  /** So many more people, all renamed in the marketing system: enough for the vendor's lane of many changes. */
  readonly crowd?: number;
}

const profileFor = ({ names: [crmName, marketingName], crm, marketing }: Pair) => ({
  version: 1,
  crm: { connection: crmName, ...crm.profile },
  marketing: { connection: marketingName, audience: marketing.audience },
  fields: crm.nameFields.map((field, index) => ({ crm: field, marketing: marketing.nameFields[index] })),
  create: { marketing: true, crm: crm.profile.records[0] },
  optOut: { crmToMarketing: true, ...crm.optOutProfile },
  consent: { newMembers: 'subscribe', basis: 'existing-customer' },
});

export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const stuck: StuckCalls[] = [];
  const time = takeOverTime(stuck);
  time.backTo(BEGINNING);
  const pair = await startPair(options);
  const { crm, marketing, running, environment } = pair;
  stuck.push(...running.map((one) => one.stuck));
  const crowd = options.crowd ?? 0;
  const folder = mkdtempSync(join(FOLDERS, 'heed-faults-'));
  const profilesDir = join(folder, 'profiles');
  mkdirSync(join(profilesDir, 'acme'), { recursive: true });
  writeFileSync(join(profilesDir, 'acme', 'connections.yaml'), stringify(pair.connections));
  writeFileSync(join(profilesDir, 'acme', 'newsletter.yaml'), stringify(profileFor(pair)));
  const base = join(folder, 'in-step');
  let place: Place = { profilesDir, stateDir: base, environment };
  let cases = 0;

  const run = (...args: readonly string[]): Promise<Answered> => heed(args, place);
  const writes = (): number =>
    running
      .flatMap((one) => one.calls())
      .filter(({ method, path }) => method !== 'GET' && !IS_READ.test(path.split('?')[0] ?? ''))
      .reduce((sum, call) => sum + call.touched.length, 0);

  const people = populate(crm, marketing, crowd);
  const first = await run('sync', 'acme', '--yes');
  time.later(STEP_MS);
  const second = await run('sync', 'acme');
  if (first.code !== 0 || second.code !== 0)
    throw new Error(`the people are not in step: ${first.said} ${second.said}`);
  for (const one of running) one.keep();
  const moment = time.now();

  // Not spread: a system that this pair lacks is only missed where a case asks for it.
  return Object.assign(pair.systems, {
    other: pair.other,
    time,
    campaign: pair.campaign,
    beginCase() {
      time.backTo(moment + STEP_MS);
      for (const one of running) one.bringBack();
      cases += 1;
      place = { ...place, stateDir: join(folder, `case-${cases}`) };
      cpSync(base, place.stateDir, { recursive: true });
      actSince(crm, marketing, people, crowd);
    },
    actLater: () => actLater(crm, marketing, people),
    secrets: pair.secrets,
    heed: run,
    records: () => readRecords(crm, marketing),
    writes,
    async close() {
      time.giveBack();
      await Promise.all(running.map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  });
};
