import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandbox as hubspotDefinition } from '@heed/connector-hubspot/sandbox';
import { sandbox as netsuiteDefinition } from '@heed/connector-netsuite/sandbox';
import { startSandbox } from '@heed/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Ended, heed } from '../e2e/kit.ts';
import {
  type EchoingVendor,
  echoingVendor,
  type Heard,
  hubspotProblem,
  isWrite,
  nsError,
  oauthRefusal,
} from './echoing-vendor.ts';

// canaries.test.ts for NetSuite as the CRM and HubSpot as the marketing tool: with their keys, their errors and their paths.

const NAME = 'Canaryname';
const isToken = ({ url }: Heard): boolean => url.includes('/oauth');
const isSearch = ({ url }: Heard): boolean => /\/(search|read)(\?|$)|suiteql/.test(url);
const isRealWrite = (one: Heard): boolean => isWrite(one) && !isToken(one) && !isSearch(one);
const never = (): boolean => false;

interface Case {
  readonly name: string;
  /** Which answers of which vendor are replaced. */
  readonly hubspot?: (heard: Heard) => boolean;
  readonly netsuite?: (heard: Heard) => boolean;
  readonly tokenBased?: true;
}

const cases: readonly Case[] = [
  { name: 'HubSpot refuses the sign-in', hubspot: isToken },
  { name: 'NetSuite refuses the sign-in', netsuite: isToken },
  { name: 'NetSuite refuses every request, signed one by one', netsuite: () => true, tokenBased: true },
  { name: 'both refuse every write', hubspot: isRealWrite, netsuite: isRealWrite },
  { name: 'nothing goes wrong' },
  { name: 'nothing goes wrong, with the rotated token' },
];

const open = async () => {
  const hubspot = await startSandbox(hubspotDefinition, {
    switches: { rateLimits: false, indexLagMs: 0, rotateRefreshTokens: true },
  });
  const netsuite = await startSandbox(netsuiteDefinition);
  return { hubspot, netsuite, folder: mkdtempSync(join(tmpdir(), 'heed-canaries-')) };
};

let world: Awaited<ReturnType<typeof open>>;
let env: Readonly<Record<string, string>>;
const vendors: EchoingVendor[] = [];
const rotated = new Set<string>();
interface Outcome {
  readonly ended: Ended;
  readonly stateDir: string;
  readonly hubspot: EchoingVendor;
  readonly netsuite: EchoingVendor;
}
const outcomes = new Map<string, Outcome>();

const populate = (about: number): void => {
  const { hubspot, netsuite } = world;
  for (const kind of ['new', 'opted-out', 'changed', 'leaves']) {
    const email = `canary.${kind}.${about}@example.org`;
    const names = { firstName: NAME, lastName: `${NAME} ${about}`, entityId: `${kind} ${about}` };
    const status = { globalSubscriptionStatus: kind === 'opted-out' ? '2' : '1', phone: '5550100123' };
    netsuite.act('admin/create', { record: 'contact', fields: { ...names, ...status, email } });
    if (kind === 'new') continue;
    const { id } = hubspot.act('admin/create', { properties: { email, firstname: 'Other' } }) as {
      readonly id: string;
    };
    const list = hubspot.state().lists.get(hubspot.audience);
    if (list !== undefined) list.members[id] = hubspot.clock.now();
    if (kind === 'leaves') hubspot.act('person/unsubscribe', { email });
  }
};

const secrets = (): readonly string[] => {
  const { access } = world.hubspot.state();
  const assertions = vendors.flatMap(({ heard }) =>
    heard.flatMap(({ body }) => new URLSearchParams(body).get('client_assertion') ?? []),
  );
  const signatures = vendors.flatMap(({ heard }) =>
    heard.flatMap(({ authorization }) => /oauth_signature="([^"]+)"/.exec(authorization)?.[1] ?? []),
  );
  const key = world.netsuite
    .state()
    .credentials.privateKey.split('\n')
    .filter((line) => /^[A-Za-z0-9+/=]{30,}$/.test(line));
  const given = [
    ...Object.values(env),
    ...Object.keys(access.tokens),
    ...rotated,
    ...world.netsuite.state().tokens.keys(),
  ];
  return [...new Set([...given, ...key, ...assertions, ...signatures])]
    .filter((one) => one.length > 9)
    .flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(secret),
    ]);
};

const connections = (urls: { readonly hubspot: string; readonly netsuite: string }, tokenBased: boolean) => ({
  hubspot: {
    connector: 'hubspot',
    baseUrl: urls.hubspot,
    auth: {
      method: 'oauth',
      clientId: { env: 'CANARY_HUBSPOT_CLIENT' },
      clientSecret: { env: 'CANARY_HUBSPOT_SECRET' },
      refreshToken: { env: 'CANARY_HUBSPOT_REFRESH' },
    },
  },
  netsuite: {
    ...world.netsuite.connection,
    baseUrl: urls.netsuite,
    ...(tokenBased
      ? {
          auth: {
            method: 'token-based',
            consumerKey: { env: 'CANARY_NS_CONSUMER' },
            consumerSecret: { env: 'CANARY_NS_CONSUMER_SECRET' },
            tokenId: { env: 'CANARY_NS_TOKEN' },
            tokenSecret: { env: 'CANARY_NS_TOKEN_SECRET' },
          },
        }
      : {}),
  },
});

const profile = (audience: string) => ({
  version: 1,
  crm: { connection: 'netsuite', records: ['contact'] },
  marketing: { connection: 'hubspot', audience },
  fields: [
    { crm: 'firstName', marketing: 'firstname' },
    { crm: 'lastName', marketing: 'lastname' },
  ],
  optOut: { crmToMarketing: true, softOptOutIsRequest: true },
  consent: { newMembers: 'subscribe', basis: 'existing-customer' },
});

const play = async ({ name, hubspot = never, netsuite = never, tokenBased }: Case, index: number): Promise<void> => {
  populate(index);
  // The same customer again where the case before left the token that was rotated.
  const goesOn = name.endsWith('rotated token');
  const customer = goesOn ? `customer${index - 1}` : `customer${index}`;
  const stateDir = join(world.folder, goesOn ? `state${index - 1}` : `state${index}`);
  const inFront = {
    hubspot: await echoingVendor(world.hubspot.url, hubspot, isTokenOr(hubspotProblem)),
    netsuite: await echoingVendor(world.netsuite.url, netsuite, isTokenOr(nsError)),
  };
  vendors.push(inFront.hubspot, inFront.netsuite);
  const folder = join(world.folder, 'profiles', customer);
  mkdirSync(folder, { recursive: true });
  const urls = { hubspot: inFront.hubspot.url, netsuite: inFront.netsuite.url };
  writeFileSync(join(folder, 'connections.yaml'), stringify(connections(urls, tokenBased === true)));
  writeFileSync(join(folder, 'newsletter.yaml'), stringify(profile(world.hubspot.audience)));
  const { access } = world.hubspot.state();
  // As configured once; what HubSpot rotates afterwards only the sealed store knows.
  const refresh = goesOn ? env.CANARY_HUBSPOT_REFRESH : Object.keys(access.refreshTokens)[0];
  env = { ...env, CANARY_HUBSPOT_REFRESH: refresh ?? '' };
  const where = { HEED_PROFILES: join(world.folder, 'profiles'), HEED_STATE: stateDir, HEED_DEBUG: '1' };
  const ended = await heed(['sync', customer, '--yes', '--json'], { ...env, ...where });
  for (const token of Object.keys(access.refreshTokens)) rotated.add(token);
  outcomes.set(name, { ended, stateDir, ...inFront });
};

const isTokenOr = (wording: typeof nsError): typeof nsError => {
  return (echo, heard) => (isToken(heard) ? oauthRefusal(echo, heard) : wording(echo, heard));
};

beforeAll(async () => {
  world = await open();
  const { oauth } = world.hubspot;
  const { tokenBased } = world.netsuite;
  env = {
    ...world.netsuite.env,
    CANARY_HUBSPOT_CLIENT: oauth.clientId,
    CANARY_HUBSPOT_SECRET: oauth.clientSecret,
    CANARY_HUBSPOT_REFRESH: oauth.refreshToken,
    CANARY_NS_CONSUMER: tokenBased.consumerKey,
    CANARY_NS_CONSUMER_SECRET: tokenBased.consumerSecret,
    CANARY_NS_TOKEN: tokenBased.tokenId,
    CANARY_NS_TOKEN_SECRET: tokenBased.tokenSecret,
  };
  // One after the other: they write to the same two systems.
  for (const [index, one] of cases.entries()) await play(one, index);
}, 120_000);
afterAll(async () => {
  for (const vendor of vendors) vendor.close();
  await Promise.all([world.hubspot.close(), world.netsuite.close()]);
  rmSync(world.folder, { recursive: true, force: true });
});

const outcomeOf = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`not played: ${name}`);

describe.each(cases.map(({ name }) => name))('when %s', (name) => {
  it('the case is what it says', () => {
    const { ended, hubspot, netsuite } = outcomeOf(name);
    const echoes = hubspot.echoes() + netsuite.echoes();
    if (name.startsWith('nothing')) expect([ended.code, echoes]).toEqual([0, 0]);
    else {
      expect(echoes).toBeGreaterThan(0);
      expect([3, 5]).toContain(ended.code);
    }
  });

  it('no output has a secret in it, and no message a person', () => {
    const { ended } = outcomeOf(name);
    for (const secret of secrets()) expect(ended.stdout + ended.stderr).not.toContain(secret);
    expect(ended.stderr).not.toMatch(/canary/i);
    const told: string[] = [];
    JSON.parse(ended.stdout, (key, value: unknown) => {
      if (['message', 'why', 'detail', 'text'].includes(key)) told.push(String(value));
      return value;
    });
    if (name.includes('every write')) expect(told).not.toEqual([]);
    for (const text of told) expect(text).not.toMatch(/canary/i);
  });

  it('the state folder holds no secret, but sealed, and no field that is not mapped', () => {
    const { stateDir } = outcomeOf(name);
    for (const file of readdirSync(stateDir)) {
      const bytes = readFileSync(join(stateDir, file)).toString('latin1');
      for (const secret of secrets()) expect([file, bytes.includes(secret)]).toEqual([file, false]);
      expect([file, bytes.includes('5550100123')]).toEqual([file, false]);
    }
  });

  it('no URL has a secret or a name in it; HubSpot names the address whose preferences are asked for, NetSuite nobody', () => {
    const { hubspot, netsuite } = outcomeOf(name);
    for (const { url } of [...hubspot.heard, ...netsuite.heard]) {
      const path = decodeURIComponent(url);
      for (const secret of secrets()) expect(path).not.toContain(secret);
      expect(path).not.toMatch(/Canaryname/i);
    }
    for (const { url } of netsuite.heard) expect(decodeURIComponent(url)).not.toMatch(/canary|example\.org/i);
    for (const { url } of hubspot.heard) {
      const outside = url.replace(
        /^\/(communication-preferences\/v4\/statuses|crm\/v3\/objects\/contacts)\/[^/?]+/,
        '',
      );
      expect(decodeURIComponent(outside)).not.toMatch(/canary|example\.org/i);
    }
  });
});

it('the refresh token that HubSpot rotated is kept sealed, and the next run signs in with it', () => {
  const { stateDir, hubspot } = outcomeOf('nothing goes wrong, with the rotated token');
  expect(readdirSync(stateDir).filter((file) => file.endsWith('.token')).length).toBeGreaterThan(0);
  const sent = hubspot.heard.flatMap(({ body }) => new URLSearchParams(body).get('refresh_token') ?? []);
  expect(sent).not.toContain(env.CANARY_HUBSPOT_REFRESH);
  expect(rotated.size).toBeGreaterThan(1);
});
