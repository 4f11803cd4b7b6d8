import type { CommandSpec, OptionSpec } from './spec.ts';

const ADDRESS_NOTE = 'An ADDRESS of - is read from standard input.';
const by: OptionSpec = {
  flags: '--by <name>',
  about: 'who decides, for the ledger; the user of this computer if left out',
};

export const peopleCommands: readonly CommandSpec[] = [
  {
    name: 'explain',
    args: '<customer> <address>',
    about: 'may this person get marketing mail, what decides, since when, on what evidence',
    examples: ['explain acme ann@example.org', 'echo ann@example.org | heed explain acme -'],
    notes: `Asks both systems now, writes nothing, and says what the next sync will do. One that cannot be asked is answered for by what was last read (exit 3). ${ADDRESS_NOTE}`,
    load: () => import('../commands/explain.ts'),
  },
  {
    name: 'review',
    args: '<customer> [address] [decision]',
    about: 'people who opted in again and wait: list them, accept or refuse one (C7)',
    options: [by],
    examples: ['review acme', 'review acme ann@example.org accept', 'review acme ann@example.org refuse'],
    notes: ADDRESS_NOTE,
    load: () => import('../commands/review.ts'),
  },
  {
    name: 'correct',
    args: '<customer> [address]',
    about: 'withdraw a mistaken opt-out made in the CRM by an operator (C6a)',
    options: [
      { flags: '--because <text>', about: 'why it was a mistake, for the ledger', required: true },
      { flags: '--run <run>', about: 'withdraw what this run read: a mass mistake' },
      {
        flags: '--topic <name>',
        about: 'the opt-out of this topic, by its name in profiles (C17); all mail if left out',
      },
      by,
    ],
    examples: [
      'correct acme ann@example.org --because "ticked the wrong Ann"',
      'correct acme --run run-0mwr209ryc8b14d5216c7c841 --because "wrong file"',
    ],
    notes: ADDRESS_NOTE,
    load: () => import('../commands/correct.ts'),
  },
  {
    name: 'optouts add',
    args: '<customer> <address>',
    about: 'opt one address out in every system of the customer (C20)',
    options: [
      { flags: '--because <text>', about: 'evidence, for the ledger', fallback: 'no evidence given' },
      { flags: '--topic <name>', about: 'only this topic, by its name in profiles (C17); all mail if left out' },
      by,
    ],
    examples: ['optouts add acme ann@example.org --because "called on 2 May"'],
    notes: ADDRESS_NOTE,
    load: () => import('../commands/optouts-add.ts'),
  },
  {
    name: 'optouts import',
    args: '<file> <customer>',
    about: 'opt out every address of a CSV file, after its number was confirmed (C20)',
    options: [
      { flags: '--column <name>', about: 'the column of the addresses, by name or number; found out if only one fits' },
      { flags: '--delimiter <char>', about: 'a character, or comma, semicolon, tab, pipe; found out if left out' },
      { flags: '--encoding <name>', about: 'found out if left out: by mark, else utf-8, else windows-1252' },
      { flags: '--connection <name>', about: 'only for the profiles that use this connection' },
      { flags: '--topic <name>', about: 'only this topic, by its name in profiles (C17); all mail if left out' },
      { flags: '--list <name>', about: 'which list this is a version of; the name of the file if left out' },
      { flags: '--confirm <n>', about: 'how many distinct valid addresses it holds, for scripts', number: true },
      { flags: '--dry-run', about: 'only say what the file holds' },
      { flags: '--because <text>', about: 'evidence, for the ledger; the name of the list if left out' },
      by,
    ],
    examples: [
      'optouts import optouts.csv acme --dry-run',
      'optouts import optouts.csv acme --column Email --confirm 12345',
      'zcat optouts.csv.gz | heed optouts import - acme --confirm 12345',
    ],
    notes:
      'A FILE of - is standard input. Valid lines are applied, broken ones listed: exit 5. Who is not on a list any more stays opted out.',
    load: () => import('../commands/optouts-import.ts'),
  },
  {
    name: 'optouts export',
    args: '<customer>',
    about: 'every opted-out and undeliverable address with reason, source and date, as CSV',
    options: [
      { flags: '--file <path>', about: 'write to a file that only you may read, not to standard output' },
      { flags: '--topics', about: 'who opted out of single topics instead, and of which (C17)' },
    ],
    examples: ['optouts export acme --file optouts.csv', 'optouts export acme --topics --json'],
    notes: 'As was last read. Safe to open in a spreadsheet: what would be a formula has a quote in front.',
    load: () => import('../commands/optouts-export.ts'),
  },
  {
    name: 'erase',
    args: '<customer> <address>',
    about: "remove a person's data; a keyed hash stays, so that the opt-out does too (C25)",
    options: [
      { flags: '--yes', about: 'without asking, for scripts' },
      { flags: '--dry-run', about: 'only say what would be removed and what remains' },
      by,
    ],
    examples: ['erase acme ann@example.org --dry-run', 'echo ann@example.org | heed erase acme - --yes'],
    notes: `Opt-outs that are owed are delivered first; while one is left, nobody is erased (exit 5). It cannot be undone. Records at the vendors remain: they are named, so that somebody deletes them there. Backups that were made before still hold the person. ${ADDRESS_NOTE}`,
    load: () => import('../commands/erase.ts'),
  },
  {
    name: 'ledger verify',
    args: '<customer>',
    about: 'is the chain of the consent ledger whole (C25)',
    examples: ['ledger verify acme'],
    load: () => import('../commands/ledger-verify.ts'),
  },
  {
    name: 'ledger export',
    args: '<customer> <address>',
    about: "everything known about one person's consent",
    examples: ['ledger export acme ann@example.org --json'],
    notes: ADDRESS_NOTE,
    load: () => import('../commands/ledger-export.ts'),
  },
];
