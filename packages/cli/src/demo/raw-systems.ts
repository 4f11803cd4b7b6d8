import { createHash } from 'node:crypto';
import type { Stage } from './stage.ts';

/** One record as its own system shows it, read with plain HTTP and nothing of Heed in between. */
export interface RawRecord {
  readonly system: 'Salesforce' | 'NetSuite' | 'Mailchimp';
  /** `Contact 003Hs...` or `member`. */
  readonly record: string;
  readonly name: string;
  readonly email: string;
  readonly consent: string;
  readonly optedOut: boolean;
}

interface SalesforceRow {
  readonly attributes: { readonly type: string };
  readonly Id: string;
  readonly Name: string;
  readonly Email: string;
  readonly HasOptedOutOfEmail: boolean;
}

interface NetsuiteRow {
  readonly id: string;
  readonly name?: string;
  readonly email: string;
  readonly globalsubscriptionstatus?: string;
}

/** Statuses of NetSuite that mean opted out: soft and confirmed. */
const OUT: readonly string[] = ['2', '4'];

/** The systems of the demonstration, asked directly. */
export interface RawSystems {
  /** A subscribed member who has several records in Salesforce and some in NetSuite, none of them opted out. */
  findPerson(): Promise<string>;
  recordsOf(email: string): Promise<readonly RawRecord[]>;
  /** What the person does in their mail program: clicks the link at the end of a newsletter. */
  unsubscribe(email: string): Promise<void>;
  /** Calls so far that could have changed something. */
  writes(): Promise<number>;
}

export const rawSystems = ({ salesforce, netsuite, mailchimp }: Stage): RawSystems => {
  const ask = async (url: string, authorization: string, body?: object): Promise<unknown> => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization, 'content-type': 'application/json', prefer: 'transient' };
    const response = await fetch(url, { headers, ...sent });
    if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`);
    return response.json();
  };
  const soql = async (query: string): Promise<readonly SalesforceRow[]> => {
    const url = `${salesforce.url}/services/data/v66.0/query?q=${encodeURIComponent(query)}`;
    return ((await ask(url, `Bearer ${salesforce.accessToken}`)) as { records: readonly SalesforceRow[] }).records;
  };
  const member = async (email: string): Promise<RawRecord> => {
    const hash = createHash('md5').update(email.toLowerCase()).digest('hex');
    const url = `${mailchimp.url}/3.0/lists/${mailchimp.audience}/members/${hash}`;
    const key = Buffer.from(`anybody:${mailchimp.accessToken}`).toString('base64');
    const raw = (await ask(url, `Basic ${key}`)) as { status: string; email_address: string; full_name: string };
    return {
      system: 'Mailchimp',
      record: 'member',
      name: raw.full_name,
      email: raw.email_address,
      consent: `status: ${raw.status}`,
      optedOut: raw.status === 'unsubscribed',
    };
  };
  const people = (type: 'Contact' | 'Lead', where: string) =>
    soql(`SELECT Id, Name, Email, HasOptedOutOfEmail FROM ${type} WHERE ${where} ORDER BY Id`);
  const suiteql = async (type: 'contact' | 'customer', email: string): Promise<readonly RawRecord[]> => {
    const name = type === 'contact' ? 'entityid' : 'companyname';
    const q = `SELECT id, ${name} AS name, email, globalsubscriptionstatus FROM ${type} WHERE email = ? ORDER BY id`;
    const url = `${netsuite.url}/services/rest/query/v1/suiteql?limit=100`;
    const { items } = (await ask(url, `Bearer ${netsuite.accessToken}`, { q, params: [email] })) as {
      readonly items: readonly NetsuiteRow[];
    };
    return items.map((row) => ({
      system: 'NetSuite',
      record: `${type} ${row.id}`,
      name: row.name ?? '',
      email: row.email,
      consent: `globalSubscriptionStatus: ${row.globalsubscriptionstatus ?? ''}`,
      optedOut: OUT.includes(row.globalsubscriptionstatus ?? ''),
    }));
  };
  const inNetsuite = async (email: string): Promise<readonly RawRecord[]> => [
    ...(await suiteql('contact', email)),
    ...(await suiteql('customer', email)),
  ];
  return {
    async findPerson() {
      const mailable = 'Email != null AND HasOptedOutOfEmail = false';
      const leads = new Set((await people('Lead', mailable)).map((lead) => lead.Email));
      const both = (await people('Contact', mailable)).filter((contact) => leads.has(contact.Email));
      // A name that not every program gets right comes first.
      both.sort((a, b) => Number(isPlain(a.Name)) - Number(isPlain(b.Name)));
      for (const { Email: email } of both) {
        const found = await member(email).catch(() => null);
        if (found?.consent !== 'status: subscribed') continue;
        const customers = await inNetsuite(email);
        if (customers.length > 0 && customers.every((one) => !one.optedOut)) return email;
      }
      throw new Error('the made-up people have nobody who is in both CRMs and subscribed');
    },
    async recordsOf(email) {
      const where = `Email = '${email.replaceAll(/['\\]/g, '\\$&')}'`;
      const rows = [...(await people('Contact', where)), ...(await people('Lead', where))];
      const records = rows.map(
        (row): RawRecord => ({
          system: 'Salesforce',
          record: `${row.attributes.type} ${row.Id}`,
          name: row.Name,
          email: row.Email,
          consent: `HasOptedOutOfEmail: ${row.HasOptedOutOfEmail}`,
          optedOut: row.HasOptedOutOfEmail,
        }),
      );
      return [...records, ...(await inNetsuite(email)), await member(email)];
    },
    async unsubscribe(email) {
      const response = await fetch(`${mailchimp.url}/__sandbox/person/unsubscribe`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email }),
      });
      if (!response.ok) throw new Error(`the stand-in refused the unsubscribe: ${response.status}`);
    },
    async writes() {
      let writes = 0;
      for (const { url } of [salesforce, netsuite, mailchimp]) {
        const { calls } = (await ask(`${url}/__sandbox/calls`, '')) as { calls: { method: string; path: string }[] };
        writes += calls.filter(
          ({ method, path }) => method !== 'GET' && !READS.some((one) => path.startsWith(one)),
        ).length;
      }
      return writes;
    },
  };
};

/** What is asked by POST all the same: tokens and NetSuite's queries. */
const READS = ['/services/oauth2/', '/services/rest/auth/', '/services/rest/query/'];

const isPlain = (name: string): boolean => /^[\p{ASCII}]*$/u.test(name);
