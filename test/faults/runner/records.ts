import type { SandboxControls } from '@heed/sandbox';
import { OPTED_OUT } from './people.ts';

/** `Contact ann@x.org` -> the records of that kind and address, without ids and times; more than one is a duplicate. */
export type Records = ReadonlyMap<string, readonly string[]>;

type Asked = Pick<SandboxControls<unknown>, 'url' | 'accessToken'>;

const getJson = async <T>(url: string, authorization: string): Promise<T> => {
  const response = await fetch(url, { headers: { authorization } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
};

interface Shown {
  readonly email: string;
  readonly optedOut: boolean;
  readonly values: unknown;
}

const crmRecords = async ({ url, accessToken }: Asked, type: string): Promise<readonly Shown[]> => {
  const query = `SELECT Email, FirstName, LastName, HasOptedOutOfEmail FROM ${type}`;
  const { done, records } = await getJson<{
    done: boolean;
    records: readonly { Email: string; FirstName: string; LastName: string; HasOptedOutOfEmail: boolean }[];
  }>(`${url}/services/data/v66.0/query?q=${encodeURIComponent(query)}`, `Bearer ${accessToken}`);
  if (!done) throw new Error('more records than one page');
  return records.map(({ Email, FirstName, LastName, HasOptedOutOfEmail }) => ({
    email: Email,
    optedOut: HasOptedOutOfEmail,
    values: { FirstName, LastName, HasOptedOutOfEmail },
  }));
};

const members = async ({
  url,
  accessToken,
  audience,
}: Asked & { readonly audience: string }): Promise<readonly Shown[]> => {
  const fields = 'members.email_address,members.status,members.merge_fields,members.tags';
  const found = await getJson<{
    members: readonly { email_address: string; status: string; merge_fields: Readonly<Record<string, unknown>> }[];
  }>(
    `${url}/3.0/lists/${audience}/members?count=1000&fields=${fields}`,
    `Basic ${Buffer.from(`anybody:${accessToken}`).toString('base64')}`,
  );
  return found.members.map(({ email_address, ...values }) => ({
    email: email_address,
    optedOut: values.status === 'unsubscribed',
    values,
  }));
};

/** Everything that stands in both systems. */
export const readRecords = async (
  salesforce: Asked,
  mailchimp: Asked & { readonly audience: string },
): Promise<Records> => {
  const records = new Map<string, string[]>();
  const add = (kind: string, shown: readonly Shown[]): void => {
    for (const { email, values } of shown) {
      const key = `${kind} ${email}`;
      records.set(key, [...(records.get(key) ?? []), JSON.stringify(values)].sort());
    }
  };
  for (const type of ['Contact', 'Lead']) add(type, await crmRecords(salesforce, type));
  add('member', await members(mailchimp));
  return records;
};

/** Everything in which two states of the world differ, a line each; empty if they are the same. */
export const differences = (found: Records, expected: Records): readonly string[] => {
  const lines: string[] = [];
  for (const key of new Set([...found.keys(), ...expected.keys()])) {
    const [is, should] = [found, expected].map((records) => (records.get(key) ?? ['absent']).join(' and '));
    if (is !== should) lines.push(`${key} is ${is}, should be ${should}`);
  }
  return lines;
};

const isOptedOut = (record: string): boolean => /"HasOptedOutOfEmail":true|"status":"unsubscribed"/.test(record);

/**
 * What must never be, not even for a moment: somebody opted out who did not opt out, somebody mailable again, a record twice,
 * a record in a state that is neither what it was nor what it is to become.
 */
export const harm = (found: Records, before: Records, ...after: readonly Records[]): readonly string[] => {
  const lines: string[] = [];
  for (const [key, records] of found) {
    const email = key.split(' ')[1] ?? '';
    if (records.length > 1 && records.length > (before.get(key)?.length ?? 0)) lines.push(`${key} is there twice`);
    if (records.some(isOptedOut) && !OPTED_OUT.has(email)) lines.push(`${key} was opted out, and never asked for it`);
    const was = before.get(key);
    if (was?.every(isOptedOut) === true && !records.every(isOptedOut)) lines.push(`${key} is mailable again`);
    const known = [...(was ?? []), ...after.flatMap((records) => records.get(key) ?? [])];
    for (const record of records) if (!known.includes(record)) lines.push(`${key} is half written: ${record}`);
  }
  for (const key of before.keys()) if (!found.has(key)) lines.push(`${key} is gone`);
  return lines;
};
