import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cpus, freemem, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a result means nothing without. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  /** Files differ from that commit. */
  readonly changed: boolean;
  readonly node: string;
  readonly sdks: Readonly<Record<string, string>>;
  readonly os: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeBytes: number;
  /** Of the last minute, when the benchmark began: others at work on the machine make times worthless. */
  readonly load: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SDKS = ['jsforce', '@mailchimp/mailchimp_marketing'];

export const machine = (): Machine => ({
  date: new Date().toISOString(),
  commit: git(['rev-parse', 'HEAD']),
  changed: git(['status', '--porcelain', '--untracked-files=no']) !== '',
  node: process.version,
  sdks: Object.fromEntries(SDKS.map((name) => [name, String(manifest(`node_modules/${name}/package.json`).version)])),
  os: `${process.platform} ${release()} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  freeBytes: freemem(),
  load: loadavg()[0] ?? 0,
});

/** Packages that ours depend on for themselves; the SDKs and what they bring along are not among them. */
export const ownDependencies = (): ReadonlySet<string> => {
  const names = globSync('{packages,connectors}/*/package.json', { cwd: ROOT }).flatMap((path) =>
    Object.keys((manifest(path).dependencies as Readonly<Record<string, string>> | undefined) ?? {}),
  );
  return new Set(names.filter((name) => !SDKS.includes(name)));
};

const manifest = (path: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(ROOT + path, 'utf8')) as Readonly<Record<string, unknown>>;

/** Empty outside a clone. */
const git = (args: readonly string[]): string => {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
};
