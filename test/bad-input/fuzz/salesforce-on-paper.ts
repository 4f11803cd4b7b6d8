import { connector } from '@heed/connector-salesforce';
import { sandbox } from '@heed/connector-salesforce/sandbox';
import type { Session, Tools } from '@heed/contract';
import { startSandbox } from '@heed/sandbox';
import { CANARY } from './row-form.ts';

export const NOW = Date.parse('2026-11-21T10:00:00Z');

/** One answer as it travels. */
export interface Travelling {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** More requests than any of these small tasks needs: whoever comes here goes round in circles. */
const MOST_REQUESTS = 300;

/** A stand-in of the vendor's with some people of every kind in it; what it answers is real, and asked for once. */
export const recordedVendor = async () => {
  const vendor = await startSandbox(sandbox, { clock: { now: () => NOW } });
  const make = (type: string, name: string, fields: Readonly<Record<string, unknown>> = {}): string => {
    const needed = type === 'Lead' ? { Company: 'Acme' } : { MailingStreet: '1 Main St\nFloor 2', MailingCity: 'Rome' };
    const email = `${name}.${CANARY}@example.org`;
    const made = vendor.act('admin/create', {
      type,
      fields: { ...needed, FirstName: name, LastName: CANARY, Email: email, ...fields },
    });
    return (made as { readonly id: string }).id;
  };
  const campaign = (vendor.act('admin/campaign', { name: 'a list' }) as { readonly id: string }).id;
  const other = (vendor.act('admin/campaign', { name: 'another list' }) as { readonly id: string }).id;
  const contacts = ['ann', 'bob', 'cai', 'dee'].map((name, i) =>
    make('Contact', name, { HasOptedOutOfEmail: i % 2 === 1, Birthdate: '1980-02-29' }),
  );
  const leads = ['eva', 'fox', 'gil'].map((name, i) => make('Lead', name, { HasOptedOutOfEmail: i === 1 }));
  for (const id of [contacts[0], contacts[1]]) vendor.act('admin/add-member', { type: 'Contact', id, campaign });
  vendor.act('admin/add-member', { type: 'Lead', id: leads[0], campaign: other });
  vendor.clock.advance(3_600_000);
  const [first = '', , third = '', fourth = ''] = contacts;
  vendor.act('admin/merge', { type: 'Contact', master: first, losers: [fourth] });
  vendor.act('admin/delete', { type: 'Contact', id: third });
  vendor.act('admin/convert', { id: leads[1] });
  vendor.clock.advance(60_000);

  const realFetch = globalThis.fetch;
  const known = new Map<string, Promise<Travelling>>();
  const travelled = async (url: string, init: RequestInit): Promise<Travelling> => {
    const response = await realFetch(url, init);
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  };
  return {
    contacts,
    leads,
    campaigns: [campaign, other],
    answer(url: string, init: RequestInit): Promise<Travelling> {
      const key = JSON.stringify([init.method, url.slice(vendor.url.length), init.body ?? null]);
      const asked = known.get(key) ?? travelled(url, init);
      known.set(key, asked);
      return asked;
    },
    /** A session of the real connector over the real SDK; `fetch` is what the test puts in its place. */
    open(): Session {
      const { connector: name, baseUrl } = vendor.connection;
      const auth = {
        method: 'client-credentials',
        clientId: vendor.env.SANDBOX_SALESFORCE_CLIENT_ID,
        clientSecret: vendor.env.SANDBOX_SALESFORCE_CLIENT_SECRET,
      };
      const tools: Tools = {
        clock: { now: () => NOW + 7_200_000, sleep: async () => {} },
        random: () => 0.5,
        tokens: { load: async () => null, save: async () => {} },
        call: async (spec, work) => (await work(spec.signal)).value,
        vendorNow: () => NOW + 7_200_000,
      };
      return connector.open(
        {
          config: connector.config.parse({ connector: name, baseUrl, auth }),
          role: 'crm',
          container: null,
          basis: null,
        },
        tools,
      );
    },
    close: () => vendor.close(),
  };
};

/** A `fetch` that answers what it is told, and notices who asks without end. */
export const fetchOver = (answer: (url: string, init: RequestInit) => Promise<Travelling>) => {
  let requests = 0;
  return {
    get endless(): boolean {
      return requests > MOST_REQUESTS;
    },
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      requests += 1;
      if (requests > MOST_REQUESTS) throw new RangeError('a loop');
      const { status, headers, text } = await answer(url, init);
      const { 'content-length': _, ...others } = headers;
      return new Response(status === 204 ? null : text, { status, headers: others });
    },
  };
};
