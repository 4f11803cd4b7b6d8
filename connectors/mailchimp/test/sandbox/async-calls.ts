import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { type Answer, call, type Mailchimp } from './client.ts';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly operation_id?: unknown;
}

export interface ResultRow {
  readonly status_code: number;
  readonly operation_id: string | null;
  readonly response: string;
}

/** Calls below /batches, and of the host of the results. */
export function asyncCalls(mailchimp: Mailchimp) {
  const submit = (operations: readonly Operation[]): Promise<Answer> =>
    call(mailchimp, 'POST', '/batches', { operations });
  const look = (id: string): Promise<Answer> => call(mailchimp, 'GET', `/batches/${id}`);
  return {
    submit,
    look,
    stop: (id: string) => call(mailchimp, 'DELETE', `/batches/${id}`),
    list: (query = '') => call(mailchimp, 'GET', `/batches?${query}`),
    /** A batch that has run to its end, as GET shows it. */
    finished: async (operations: readonly Operation[]): Promise<Answer['body']> => {
      const { id } = (await submit(operations)).body;
      mailchimp.clock.advance(3_600_000);
      return (await look(id)).body;
    },
  };
}

/** What the link of a finished batch leads to; throws where the download is cut off. */
export async function download(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Strict: without it modern-tar takes an archive that was cut off for a whole one. */
export const entriesOf = (bytes: Buffer) => unpackTar(gunzipSync(bytes), { strict: true });

/** All rows of all files of an archive. */
export async function rowsAt(url: string): Promise<readonly ResultRow[]> {
  const entries = await entriesOf((await download(url)).bytes);
  return entries.flatMap(({ data }) =>
    data === undefined ? [] : (JSON.parse(Buffer.from(data).toString('utf8')) as readonly ResultRow[]),
  );
}

export const ids = (rows: readonly ResultRow[]): readonly (string | null)[] => rows.map((row) => row.operation_id);
