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
    notes: `Answers from what was last read, and says what the next sync will do. ${ADDRESS_NOTE}`,
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
    options: [{ flags: '--because <text>', about: 'evidence, for the ledger', fallback: 'no evidence given' }, by],
    examples: ['optouts add acme ann@example.org --because "called on 2 May"'],
    notes: ADDRESS_NOTE,
    load: () => import('../commands/optouts-add.ts'),
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
