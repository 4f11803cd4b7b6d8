import { basename } from 'node:path';
import {
  type Customer,
  didYouMean,
  type Finding,
  isWarning,
  type LoadedCustomers,
  lintCustomer,
  loadCustomers,
  type Profile,
  type ProfileError,
} from '@heed/core';
import type { Container } from 'inversify';
import { compose, TOKENS } from './composition/container.ts';
import { type Invocation, UsageError } from './invocation.ts';

/** Everything a command works with: the container, and the profiles folder as it was read. */
export interface Workspace {
  readonly container: Container;
  readonly loaded: LoadedCustomers;
}

/** What a target names. */
export interface Selection {
  readonly chosen: readonly { readonly customer: Customer; readonly profiles: readonly Profile[] }[];
  /** What is wrong with files of the selection; a profile with an error is not among the chosen. */
  readonly errors: readonly ProfileError[];
  /** True if the target is one profile. */
  readonly single: boolean;
}

/** Reads the profiles folder and composes what commands need; opens neither a state folder nor a connection. */
export const openWorkspace = async (invocation: Invocation): Promise<Workspace> => {
  if (/^[a-z]+:\/\//i.test(invocation.stateDir))
    throw new UsageError('--state takes a folder; databases by URL are not supported yet.');
  const container = await compose({
    stateDir: invocation.stateDir,
    keyFile: invocation.keyFile,
    environment: invocation.environment,
  });
  return { container, loaded: await loadCustomers(invocation.profilesDir, container.get(TOKENS.Checks)) };
};

const unknown = (what: string, name: string, where: string, known: readonly string[]): UsageError => {
  const meant = didYouMean(name, known);
  const instead =
    meant !== undefined
      ? `Did you mean "${meant}"?`
      : known.length === 0
        ? 'There are none.'
        : `There are: ${known.join(', ')}.`;
  return new UsageError(`There is no ${what} "${name}" in ${where}. ${instead}`);
};

export const findCustomer = (workspace: Workspace, name: string, profilesDir: string): Customer => {
  const { customers, errors } = workspace.loaded;
  const customer = customers.find((one) => one.name === name);
  if (customer !== undefined) return customer;
  const folder = errors.find((error) => error.file === profilesDir);
  if (folder !== undefined)
    throw new UsageError(`${folder.file}: ${folder.what}. ${folder.fix}, or make it: see docs/profiles.md.`);
  throw unknown(
    'customer',
    name,
    profilesDir,
    customers.map((one) => one.name),
  );
};

const profileOf = (error: ProfileError): string => basename(error.file).replace(/\.ya?ml$/, '');

/** What of a customer stops one of its profiles: errors of its own file, and those that concern all. */
const errorsOf = (customer: Customer, profile: string | null): readonly ProfileError[] => {
  if (profile === null) return customer.errors;
  const shared = customer.connections.size === 0;
  return customer.errors.filter(
    (error) => profileOf(error) === profile || (shared && profileOf(error) === 'connections'),
  );
};

/** C26 before anything else: profiles that disagree about the same people may not run. */
const disagreements = (customer: Customer): readonly Finding[] =>
  lintCustomer(customer).filter((finding) => !isWarning(finding));

const selected = (customer: Customer, name: string | null) => {
  const wrong = disagreements(customer).filter((finding) => name === null || profileOf(finding) === name);
  const profiles = customer.profiles.filter(
    (profile) =>
      (name === null || profile.name === name) && !wrong.some((finding) => finding.file === profile.places.file),
  );
  return { profiles, errors: [...errorsOf(customer, name), ...wrong] };
};

/** Resolves `[customer[/profile]]`: all customers, one, or one profile. Throws UsageError with a "did you mean". */
export const select = (workspace: Workspace, target: string | undefined, profilesDir: string): Selection => {
  if (target === undefined) {
    const { customers, errors } = workspace.loaded;
    const all = customers.map((customer) => ({ customer, ...selected(customer, null) }));
    const findings = all.flatMap((one) => one.errors.filter((error) => !errors.includes(error)));
    if (customers.length === 0 && errors.length === 0)
      throw new UsageError(`${profilesDir} holds no customer yet: see docs/profiles.md.`);
    return { chosen: all.filter((one) => one.profiles.length > 0), errors: [...errors, ...findings], single: false };
  }
  const [name = '', wanted, ...rest] = target.replace(/\/$/, '').split('/');
  if (rest.length > 0) throw new UsageError(`"${target}" is not customer or customer/profile.`);
  const customer = findCustomer(workspace, name, profilesDir);
  const { profiles, errors } = selected(customer, wanted ?? null);
  if (wanted !== undefined && profiles.length === 0 && errors.length === 0) {
    const names = [...customer.profiles.map((one) => one.name), ...customer.errors.map(profileOf)];
    const known = [...new Set(names)].filter((one) => one !== 'connections');
    throw unknown('profile', wanted, `customer ${name}`, known);
  }
  if (profiles.length === 0 && errors.length === 0) throw new UsageError(`Customer ${name} has no profile yet.`);
  const chosen = profiles.length === 0 ? [] : [{ customer, profiles }];
  return { chosen, errors, single: wanted !== undefined };
};
