import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { stringify } from 'yaml';
import { type Answered, heed, type Place } from '../../scenarios/runner/heed.ts';
import { actLater, actSince, populate } from './people.ts';
import { type Records, readRecords } from './records.ts';
import { startStandIn } from './stand-in.ts';
import { type Time, takeOverTime } from './two-clocks.ts';

/** Between two things that happen, as in test/scenarios. */
export const STEP_MS = 10 * 60_000;

/** Both stand-ins, one customer, one profile, and Heed by its command line; each case begins with the same people. */
export interface World {
  readonly salesforce: Awaited<ReturnType<typeof startSalesforce>>;
  readonly mailchimp: Awaited<ReturnType<typeof startMailchimp>>;
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

const startSalesforce = () => startStandIn(salesforceDefinition);
const startMailchimp = () => startStandIn(mailchimpDefinition);

/** In memory where there is such a place: no power is cut here. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Reading many records at once is a POST as well. */
const IS_READ = /\/composite\/sobjects\/\w+$|^\/services\/oauth2\//;

/** A world whose profile asks for more than the plain one does. */
export interface WorldOptions {
  /** Only people of one campaign are synced. */
  readonly withCampaign?: boolean;
  /** A custom field means opted out as well. */
  readonly customField?: string;
}

const profileFor = (audience: string, campaign: string | null, { customField }: WorldOptions) => ({
  version: 1,
  crm: {
    connection: 'salesforce',
    records: ['Contact', 'Lead'],
    ...(campaign === null ? {} : { lists: [{ campaign }] }),
  },
  marketing: { connection: 'mailchimp', audience },
  fields: [
    { crm: 'FirstName', marketing: 'FNAME' },
    { crm: 'LastName', marketing: 'LNAME' },
  ],
  create: { marketing: true, crm: 'Contact' },
  optOut: {
    crmToMarketing: true,
    ...(customField === undefined ? {} : { customField: { field: customField, alsoStandard: true } }),
  },
  consent: { newMembers: 'subscribe', basis: 'existing-customer' },
});

export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const salesforce = await startSalesforce();
  const mailchimp = await startMailchimp();
  const { id: campaign } = options.withCampaign
    ? (salesforce.act('admin/campaign', { name: 'the list' }) as { id: string })
    : { id: null };
  const time = takeOverTime([salesforce.stuck, mailchimp.stuck]);
  const folder = mkdtempSync(join(FOLDERS, 'heed-faults-'));
  const profilesDir = join(folder, 'profiles');
  mkdirSync(join(profilesDir, 'acme'), { recursive: true });
  const connections = { salesforce: salesforce.connection, mailchimp: mailchimp.connection };
  writeFileSync(join(profilesDir, 'acme', 'connections.yaml'), stringify(connections));
  writeFileSync(
    join(profilesDir, 'acme', 'newsletter.yaml'),
    stringify(profileFor(mailchimp.audience, campaign, options)),
  );
  const base = join(folder, 'in-step');
  const environment = { ...salesforce.env, ...mailchimp.env };
  let place: Place = { profilesDir, stateDir: base, environment };
  let cases = 0;

  const run = (...args: readonly string[]): Promise<Answered> => heed(args, place);
  const writes = (): number =>
    [...salesforce.calls(), ...mailchimp.calls()]
      .filter(({ method, path }) => method !== 'GET' && !IS_READ.test(path.split('?')[0] ?? ''))
      .reduce((sum, call) => sum + call.touched.length, 0);

  const people = populate(salesforce, mailchimp, campaign);
  const first = await run('sync', 'acme', '--yes');
  time.later(STEP_MS);
  const second = await run('sync', 'acme');
  if (first.code !== 0 || second.code !== 0)
    throw new Error(`the people are not in step: ${first.said} ${second.said}`);
  salesforce.keep();
  mailchimp.keep();
  const moment = time.now();

  return {
    salesforce,
    mailchimp,
    time,
    campaign,
    beginCase() {
      time.backTo(moment + STEP_MS);
      salesforce.bringBack();
      mailchimp.bringBack();
      cases += 1;
      place = { ...place, stateDir: join(folder, `case-${cases}`) };
      cpSync(base, place.stateDir, { recursive: true });
      actSince(salesforce, mailchimp, people, campaign);
    },
    actLater: () => actLater(salesforce, mailchimp, people),
    secrets: [...Object.values(environment), salesforce.accessToken, mailchimp.accessToken],
    heed: run,
    records: () => readRecords(salesforce, mailchimp),
    writes,
    async close() {
      time.giveBack();
      await Promise.all([salesforce.close(), mailchimp.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
