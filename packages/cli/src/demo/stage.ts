import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Invocation } from '../invocation.ts';

/** What `heed sandbox` prints for one vendor, as far as the demonstration needs it. */
export interface Announced {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly accessToken: string;
}

/** Three running stand-ins, a copy of profiles/demo that points at them, and an empty state folder. */
export interface Stage {
  readonly salesforce: Announced;
  readonly netsuite: Announced;
  readonly mailchimp: Announced & { readonly audience: string };
  /** For the commands of the demonstration. */
  readonly invocation: Invocation;
  /** Ends the stand-ins and removes the folder. */
  clear(): Promise<void>;
}

type Announcement = Pick<Stage, 'salesforce' | 'netsuite' | 'mailchimp'>;

const BIN = fileURLToPath(new URL('../../bin/heed.js', import.meta.url));
const PROFILES = fileURLToPath(new URL('../../../../profiles/demo', import.meta.url));

export const setStage = async (invocation: Invocation): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-demo-'));
  // A process of its own, so that both sides of the conversation can work at once; it ends when we do (ipc).
  const sandboxes = spawn(process.execPath, [BIN, 'sandbox', 'mailchimp', 'salesforce', 'netsuite', '--demo'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const clear = async (): Promise<void> => {
    await ended(sandboxes);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { salesforce, netsuite, mailchimp } = await announcementOf(sandboxes, invocation.signal);
    const profilesDir = join(folder, 'profiles');
    await copyProfiles(join(profilesDir, 'demo'), { salesforce, netsuite, mailchimp });
    const environment = { ...invocation.environment, ...salesforce.env, ...netsuite.env, ...mailchimp.env };
    const staged = { ...invocation, json: false, profilesDir, stateDir: join(folder, 'state'), keyFile: undefined };
    return { salesforce, netsuite, mailchimp, invocation: { ...staged, environment }, clear };
  } catch (error) {
    await clear();
    throw error;
  }
};

const announcementOf = async (sandboxes: ChildProcess, signal: AbortSignal): Promise<Announcement> => {
  signal.addEventListener('abort', () => sandboxes.kill(), { once: true });
  if (sandboxes.stdout !== null)
    for await (const line of createInterface({ input: sandboxes.stdout })) return JSON.parse(line) as Announcement;
  throw new Error('the sandboxes ended before they listened');
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });

/** The committed files name fixed ports; the copy names the ports that were free. */
const copyProfiles = async (to: string, { salesforce, netsuite, mailchimp }: Announcement): Promise<void> => {
  await cp(PROFILES, to, { recursive: true });
  const file = join(to, 'connections.yaml');
  const text = await readFile(file, 'utf8');
  const urls: Readonly<Record<string, string>> = {
    'http://127.0.0.1:41001': mailchimp.url,
    'http://127.0.0.1:41002': salesforce.url,
    'http://127.0.0.1:41003': netsuite.url,
  };
  await writeFile(
    file,
    text.replaceAll(/http:\/\/127\.0\.0\.1:4100[123]/g, (url) => urls[url] ?? url),
  );
};
