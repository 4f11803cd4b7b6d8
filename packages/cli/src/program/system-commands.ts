import type { CommandSpec } from './spec.ts';

const audience = {
  flags: '--audience <id>',
  about: 'the audience to look into; if left out, the one the profiles use',
} as const;

export const systemCommands: readonly CommandSpec[] = [
  {
    name: 'check',
    args: '[target]',
    about: 'profile, credentials, permissions, fields, lists, next five runs',
    options: [{ flags: '--offline', about: 'only what needs neither secrets nor the network, for CI' }],
    examples: ['check', 'check acme/newsletter', 'check --offline'],
    notes: 'Writes nothing anywhere.',
    load: () => import('../commands/check.ts'),
  },
  {
    name: 'fields',
    args: '<customer> <connection>',
    about: 'the fields of a system: type, writable, options',
    options: [audience],
    examples: ['fields acme salesforce', 'fields acme mailchimp --audience 3f1c0a77b2'],
    load: () => import('../commands/fields.ts'),
  },
  {
    name: 'lists',
    args: '<customer> <connection>',
    about: 'lists, audiences and topics of a system, with their ids',
    options: [audience],
    examples: ['lists acme salesforce', 'lists acme mailchimp --json'],
    load: () => import('../commands/lists.ts'),
  },
  {
    name: 'connectors',
    args: '',
    about: 'the installed connectors, with their roles and abilities',
    examples: ['connectors', 'connectors --json'],
    load: () => import('../commands/connectors.ts'),
  },
  {
    name: 'sandbox',
    args: '[names...]',
    about: "local stand-ins of the vendors' APIs",
    options: [
      { flags: '--port <n>', about: 'of the first one; the next ones follow. Any free port if left out', number: true },
      { flags: '--latency <ms>', about: 'real waiting before each answer', fallback: 0, number: true },
      { flags: '--state <file>', about: 'where the accounts are kept (one sandbox: this file; several: FILE.NAME)' },
      { flags: '--demo', about: 'filled with a made-up customer base' },
    ],
    examples: ['sandbox', 'sandbox mailchimp --port 41001 --demo', 'sandbox salesforce --state /tmp/salesforce.json'],
    notes: 'Prints one line of JSON when all of them listen, and serves until it is stopped.',
    stopsQuietly: true,
    load: () => import('../commands/sandbox.ts'),
  },
  {
    name: 'demo',
    args: '',
    about: 'a demonstration against two sandboxes; nothing is kept',
    examples: ['demo'],
    load: () => import('../commands/demo.ts'),
  },
];
