import { type HubspotExtras, type Portal, sandbox } from '@heed/connector-hubspot/sandbox';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { afterEach } from 'vitest';

export type Hubspot = RunningSandbox<Portal, HubspotExtras>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the vendor answers
  readonly body: any;
}

const running: Hubspot[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

/** Noon of an ordinary day, in UTC. */
export const NOON = Date.parse('2026-03-04T12:00:00Z');

/** Search sees everything at once unless `indexLagMs` says otherwise. */
export async function start(options: SandboxOptions = {}): Promise<Hubspot> {
  const switches = { indexLagMs: 0, ...options.switches };
  const one = await startSandbox(sandbox, { clock: { now: () => NOON }, ...options, switches });
  running.push(one);
  return one;
}

/** A raw call with the static token, or another one. */
export async function call(
  hubspot: Hubspot,
  method: string,
  path: string,
  body?: unknown,
  token: string = hubspot.accessToken,
): Promise<Answer> {
  const response = await fetch(`${hubspot.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return read(response);
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A form sent to a token endpoint. */
export async function askToken(hubspot: Hubspot, fields: Readonly<Record<string, string>>, path = '/oauth/v3/token') {
  const { clientId, clientSecret } = hubspot.oauth;
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields });
  return read(await fetch(`${hubspot.url}${path}`, { method: 'POST', body }));
}

export const CONTACTS = '/crm/v3/objects/contacts';

/** Calls about contacts. */
export function contactCalls(hubspot: Hubspot, base: string = CONTACTS) {
  const id = async (properties: object): Promise<string> => {
    const { status, body } = await call(hubspot, 'POST', base, { properties });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  return {
    raw: (method: string, path: string, body?: unknown) => call(hubspot, method, base + path, body),
    create: (properties: object) => call(hubspot, 'POST', base, { properties }),
    /** Creates a contact and answers its id. */
    id,
    get: (contact: string, query = '') => call(hubspot, 'GET', `${base}/${encodeURIComponent(contact)}${query}`),
    byEmail: (email: string, properties = '') =>
      call(hubspot, 'GET', `${base}/${encodeURIComponent(email)}?idProperty=email&properties=${properties}`),
    patch: (contact: string, properties: object, query = '') =>
      call(hubspot, 'PATCH', `${base}/${encodeURIComponent(contact)}${query}`, { properties }),
    archive: (contact: string) => call(hubspot, 'DELETE', `${base}/${contact}`),
    search: (body: object) => call(hubspot, 'POST', `${base}/search`, body),
    batch: (name: string, body: object) => call(hubspot, 'POST', `${base}/batch/${name}`, body),
  };
}

/** Calls about the preferences of an address, in v4 or a later version. */
export function preferenceCalls(hubspot: Hubspot, base = '/communication-preferences/v4') {
  const at = (email: string): string => `${base}/statuses/${encodeURIComponent(email)}`;
  return {
    statuses: (email: string) => call(hubspot, 'GET', `${at(email)}?channel=EMAIL`),
    wide: (email: string) => call(hubspot, 'GET', `${at(email)}/unsubscribe-all?channel=EMAIL`),
    unsubscribeAll: (email: string, more = '') =>
      call(hubspot, 'POST', `${at(email)}/unsubscribe-all?channel=EMAIL${more}`),
    write: (email: string, subscriptionId: number, statusState: string, more: object = {}) =>
      call(hubspot, 'POST', at(email), { channel: 'EMAIL', statusState, subscriptionId, ...more }),
  };
}

/** The subscription type of that name. */
export function typeNamed(hubspot: Hubspot, name: string): number {
  const type = hubspot.state().subscriptions.find((one) => one.name === name);
  if (type === undefined) throw new Error(`There is no type ${name}`);
  return type.id;
}

/** The ids of a page of contacts. */
export function ids(answer: Answer): readonly string[] {
  return answer.body.results.map(({ id }: { readonly id: string }) => id);
}
