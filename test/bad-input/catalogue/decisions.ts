import type { BadCase } from './case.ts';

/** Runs, addresses and decisions of operators that are none; nothing of them is carried out. `{run}` is a run that is done. */
export const badDecisions: readonly BadCase[] = [
  // runs
  {
    name: 'no run',
    heed: ['approve'],
    says: ["error: missing required argument 'run'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an unknown run',
    heed: ['approve', 'run-0mwr209ryc8b14d5216c7c841'],
    says: ['There is no run "run-0mwr209ryc8b14d5216c7c841". "heed runs" lists them.'],
    exit: 2,
  },
  { name: 'an empty run', heed: ['run', ''], says: ['There is no run "". "heed runs" lists them.'], exit: 2 },
  {
    name: 'a plan, which is not kept',
    heed: ['approve', 'plan-0mwr209ryc8b14d5216c7c841'],
    says: [
      'There is no run "plan-0mwr209ryc8b14d5216c7c841". "heed runs" lists them. A plan is not kept: run "heed sync", and approve that run.',
    ],
    exit: 2,
  },
  {
    name: 'a run that holds nothing',
    heed: ['approve', '{run}'],
    says: [
      'acme/newsletter: run {run} holds nothing any more, or what is held has changed since; nothing of this profile is held.',
    ],
    exit: 2,
  },
  {
    name: 'a run that holds nothing to refuse',
    heed: ['reject', '{run}'],
    says: [
      'acme/newsletter: run {run} holds nothing any more, or what is held has changed since; nothing of this profile is held.',
    ],
    exit: 2,
  },
  {
    name: 'quotes that were meant for a database',
    heed: ['run', "' OR 1=1 --"],
    says: ['There is no run "\' OR 1=1 --". "heed runs" lists them.'],
    exit: 2,
  },
  // addresses
  {
    name: 'no address',
    heed: ['explain', 'acme'],
    says: ["error: missing required argument 'address'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an address without an @',
    heed: ['explain', 'acme', 'ann.example.org'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address without a domain',
    heed: ['optouts', 'add', 'acme', 'ann@'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'a domain without a dot',
    heed: ['optouts', 'add', 'acme', 'ann@localhost'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address with a name',
    heed: ['optouts', 'add', 'acme', 'Ann <ann@example.org>'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'two addresses in one',
    heed: ['optouts', 'add', 'acme', 'ann@example.org,bob@example.org'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address with two @',
    heed: ['explain', 'acme', 'ann@home@example.org'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address with a line break',
    heed: ['explain', 'acme', 'ann@example.org\nbob@example.org'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address with a zero byte',
    heed: ['explain', 'acme', 'ann\u0000@example.org'],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'an address of 400 characters',
    heed: ['explain', 'acme', `${'a'.repeat(388)}@example.org`],
    says: ['The ADDRESS that was given is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'nothing on standard input',
    heed: ['explain', 'acme', '-'],
    piped: '',
    says: ['What was read from standard input is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'a list on standard input',
    heed: ['optouts', 'add', 'acme', '-'],
    piped: 'ann@example.org\nbob@example.org\n',
    says: ['Standard input holds 2 lines; one address is taken at a time.'],
    exit: 2,
  },
  {
    name: 'a page on standard input',
    heed: ['explain', 'acme', '-'],
    piped: '<!DOCTYPE html><html></html>',
    says: ['What was read from standard input is not an e-mail address.'],
    exit: 2,
  },
  {
    name: 'bytes on standard input',
    heed: ['explain', 'acme', '-'],
    piped: '\u0000\u0001\ufffd@\ufffd',
    says: ['What was read from standard input is not an e-mail address.'],
    exit: 2,
  },
  // decisions
  {
    name: 'a review without its decision',
    heed: ['review', 'acme', 'ann@example.org'],
    says: ['Say what is decided: heed review acme ADDRESS accept   or   refuse'],
    exit: 2,
  },
  {
    name: 'a decision that is none',
    heed: ['review', 'acme', 'ann@example.org', 'yes'],
    says: ['Say what is decided: heed review acme ADDRESS accept   or   refuse'],
    exit: 2,
  },
  {
    name: 'a decision about nobody who waits',
    heed: ['review', 'acme', 'ann@example.org', 'accept'],
    says: [
      'Nothing was decided: this person neither opted in again by an own, proven act (C7) nor shared an address that opted out (C15).',
    ],
    exit: 2,
  },
  {
    name: 'a correction without a reason',
    heed: ['correct', 'acme', 'ann@example.org'],
    says: ["error: required option '--because <text>' not specified", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a correction with an empty reason',
    heed: ['correct', 'acme', 'ann@example.org', '--because', ' '],
    says: ['--because needs a reason: it stands in the ledger for ever.'],
    exit: 2,
  },
  {
    name: 'a correction of nobody',
    heed: ['correct', 'acme', '--because', 'x'],
    says: ['Name an ADDRESS, or a run with --run ID.'],
    exit: 2,
  },
  {
    name: 'a correction of one and of a run',
    heed: ['correct', 'acme', 'ann@example.org', '--run', '{run}', '--because', 'x'],
    says: ['Name an ADDRESS, or a run with --run ID.'],
    exit: 2,
  },
  {
    name: "a correction of a person's own opt-out",
    heed: ['correct', 'acme', 'left@example.org', '--because', 'x'],
    says: [
      'Nothing was corrected: its opt-outs were made by the marketing tool, and those are never corrected (C6a); only the person can opt in again (C7).',
    ],
    exit: 2,
  },
  {
    name: 'a correction of somebody unknown',
    heed: ['correct', 'acme', 'nobody@example.org', '--because', 'x'],
    says: ['Nothing was corrected: the ledger holds no opt-out of this address.'],
    exit: 2,
  },
  {
    name: 'a correction of an unknown run',
    heed: ['correct', 'acme', '--run', 'run-0', '--because', 'x'],
    says: ['Nothing was corrected: the ledger holds no opt-out that run run-0 read; heed runs lists them.'],
    exit: 2,
  },
];
