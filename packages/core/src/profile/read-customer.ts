import type { Connector, Role } from '@heed/contract';
import { didYouMean } from './did-you-mean.ts';
import { byPlace, type ProfileError } from './place.ts';
import type { Customer, Profile } from './profile.ts';
import type { ValidateCron } from './profile-rules.ts';
import { readConnections } from './read-connections.ts';
import { readProfile } from './read-profile.ts';
import { quoted } from './secret-like.ts';

export interface FileText {
  /** As messages show it: `profiles/acme/newsletter.yaml`. */
  readonly path: string;
  /** `newsletter.yaml` */
  readonly name: string;
  readonly text: string;
}

/** What the outside knows and the core must not: the installed connectors, the scheduler's reading of cron. */
export interface ProfileChecks {
  readonly connectors: readonly Connector[];
  readonly validateCron: ValidateCron;
}

export const CONNECTIONS_FILE = 'connections.yaml';
const PROFILE_NAME = /^[a-z0-9][a-z0-9_-]*$/;

const TITLES: Readonly<Record<Role, string>> = { crm: 'a CRM', marketing: 'a marketing tool' };

const wholeFile = (file: string, what: string, fix: string): ProfileError => ({
  file,
  line: 1,
  column: 1,
  path: '',
  what,
  fix,
});

/** The connections that a profile names exist, and can play the part. */
const connectionErrors = (
  profile: Profile,
  connections: Customer['connections'],
  names: readonly string[],
): readonly ProfileError[] =>
  (['crm', 'marketing'] as const).flatMap((side) => {
    const name = profile[side].connection;
    const path = [side, 'connection'];
    if (!names.includes(name)) {
      const meant = didYouMean(name, names);
      const fix = meant !== undefined ? '' : names.length === 0 ? 'Write one' : `There are ${names.join(', ')}`;
      return [profile.places.error(path, `there is no connection ${quoted(name)} in ${CONNECTIONS_FILE}`, fix, meant)];
    }
    const connector = connections.get(name)?.connector;
    if (connector === undefined)
      return [
        profile.places.error(path, `the connection ${quoted(name)} has errors`, `Correct ${CONNECTIONS_FILE} first`),
      ];
    if (connector.roles[side] !== undefined) return [];
    return [profile.places.error(path, `${connector.title} cannot be ${TITLES[side]}`, 'Name another connection')];
  });

/** Reads the files of one customer's folder. Pure; every error of every file at once. */
export const readCustomer = (
  name: string,
  folder: string,
  files: readonly FileText[],
  checks: ProfileChecks,
): Customer => {
  const errors: ProfileError[] = [];
  const connectionsFile = files.find((file) => file.name === CONNECTIONS_FILE);
  const read =
    connectionsFile === undefined
      ? { connections: [], names: [], errors: [] }
      : readConnections(name, connectionsFile.path, connectionsFile.text, checks.connectors);
  errors.push(...read.errors);
  if (connectionsFile === undefined)
    errors.push(wholeFile(`${folder}/${CONNECTIONS_FILE}`, 'the file is missing', 'See docs/profiles.md'));
  const connections = new Map(read.connections.map((connection) => [connection.name, connection]));

  const profiles: Profile[] = [];
  for (const file of files) {
    if (file.name === CONNECTIONS_FILE) continue;
    const profileName = file.name.replace(/\.yaml$/, '');
    if (!PROFILE_NAME.test(profileName)) {
      const fix = 'Use lower case, digits, - and _, and the ending .yaml';
      errors.push(wholeFile(file.path, 'this cannot be the name of a profile', fix));
      continue;
    }
    const { profile, errors: found } = readProfile(
      { customer: name, name: profileName, file: file.path, text: file.text },
      checks.validateCron,
    );
    errors.push(...found);
    if (profile === null) continue;
    const unconnected = connectionsFile === undefined ? [] : connectionErrors(profile, connections, read.names);
    errors.push(...unconnected);
    if (unconnected.length === 0 && connectionsFile !== undefined) profiles.push(profile);
  }
  profiles.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { name, connections, profiles, errors: errors.sort(byPlace) };
};
