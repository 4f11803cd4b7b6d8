import { createHash } from 'node:crypto';
import { type Account, type MailchimpExtras, sandbox } from '@heed/connector-mailchimp/sandbox';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { afterEach } from 'vitest';

export type Mailchimp = RunningSandbox<Account, MailchimpExtras>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the vendor answers
  readonly body: any;
}

const running: Mailchimp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

/** Noon of an ordinary day. */
export const NOON = Date.parse('2026-03-04T12:00:00Z');

export async function start(options: SandboxOptions = {}): Promise<Mailchimp> {
  const one = await startSandbox(sandbox, { clock: { now: () => NOON }, ...options });
  running.push(one);
  return one;
}

export const md5 = (email: string): string => createHash('md5').update(email.toLowerCase()).digest('hex');

/** A raw call below /3.0 with Basic authentication. */
export async function call(mailchimp: Mailchimp, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${mailchimp.url}/3.0${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`anybody:${mailchimp.accessToken}`).toString('base64')}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Calls below one audience. */
export function audienceCalls(mailchimp: Mailchimp, audience: string = mailchimp.audience) {
  const list = `/lists/${audience}`;
  return {
    raw: (method: string, path: string, body?: unknown) => call(mailchimp, method, list + path, body),
    add: (email_address: string, fields: object = {}) =>
      call(mailchimp, 'POST', `${list}/members`, { email_address, status: 'subscribed', ...fields }),
    get: (email: string) => call(mailchimp, 'GET', `${list}/members/${md5(email)}`),
    put: (email: string, body: object, query = '') =>
      call(mailchimp, 'PUT', `${list}/members/${md5(email)}${query}`, body),
    patch: (email: string, body: object) => call(mailchimp, 'PATCH', `${list}/members/${md5(email)}`, body),
    archive: (email: string) => call(mailchimp, 'DELETE', `${list}/members/${md5(email)}`),
    forget: (email: string) => call(mailchimp, 'POST', `${list}/members/${md5(email)}/actions/delete-permanent`),
    scan: (query = '') => call(mailchimp, 'GET', `${list}/members?${query}`),
    batch: (members: readonly object[], more: object = {}, query = '') =>
      call(mailchimp, 'POST', `${list}${query}`, { members, ...more }),
  };
}

/** The addresses of a page of members. */
export function emails(answer: Answer): readonly string[] {
  return answer.body.members.map((member: { email_address: string }) => member.email_address);
}
