import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Probed } from './probed.ts';

/** A process to measure. */
export interface Subject {
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs from source, not from `dist`. */
  readonly source: boolean;
  /** A folder for what the probe writes. */
  readonly folder: string;
  /** Where the CPU profile goes; none is made without it. */
  readonly profile?: string;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly used: Probed;
}

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));

/** Starts the process, waits for its end, and tells what it used. Standard error goes to the terminal. */
export const run = async (subject: Subject): Promise<Ran> => {
  // Of its own: two of them may run at once.
  const folder = mkdtempSync(join(subject.folder, 'ran-'));
  const used = join(folder, 'used.json');
  const probe = pathToFileURL(PROBE);
  probe.searchParams.set('used', used);
  if (subject.profile !== undefined) probe.searchParams.set('profile', subject.profile);
  // Into a file: whatever is written there is there, also when the process ends at once.
  const outputFile = join(folder, 'output');
  const output = openSync(outputFile, 'w');
  try {
    const child = spawn(
      process.execPath,
      [...(subject.source ? ['--conditions=@heed/source'] : []), '--import', probe.href, ...subject.args],
      { stdio: ['ignore', output, 'inherit'], env: { ...subject.env } },
    );
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? -1));
    });
    const written = JSON.parse(readFileSync(used, 'utf8')) as Probed;
    return { code, output: readFileSync(outputFile, 'utf8'), used: written };
  } finally {
    closeSync(output);
  }
};
