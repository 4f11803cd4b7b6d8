import { type Account, type MailchimpExtras, sandbox } from '@heed/connector-mailchimp/sandbox';
import { type Exchange, type Reply, type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';

/** One call: what a client sent and what the sandbox answered, bodies included. */
export interface Recorded {
  readonly method: string;
  /** Below /3.0, without the query: "/lists/0123456789/members". */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly sent: string;
  readonly status: number;
  readonly answered: string;
}

export type Mailchimp = RunningSandbox<Account, MailchimpExtras>;

/** The sandbox, with everything that goes in and out of it written down. */
export async function startRecorded(
  options: SandboxOptions = {},
): Promise<{ readonly mailchimp: Mailchimp; readonly record: readonly Recorded[] }> {
  const record: Recorded[] = [];
  const finish = (exchange: Exchange<Account>, reply: Reply): Reply => {
    const { method, path, query, headers, body } = exchange;
    const sent = { method, path: path.replace(/^\/3\.0/, ''), query, headers, sent: body.text };
    record.push({ ...sent, status: reply.status, answered: String(reply.body ?? '') });
    return sandbox.finish?.(exchange, reply) ?? reply;
  };
  const mailchimp = await startSandbox({ ...sandbox, finish }, options);
  return { mailchimp, record };
}
