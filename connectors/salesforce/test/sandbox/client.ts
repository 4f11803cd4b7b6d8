import { type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { type Org, type SalesforceExtras, sandbox } from '../../sandbox/index.ts';

/** Raw HTTP against the stand-in: no connector and no SDK between the test and the wire. */

export const startMs = Date.parse('2026-03-01T12:00:00Z');

/** A JSON answer as a test looks into it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked into by tests only
  readonly body: any;
}

export interface Client {
  readonly org: RunningSandbox<Org, SalesforceExtras>;
  /** `path` below `/services/data/v67.0` unless it begins with `/services`. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A body that is no JSON. */
  send(method: string, path: string, text: string, contentType: string): Promise<Answer>;
  query(soql: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  token(form: Readonly<Record<string, string>>): Promise<Answer>;
  create(type: string, fields: Readonly<Record<string, unknown>>): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  act(name: string, body?: Readonly<Record<string, unknown>>): any;
  useToken(token: string): void;
}

export const base = '/services/data/v67.0';

async function answered(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** A fresh org on a free port, its clock standing at {@link startMs}. */
export async function open(options: SandboxOptions = {}): Promise<Client> {
  const org = await startSandbox(sandbox, { clock: { now: () => startMs }, seed: 7, ...options });
  let accessToken = org.accessToken;
  const urlOf = (path: string): string => `${org.url}${path.startsWith('/services') ? path : `${base}${path}`}`;
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    const url = urlOf(path);
    const init: RequestInit = {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${accessToken}`, ...headers },
    };
    if (body === undefined) return answered(await fetch(url, init));
    const json = { ...init.headers, 'content-type': 'application/json' };
    return answered(await fetch(url, { ...init, headers: json, body: JSON.stringify(body) }));
  };
  return {
    org,
    call,
    async send(method, path, text, contentType) {
      const headers = { authorization: `Bearer ${accessToken}`, 'content-type': contentType };
      return answered(await fetch(urlOf(path), { method, redirect: 'manual', headers, body: text }));
    },
    query: (soql, headers) => call('GET', `/query?q=${encodeURIComponent(soql)}`, undefined, headers),
    async token(form) {
      const response = await fetch(`${org.url}/services/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      return answered(response);
    },
    async create(type, fields) {
      const answer = await call('POST', `/sobjects/${type}`, fields);
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`);
      return answer.body.id;
    },
    act: (name, body) => org.act(name, body),
    useToken(token) {
      accessToken = token;
    },
  };
}
