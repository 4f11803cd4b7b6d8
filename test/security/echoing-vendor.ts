import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** One request as it arrived. */
export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

/** What an answer repeats of a request: who asked, with what, for whom. */
type Wording = (
  echo: string,
  heard: Heard,
) => { readonly status: number; readonly type: string; readonly body: string };

export interface EchoingVendor {
  readonly url: string;
  readonly heard: readonly Heard[];
  /** How many answers were replaced. */
  echoes(): number;
  close(): void;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * Stands before a sandbox and hands everything on, but what `when` chooses: that is answered with an error in the vendor's
 * form in which every text repeats the request with its credentials, and the people in it.
 */
export const echoingVendor = async (
  sandboxUrl: string,
  when: (heard: Heard) => boolean,
  wording: Wording,
): Promise<EchoingVendor> => {
  const heard: Heard[] = [];
  let echoes = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request;
    const one = { method, url, authorization: headers.authorization ?? '', body: await bodyOf(request) };
    heard.push(one);
    if (when(one)) {
      echoes += 1;
      const echo = `${one.authorization} ${url} ${decodeURIComponent(url)} ${one.body} ${new URLSearchParams(one.body)}`;
      const { status, type, body } = wording(echo, one);
      response.writeHead(status, { 'content-type': type, 'x-echo': 'x' }).end(body);
      return;
    }
    const kept = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
        ? [[name, value] as const]
        : [],
    );
    const real = await fetch(`${sandboxUrl}${url}`, {
      method,
      headers: Object.fromEntries(kept),
      ...(one.body === '' ? {} : { body: one.body }),
    });
    const text = (await real.text()).replaceAll(sandboxUrl, own());
    response.writeHead(real.status, { 'content-type': real.headers.get('content-type') ?? 'text/plain' }).end(text);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (): string => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  };
  return { url: own(), heard, echoes: () => echoes, close: () => server.close().closeAllConnections() };
};

export const isWrite = ({ method, url }: Heard): boolean => method !== 'GET' && !url.includes('/oauth2/');

/** Mailchimp's problem, every text of it. */
export const problem =
  (status: number): Wording =>
  (echo) => ({
    status,
    type: 'application/problem+json',
    body: JSON.stringify({
      type: echo,
      title: echo,
      status,
      detail: echo,
      instance: echo,
      errors: [{ field: echo, message: echo }],
    }),
  });

/** Salesforce's list of errors. */
export const errorList =
  (status: number): Wording =>
  (echo) => ({
    status,
    type: 'application/json',
    body: JSON.stringify([{ errorCode: echo, message: `No such column '${echo}'`, fields: [echo] }]),
  });

/** A refusal of the token endpoint, whose code and description are the echo. */
export const oauthRefusal: Wording = (echo) => ({
  status: 400,
  type: 'application/json',
  body: JSON.stringify({ error: echo, error_description: echo }),
});

/** HubSpot's problem, every text of it; of a batch each row has one. */
export const hubspotProblem: Wording = (echo, { url }) => {
  const one = {
    ...{ status: 'error', category: echo, subCategory: echo, message: `${echo} "error":"${echo}" "name":"${echo}"` },
    errors: [{ message: echo, code: echo, context: { propertyName: [echo] } }],
    context: { requiredGranularScopes: [echo], ids: [echo] },
  };
  const isBatch = /\/batch\//.test(url);
  const body = isBatch ? { status: 'COMPLETE', results: [], numErrors: 1, errors: [one] } : one;
  return { status: isBatch ? 207 : 400, type: 'application/json', body: JSON.stringify(body) };
};

/** NetSuite's error, every text of it; of a signed request (TBA) a refused login. */
export const nsError: Wording = (echo, { authorization }) => ({
  status: authorization.startsWith('OAuth ') ? 401 : 400,
  type: 'application/vnd.oracle.resource+json; type=error',
  body: JSON.stringify({
    type: echo,
    title: echo,
    status: 400,
    'o:errorDetails': [{ detail: echo, 'o:errorCode': echo, 'o:errorPath': echo, 'o:errorUrl': echo }],
  }),
});

/** Rows of a collection that are refused with everything in the refusal. */
export const refusedRows: Wording = (echo, { body }) => {
  const { records = [] } = JSON.parse(body) as { readonly records?: readonly unknown[] };
  const refused = { success: false, errors: [{ statusCode: echo, message: echo, fields: [echo] }] };
  return { status: 200, type: 'application/json', body: JSON.stringify(records.map(() => refused)) };
};
