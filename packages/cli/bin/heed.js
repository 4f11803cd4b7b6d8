#!/usr/bin/env node
// Committed, not compiled: npm links a bin at install, before anything is built.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `heed needs Node 24 or newer, this is ${process.versions.node}. Run it as "npx heed" inside the repository (npm brings Node 24 along), or install Node 24.`,
  );
  process.exit(1);
}
await import('../dist/main.js');
