import { type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { type Account, type NetsuiteExtras, sandbox } from '../../sandbox/index.ts';

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
  readonly account: RunningSandbox<Account, NetsuiteExtras>;
  /** `path` below `/services/rest` unless it begins with `/services` or `/app`. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The rows of a SuiteQL query, without their links. */
  rows(q: string, params?: readonly unknown[], path?: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** A SuiteQL query with all its answer. */
  query(q: string, params?: readonly unknown[], path?: string): Promise<Answer>;
  token(form: Readonly<Record<string, string>>): Promise<Answer>;
  /** Creates a record and answers its id. */
  create(record: string, fields: Readonly<Record<string, unknown>>): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  read(record: string, id: string, query?: string): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  act(name: string, body?: Readonly<Record<string, unknown>>): any;
}

export const collectionType = { 'content-type': 'application/vnd.oracle.resource+json; type=collection' };

async function answered(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** The id at the end of a Location header. */
export const idIn = (answer: Pick<Answer, 'headers'>): string =>
  (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';

/** The only detail of an error. */
export const errorOf = (answer: Answer): Readonly<Record<string, string>> => answer.body['o:errorDetails'][0];

/** A fresh account on a free port, its clock standing at {@link startMs}. */
export async function open(options: SandboxOptions = {}): Promise<Client> {
  const account = await startSandbox(sandbox, { clock: { now: () => startMs }, seed: 7, ...options });
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    const url = `${account.url}${path.startsWith('/') ? path : `/services/rest/${path}`}`;
    const authorization = `Bearer ${account.accessToken}`;
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, redirect: 'manual', headers: { authorization, ...content, ...headers } } as const;
    return answered(await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) }));
  };
  const query: Client['query'] = (q, params, path = 'query/v1/suiteql') =>
    call('POST', path, { q, ...(params === undefined ? {} : { params }) }, { prefer: 'transient' });
  return {
    account,
    call,
    query,
    async rows(q, params, path) {
      const answer = await query(q, params, path);
      if (answer.status !== 200) throw new Error(`the query answered ${answer.status}: ${answer.text}`);
      return answer.body.items.map(({ links: _, ...row }: Record<string, string>) => row);
    },
    async token(form) {
      const url = `${account.url}/services/rest/auth/oauth2/v1/token`;
      return answered(await fetch(url, { method: 'POST', body: new URLSearchParams(form) }));
    },
    async create(record, fields) {
      const answer = await call('POST', `record/v1/${record}`, fields);
      if (answer.status !== 204) throw new Error(`create answered ${answer.status}: ${answer.text}`);
      return idIn(answer);
    },
    async read(record, id, search = '') {
      const answer = await call('GET', `record/v1/${record}/${id}${search}`);
      if (answer.status !== 200) throw new Error(`read answered ${answer.status}: ${answer.text}`);
      return answer.body;
    },
    act: (name, body) => account.act(name, body),
  };
}
