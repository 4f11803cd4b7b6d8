import type { BadCase } from './case.ts';

/** Typed in a terminal or a script of a customer who is synced already; nothing of them is carried out. */
export const badCommandLines: readonly BadCase[] = [
  // commands
  {
    name: 'a misspelt command',
    heed: ['synk'],
    says: ["error: unknown command 'synk'", '(Did you mean sync?)', 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a command that looks right: its first letter is Cyrillic',
    heed: ['ѕync'],
    says: ["error: unknown command 'ѕync'", '(Did you mean sync?)', 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a command of another case',
    heed: ['SYNC'],
    says: ["error: unknown command 'SYNC'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a command of the description that is not built',
    heed: ['init', 'acme'],
    says: ["error: unknown command 'init'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an opt-out list and the customer the wrong way round',
    heed: ['optouts', 'import', 'acme', 'robinson.csv'],
    says: ['There is no customer "robinson.csv" in profiles. There are: acme.'],
    exit: 2,
  },
  {
    name: 'an opt-out list that is not there',
    heed: ['optouts', 'import', 'robinson.csv', 'acme', '--confirm', '1'],
    says: ['robinson.csv: there is no such file.'],
    exit: 2,
  },
  {
    name: 'an opt-out list without its number, from standard input',
    heed: ['optouts', 'import', '-', 'acme'],
    piped: 'ann@example.org\nzoe@example.org\n',
    says: ['The file holds 2 distinct valid addresses. Off a terminal confirm that number with --confirm 2.'],
    exit: 2,
  },
  {
    name: 'an opt-out list of bytes that are no text',
    heed: ['optouts', 'import', '-', 'acme', '--confirm', '1'],
    piped: 'PK\u0003\u0004\u0000\u0000ann@example.org',
    says: ['The file holds zero bytes'],
    exit: 2,
  },
  {
    name: 'an opt-out list for a number that is none',
    heed: ['optouts', 'import', '-', 'acme', '--confirm', '1e3'],
    says: ['A whole number is needed'],
    exit: 2,
  },
  { name: 'a group without its verb', heed: ['ledger'], says: ['Usage: heed ledger verify|export'], exit: 2 },
  {
    name: 'a misspelt verb',
    heed: ['ledger', 'verfy', 'acme'],
    says: ["error: unknown command 'verfy'", '(Did you mean verify?)', 'heed --help lists the commands'],
    exit: 2,
  },
  // options
  {
    name: 'an unknown option',
    heed: ['sync', '--fulll'],
    says: ["error: unknown option '--fulll'", '(Did you mean --full?)', 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an unknown short option',
    heed: ['sync', '-y'],
    says: ["error: unknown option '-y'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an option of another command',
    heed: ['plan', '--yes'],
    says: ["error: unknown option '--yes'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a value for an option that takes none',
    heed: ['sync', 'acme', '--yes=no'],
    says: ["error: unknown option '--yes=no'", '(Did you mean --yes?)', 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an option without its value',
    heed: ['plan', '--limit'],
    says: ["error: option '--limit <n>' argument missing", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'a number below zero',
    heed: ['plan', '--limit', '-1'],
    says: [
      "error: option '--limit <n>' argument '-1' is invalid. A whole number is needed.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'half a line',
    heed: ['plan', '--limit', '1.5'],
    says: [
      "error: option '--limit <n>' argument '1.5' is invalid. A whole number is needed.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'a number in hexadecimal',
    heed: ['runs', '--limit', '0x10'],
    says: [
      "error: option '--limit <n>' argument '0x10' is invalid. A whole number is needed.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'a number without end',
    heed: ['runs', '--limit', '99999999999999999999'],
    says: [
      "error: option '--limit <n>' argument '99999999999999999999' is invalid. A whole number is needed.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'digits of another script',
    heed: ['runs', '--limit', '٣'],
    says: [
      "error: option '--limit <n>' argument '٣' is invalid. A whole number is needed.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'a database by URL',
    heed: ['sync', '--state', 'postgres://db/heed'],
    says: ['--state takes a folder; databases by URL are not supported yet.'],
    exit: 2,
  },
  {
    name: 'a profiles folder that is not there',
    heed: ['sync', '--profiles', '/nowhere/at/all'],
    says: ['/nowhere/at/all:1:1: there is no such folder. Name it with --profiles DIR.'],
    exit: 2,
  },
  {
    name: 'a file in place of the profiles folder',
    heed: ['sync', '--profiles', '/etc/hostname'],
    says: ['/etc/hostname:1:1: there is no such folder. Name it with --profiles DIR.'],
    exit: 2,
  },
  // who
  {
    name: 'an unknown customer',
    heed: ['sync', 'acne'],
    says: ['There is no customer "acne" in profiles. Did you mean "acme"?'],
    exit: 2,
  },
  {
    name: 'a customer of another case',
    heed: ['sync', 'ACME'],
    says: ['There is no customer "ACME" in profiles. Did you mean "acme"?'],
    exit: 2,
  },
  {
    name: 'a customer that looks right: its first letter is Cyrillic',
    heed: ['sync', 'аcme'],
    says: ['There is no customer "аcme" in profiles. Did you mean "acme"?'],
    exit: 2,
  },
  {
    name: 'a path in place of a customer',
    heed: ['sync', '../profiles/acme'],
    says: ['"../profiles/acme" is not customer or customer/profile.'],
    exit: 2,
  },
  {
    name: 'a path in place of a profile',
    heed: ['sync', 'acme/../acme'],
    says: ['"acme/../acme" is not customer or customer/profile.'],
    exit: 2,
  },
  {
    name: 'the file in place of the profile',
    heed: ['sync', 'acme/newsletter.yaml'],
    says: ['There is no profile "newsletter.yaml" in customer acme. There are: newsletter.'],
    exit: 2,
  },
  {
    name: 'an empty customer',
    heed: ['sync', ''],
    says: ['There is no customer "" in profiles. There are: acme.'],
    exit: 2,
  },
  {
    name: 'an empty profile',
    heed: ['sync', 'acme//newsletter'],
    says: ['"acme//newsletter" is not customer or customer/profile.'],
    exit: 2,
  },
  {
    name: 'an unknown profile',
    heed: ['sync', 'acme/newsleter'],
    says: ['There is no profile "newsleter" in customer acme. Did you mean "newsletter"?'],
    exit: 2,
  },
  {
    name: 'the connections in place of a profile',
    heed: ['sync', 'acme/connections'],
    says: ['There is no profile "connections" in customer acme. There are: newsletter.'],
    exit: 2,
  },
  {
    name: 'two customers',
    heed: ['sync', 'acme', 'beta'],
    says: [
      "error: too many arguments for 'sync'. Expected 1 argument but got 2: acme, beta.",
      'heed --help lists the commands',
    ],
    exit: 2,
  },
  {
    name: 'nobody to pause',
    heed: ['pause'],
    says: ["error: missing required argument 'target'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an unknown profile to pause',
    heed: ['pause', 'acme/old'],
    says: ['There is no profile "old" in customer acme. There are: newsletter.'],
    exit: 2,
  },
  {
    name: 'an unknown connection',
    heed: ['fields', 'acme', 'salesfarce'],
    says: ['acme has no connection "salesfarce". Did you mean "salesforce"?'],
    exit: 2,
  },
  {
    name: 'no connection',
    heed: ['lists', 'acme'],
    says: ["error: missing required argument 'connection'", 'heed --help lists the commands'],
    exit: 2,
  },
  {
    name: 'an unknown audience',
    heed: ['fields', 'acme', 'mailchimp', '--audience', '0000000000'],
    says: ['acme/mailchimp: Mailchimp has no such audience; `heed lists` shows the ids of the account'],
    exit: 2,
  },
  {
    name: 'an audience that is a path',
    heed: ['fields', 'acme', 'mailchimp', '--audience', '..'],
    says: ['acme/mailchimp: Mailchimp has no such audience; `heed lists` shows the ids of the account'],
    exit: 2,
  },
  {
    name: 'an unknown sandbox',
    heed: ['sandbox', 'mailchump'],
    says: ['There is no sandbox "mailchump". Did you mean "mailchimp"?'],
    exit: 2,
  },
  {
    name: 'a port that no computer has',
    heed: ['sandbox', 'mailchimp', '--port', '70000'],
    says: ['There is no such port: --port N up to 65535, and one more for each further sandbox.'],
    exit: 2,
  },
];
