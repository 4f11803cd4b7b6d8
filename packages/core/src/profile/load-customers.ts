import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProfileError } from './place.ts';
import type { Customer } from './profile.ts';
import { FileTooLarge, NotAFile, readBounded } from './read-bounded.ts';
import { type FileText, type ProfileChecks, readCustomer } from './read-customer.ts';

export interface LoadedCustomers {
  readonly customers: readonly Customer[];
  /** Of all customers, and of the folder itself. */
  readonly errors: readonly ProfileError[];
}

const MAX_FILE_BYTES = 256 * 1024;
const CUSTOMER_NAME = /^[a-z0-9][a-z0-9_-]*$/;

const problem = (file: string, what: string, fix: string): ProfileError => ({
  file,
  line: 1,
  column: 1,
  path: '',
  what,
  fix,
});

const readText = async (path: string): Promise<string | ProfileError> => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(path, MAX_FILE_BYTES));
  } catch (error) {
    if (error instanceof FileTooLarge)
      return problem(path, `the file is larger than ${MAX_FILE_BYTES / 1024} KiB`, 'Split it up');
    if (error instanceof NotAFile) return problem(path, 'this is no regular file', 'Put a file in its place');
    if (error instanceof TypeError) return problem(path, 'the file is not text in UTF-8', 'Save it as UTF-8');
    return problem(path, 'the file cannot be read', 'Check that it exists and that this user may read it');
  }
};

const loadCustomer = async (name: string, folder: string, checks: ProfileChecks): Promise<Customer> => {
  const files: FileText[] = [];
  const unreadable: ProfileError[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() || entry.name.startsWith('.') || !/\.ya?ml$/i.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const text = await readText(path);
    if (typeof text === 'string') files.push({ path, name: entry.name, text });
    else unreadable.push(text);
  }
  const customer = readCustomer(name, folder, files, checks);
  return { ...customer, errors: [...unreadable, ...customer.errors] };
};

/**
 * Reads a profiles folder: one folder per customer, in it connections.yaml and one file per profile.
 * Mistakes of people are returned; only a failing disk throws.
 */
export const loadCustomers = async (folder: string, checks: ProfileChecks): Promise<LoadedCustomers> => {
  const found = await stat(folder).catch(() => null);
  if (found === null || !found.isDirectory())
    return { customers: [], errors: [problem(folder, 'there is no such folder', 'Name it with --profiles DIR')] };
  const customers: Customer[] = [];
  const errors: ProfileError[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.isFile()) continue;
    const path = join(folder, entry.name);
    // A link may lead nowhere.
    if ((await stat(path).catch(() => null))?.isDirectory() !== true) continue;
    if (CUSTOMER_NAME.test(entry.name)) customers.push(await loadCustomer(entry.name, path, checks));
    else errors.push(problem(path, 'this cannot be the name of a customer', 'Use lower case, digits, - and _'));
  }
  return { customers, errors: [...errors, ...customers.flatMap((customer) => customer.errors)] };
};
