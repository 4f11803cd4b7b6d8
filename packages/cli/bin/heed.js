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
// A run holds a few thousand people at a time, however large the audience. On a machine with room, V8 lets their garbage
// grow to four times what is alive before it looks for it; now at twice.
setFlagsFromString('--heap-growing-percent=100');
await import('../dist/main.js');
