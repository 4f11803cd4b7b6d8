import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { startSandbox } from '@heed/sandbox';
import { stringify } from 'yaml';
import type { Place } from './heed.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Both stand-ins, which all scenarios share one after the other, spoken to by plain HTTP and nothing of Heed. */
export interface Stage {
  readonly audience: string;
  /** Both accounts as new, and a fresh place for the profile and the state of one scenario. */
  clear(): Place;
  writeProfile(place: Place, profile: Json): void;
  /** What a person or an administrator does there: `POST /__sandbox/...`. */
  act(system: 'salesforce' | 'mailchimp', what: string, body: Json): Promise<Json>;
  /** One record of the CRM by its id, also a deleted one; null if there is none. */
  record(type: string, id: string): Promise<Json | null>;
  /** The records of an address that nobody deleted. */
  recordsAt(type: string, email: string): Promise<readonly Json[]>;
  /** The member of an address; null if there is none. */
  member(email: string): Promise<Json | null>;
  addMember(email: string, status: string, mergeFields: Json): Promise<void>;
  /** Records that calls have written so far, in both systems. */
  writes(): number;
  close(): Promise<void>;
}

/** In memory where there is such a place: a story makes hundreds of durable commits, and no power is cut here. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Reading many records at once is a POST as well. */
const IS_READ = /\/composite\/sobjects\/\w+$|^\/services\/oauth2\//;

export const openStage = async (): Promise<Stage> => {
  const salesforce = await startSandbox(salesforceDefinition);
  const mailchimp = await startSandbox(mailchimpDefinition);
  const systems = { salesforce, mailchimp };
  const authorization = {
    salesforce: () => `Bearer ${salesforce.accessToken}`,
    mailchimp: () => `Basic ${Buffer.from(`anybody:${mailchimp.accessToken}`).toString('base64')}`,
  };
  const folders: string[] = [];
  const ask = async (system: 'salesforce' | 'mailchimp', method: string, path: string, body?: Json) => {
    const response = await fetch(`${systems[system].url}${path}`, {
      method,
      headers: { authorization: authorization[system](), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 404 && method === 'GET') return null;
    if (!response.ok) throw new Error(`${system} ${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Json;
  };
  const memberPath = (email: string): string =>
    `/3.0/lists/${mailchimp.audience}/members/${createHash('md5').update(email.toLowerCase()).digest('hex')}`;
  const soql = async (query: string): Promise<readonly Json[]> => {
    const found = await ask('salesforce', 'GET', `/services/data/v66.0/queryAll?q=${encodeURIComponent(query)}`);
    return (found?.records ?? []) as readonly Json[];
  };
  const FIELDS =
    'Id, Email, FirstName, HasOptedOutOfEmail, Newsletter_Opt_Out__c, Newsletter_Opt_In__c, Email_Undeliverable__c, IsDeleted';
  return {
    audience: mailchimp.audience,
    clear() {
      salesforce.reset();
      mailchimp.reset();
      const folder = mkdtempSync(join(FOLDERS, 'heed-scenario-'));
      folders.push(folder);
      const profilesDir = join(folder, 'profiles');
      mkdirSync(join(profilesDir, 'acme'), { recursive: true });
      const connections = { salesforce: salesforce.connection, mailchimp: mailchimp.connection };
      writeFileSync(join(profilesDir, 'acme', 'connections.yaml'), stringify(connections));
      const environment = { ...salesforce.env, ...mailchimp.env };
      return { profilesDir, stateDir: join(folder, 'state'), environment };
    },
    writeProfile: (place, profile) =>
      writeFileSync(join(place.profilesDir, 'acme', 'newsletter.yaml'), stringify(profile)),
    async act(system, what, body) {
      return (await ask(system, 'POST', `/__sandbox/${what}`, body)) ?? {};
    },
    async record(type, id) {
      return (await soql(`SELECT ${FIELDS} FROM ${type} WHERE Id = '${id}'`))[0] ?? null;
    },
    recordsAt: (type, email) => soql(`SELECT ${FIELDS} FROM ${type} WHERE Email = '${email}' AND IsDeleted = false`),
    member: (email) => ask('mailchimp', 'GET', memberPath(email)),
    async addMember(email, status, mergeFields) {
      const body = { email_address: email, status, merge_fields: mergeFields };
      await ask('mailchimp', 'POST', `/3.0/lists/${mailchimp.audience}/members?skip_merge_validation=true`, body);
    },
    writes: () =>
      [...salesforce.calls(), ...mailchimp.calls()]
        .filter(({ method, path }) => method !== 'GET' && !IS_READ.test(path.split('?')[0] ?? ''))
        .reduce((sum, call) => sum + call.touched.length, 0),
    async close() {
      await Promise.all([salesforce.close(), mailchimp.close()]);
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
};
