import type { CommandSpec, OptionSpec } from './spec.ts';

const TARGET = '[target]';
const full: OptionSpec = { flags: '--full', about: 'read everything again, not only what changed' };
const now: OptionSpec = { flags: '--now', about: 'run the profile at once, or as soon as a run under way is done' };
const by: OptionSpec = {
  flags: '--by <name>',
  about: 'who decides, for the ledger; the user of this computer if left out',
};

export const runCommands: readonly CommandSpec[] = [
  {
    name: 'plan',
    args: TARGET,
    about: 'read both sides and print exactly what sync would do',
    options: [full, { flags: '--limit <n>', about: 'lines of people to show', fallback: 20, number: true }],
    examples: ['plan', 'plan acme/newsletter --limit 100', 'plan acme --json'],
    notes: 'Writes nothing to any vendor. Exits as sync would.',
    load: () => import('../commands/plan.ts'),
  },
  {
    name: 'sync',
    args: TARGET,
    about: 'run once, now',
    options: [full, { flags: '--yes', about: 'approve a first run (C29)' }],
    examples: ['sync', 'sync acme/newsletter', 'sync acme/newsletter --yes', 'sync acme --full --json'],
    notes: 'Ctrl-C stops at the next commit; the next run goes on there. A second one ends at once.',
    load: () => import('../commands/sync.ts'),
  },
  {
    name: 'serve',
    args: TARGET,
    about: 'the daemon: run every profile on its schedule',
    examples: ['serve', 'serve acme', 'serve --json'],
    notes:
      'Reads the profiles once, when it starts. One line per run; with --json each line is a JSON document. SIGTERM stops at the next commit: exit 143 if it interrupted a run, else 0.',
    load: () => import('../commands/serve.ts'),
  },
  {
    name: 'status',
    args: TARGET,
    about: 'each profile: service, last and next run, what is owed, held and set aside',
    options: [
      { flags: '--check', about: 'exit 5 if anything is owed for over 24 hours' },
      { flags: '--people', about: 'also who is owed an opt-out, and who was set aside' },
    ],
    examples: ['status', 'status acme --people', 'status --check --json'],
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'runs',
    args: TARGET,
    about: 'the history of runs, newest first',
    options: [{ flags: '--limit <n>', about: 'runs to show per customer', fallback: 20, number: true }],
    examples: ['runs', 'runs acme/newsletter --limit 5'],
    load: () => import('../commands/runs.ts'),
  },
  {
    name: 'run',
    args: '<run>',
    about: 'one run: every change, and every record it set aside, and why',
    examples: ['run run-0mwr209ryc8b14d5216c7c841', 'run run-0mwr209ryc8b14d5216c7c841 --json'],
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'retry',
    args: TARGET,
    about: 'try the records that were set aside again, now',
    examples: ['retry', 'retry acme/newsletter'],
    load: () => import('../commands/retry.ts'),
  },
  {
    name: 'approve',
    args: '<run>',
    about: 'release exactly what a guard or a first run holds (C23, C29)',
    options: [now],
    examples: ['approve run-0mwr209ryc8b14d5216c7c841', 'approve run-0mwr209ryc8b14d5216c7c841 --now'],
    load: () => import('../commands/approve.ts'),
  },
  {
    name: 'reject',
    args: '<run>',
    about: 'refuse what a guard holds: a ledger entry (C23)',
    options: [now, by],
    examples: ['reject run-0mwr209ryc8b14d5216c7c841'],
    load: () => import('../commands/reject.ts'),
  },
  {
    name: 'pause',
    args: '<target>',
    about: 'take profiles out of service',
    examples: ['pause acme/newsletter', 'pause acme'],
    load: () => import('../commands/pause.ts'),
  },
  {
    name: 'resume',
    args: '<target>',
    about: 'put paused profiles back into service',
    examples: ['resume acme/newsletter'],
    load: () => import('../commands/resume.ts'),
  },
];
