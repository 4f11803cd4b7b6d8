import { ConnectorError, type Op } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup, make, open, readAll, useSandbox, write } from '../../connectors/hubspot/test/kit.ts';
import { nasty, nastyAddress } from './nasty.ts';

// HubSpot takes addresses, ids and lists in paths. Whatever they say, the request stays the one that was meant: the same route,
// one segment for one text, and texts of searches in JSON only. What the real session sends is overheard on its way.

const running = useSandbox();

const SEGMENT = '[^/]+';
const ROUTES = [
  '/account-info/v3/details',
  '/crm/v3/properties/contacts',
  '/crm/v3/objects/contacts',
  '/crm/v3/objects/contacts/(search|batch/(read|update|create))',
  `/crm/v3/objects/contacts/(?!search$|batch$)${SEGMENT}`,
  '/crm/v3/lists/(search|\\d+|\\d+/memberships(/(add|remove))?|records/0-1/\\d+/memberships)',
  '/communication-preferences/v4/definitions',
  `/communication-preferences/v4/statuses/(?!batch)${SEGMENT}(/unsubscribe-all)?`,
  '/communication-preferences/v4/statuses/batch/(read|unsubscribe-all(/read)?)',
];
const ROUTE = new RegExp(`^(${ROUTES.join('|')})$`);

interface Sent {
  readonly method: string;
  readonly segments: readonly string[];
  readonly body: string;
}

/** Judged afterwards: an error thrown where a request is sent would be taken for one of the network. */
const judged = (url: string, options: RequestInit | undefined): Sent => {
  const { pathname, username, password, origin } = new URL(url);
  expect([origin, username, password]).toEqual([running().url, '', '']);
  expect(pathname).toMatch(ROUTE);
  const segments = pathname.split('/').map(decodeURIComponent);
  for (const [name, value] of new Headers(options?.headers)) expect(`${name}${value}`).not.toMatch(/[\r\n\0]/);
  return { method: options?.method ?? 'GET', segments, body: String(options?.body ?? '') };
};

const overheard = async (work: () => Promise<unknown>): Promise<readonly Sent[]> => {
  const sent: (readonly [string, RequestInit | undefined])[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (given, options) => {
    sent.push([String(given), options]);
    return real(given, options);
  };
  try {
    const found: unknown = await work().catch((error: unknown) => {
      if (error instanceof ConnectorError && ['config', 'missing', 'invalid'].includes(error.kind)) return [];
      throw error;
    });
    expect(JSON.stringify(found) ?? '').not.toContain('victim');
  } finally {
    globalThis.fetch = real;
  }
  return sent.map(([url, options]) => judged(url, options));
};

const begin = (): string => {
  running().reset();
  running().switches({ indexLagMs: 0, rateLimits: false });
  return make(running(), 'victim@example.org', { firstname: 'victim' });
};

const wide = { hs_email_optout: true };
const optedOut = (): readonly string[] =>
  [...running().state().addresses.values()].filter((one) => one.wide != null).map(({ email }) => email);

describe('no request to HubSpot is changed by', () => {
  it.each(['crm', 'marketing'] as const)(
    'addresses that are asked for (%s)',
    async (role) => {
      await fc.assert(
        fc.asyncProperty(fc.array(nastyAddress, { minLength: 1, maxLength: 3 }), async (emails) => {
          begin();
          await overheard(() => lookup(open(running(), { role }), { emails }));
        }),
        { numRuns: 15, seed: 1 },
      );
    },
    60_000,
  );

  it('addresses that opt out: nobody else does', async () => {
    await fc.assert(
      fc.asyncProperty(nastyAddress, async (email) => {
        begin();
        const op: Op = { kind: 'opt-out', id: 'o', record: null, email, topic: '*', set: wide };
        await overheard(() => write(open(running(), { role: 'marketing' }), op));
        for (const one of optedOut()) expect(one).toBe(email.toLowerCase());
      }),
      { numRuns: 25, seed: 2 },
    );
  }, 60_000);

  it('ids of contacts and of lists', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(nasty, fc.constantFrom('..', '.', '', '%2e%2e', '1/../2', '9e99', '-1')),
        async (id) => {
          begin();
          const record = { type: 'contact', id };
          const sent = await overheard(async () => {
            const session = open(running());
            await lookup(session, { records: [record] });
            const opOf = (kind: string, more: object): Op =>
              ({ kind, id: kind, record, email: 'x@example.org', topic: '*', ...more }) as never;
            await write(session, opOf('opt-out', { set: wide }), opOf('patch', { fields: { firstname: 'x' } }));
            await readAll(session, null, { lists: [{ kind: 'list', id }] }).catch(() => []);
            await readAll(open(running(), { role: 'marketing', container: id })).catch(() => []);
            return [];
          });
          const texts = sent.flatMap(({ segments }) => segments);
          if (!/^[1-9]\d*$/.test(id) && id !== '') expect(texts).not.toContain(id);
        },
      ),
      { numRuns: 25, seed: 3 },
    );
  }, 60_000);

  it('references and names of properties', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (name, reference) => {
        begin();
        const sent = await overheard(async () => {
          await readAll(open(running()), null, { fields: [name] }).catch(() => []);
          await lookup(open(running()), { references: [reference] }, { reference: name }).catch(() => []);
          return [];
        });
        // A property that the portal does not have is asked for nowhere.
        if (name.length > 2) for (const { body } of sent) expect(body).not.toContain(JSON.stringify(name));
      }),
      { numRuns: 15, seed: 4 },
    );
  }, 60_000);
});
