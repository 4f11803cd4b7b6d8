import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { startSandbox } from '@heed/sandbox';
import { mailchimpCall, salesforceCall } from '../../bench/vendors/call-kinds.ts';
import { run as syncCommand } from '../../packages/cli/src/commands/sync.ts';

/** How often a run made each call: `GET /queryAll Contact (changes)` -> 2. */
export type CallCounts = ReadonlyMap<string, number>;

export interface RunSeen {
  readonly salesforce: CallCounts;
  readonly mailchimp: CallCounts;
  /** As `sync --json` reports it. */
  readonly report: { readonly status: string; readonly owed: number } & Readonly<Record<string, unknown>>;
}

/** Both stand-ins with the demonstration's people, the demo profile, and the real command. */
export interface CallBench {
  /** One `heed sync`, and the calls that arrived. */
  sync(options?: Readonly<Record<string, unknown>>): Promise<RunSeen>;
  /** Lets time pass in both systems. */
  pass(byMs: number): void;
  /** One request as anybody could make it, not counted. */
  salesforce(method: string, path: string, body?: unknown): Promise<unknown>;
  mailchimp(method: string, path: string, body?: unknown): Promise<unknown>;
  readonly audience: string;
  unsubscribe(email: string): void;
  close(): Promise<void>;
}

const DEMO = fileURLToPath(new URL('../../profiles/demo', import.meta.url));

export const startCallBench = async (): Promise<CallBench> => {
  const salesforce = await startSandbox(salesforceDefinition, { demo: true });
  const mailchimp = await startSandbox(mailchimpDefinition, { demo: true });
  const folder = mkdtempSync(join(tmpdir(), 'heed-calls-'));
  const profiles = join(folder, 'profiles');
  cpSync(DEMO, join(profiles, 'demo'), { recursive: true });
  const connections = join(profiles, 'demo', 'connections.yaml');
  const urls = [mailchimp.url, salesforce.url];
  const text = readFileSync(connections, 'utf8').replaceAll(
    /http:\/\/127\.0\.0\.1:4100([12])/g,
    (_, n) => urls[n - 1] ?? '',
  );
  writeFileSync(connections, text);
  const invocation = {
    json: true,
    profilesDir: profiles,
    stateDir: join(folder, 'state'),
    keyFile: undefined,
    environment: { ...salesforce.env, ...mailchimp.env },
    signal: new AbortController().signal,
    progress: { show: () => {}, clear: () => {} },
    tell: () => {},
    say: () => {},
    readInput: async () => '',
    inputBytes: () => Readable.from([]),
    ask: async () => null,
  };
  const ask = async (url: string, authorization: string, method: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(url, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  };
  return {
    audience: mailchimp.audience,
    async sync(options = {}) {
      const before = [salesforce.calls().length, mailchimp.calls().length] as const;
      const { json } = await syncCommand(invocation, ['demo/newsletter'], options);
      const [report] = (json as { readonly runs: readonly RunSeen['report'][] }).runs;
      if (report === undefined) throw new Error(`no run: ${JSON.stringify(json)}`);
      return {
        salesforce: countOf(salesforce.calls().slice(before[0]).map(salesforceCall)),
        mailchimp: countOf(mailchimp.calls().slice(before[1]).map(mailchimpCall)),
        report,
      };
    },
    pass(byMs) {
      salesforce.clock.advance(byMs);
      mailchimp.clock.advance(byMs);
    },
    salesforce: (method, path, body) =>
      ask(`${salesforce.url}/services/data/v66.0${path}`, `Bearer ${salesforce.accessToken}`, method, body),
    mailchimp: (method, path, body) =>
      ask(`${mailchimp.url}/3.0${path}`, `Basic ${btoa(`anybody:${mailchimp.accessToken}`)}`, method, body),
    unsubscribe(email) {
      mailchimp.act('person/unsubscribe', { email });
    },
    async close() {
      await salesforce.close();
      await mailchimp.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const countOf = (names: readonly string[]): CallCounts => {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};
