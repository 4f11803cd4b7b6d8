#!/usr/bin/env node
// Committed, not compiled: npm links a bin at install, before anything is built.
import { setFlagsFromString } from 'node:v8';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `heed needs Node 24 or newer, this is ${process.versions.node}. Run it as "npx heed" inside the repository (npm brings Node 24 along), or install Node 24.`,
  );
  process.exit(1);
}

// A run holds a few thousand people at a time, however large the audience, but V8 and glibc set a machine's worth of room aside
// for their garbage unless they are told before they start: so this process becomes one that was (docs/adr/0010-speed.md).
// Not on Windows, which cannot, and not where a parent talks to this process: its channel would be lost.
const YOUNG = '--max-semi-space-size=16';
const GLIBC = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' };
if (process.execve !== undefined && process.send === undefined && !process.execArgv.includes(YOUNG)) {
  const args = [process.execPath, ...process.execArgv, YOUNG, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...GLIBC, ...process.env });
}

// On a machine with room, V8 lets garbage grow to four times what is alive before it looks for it; now at twice.
setFlagsFromString('--heap-growing-percent=100');
await import('../dist/main.js');
