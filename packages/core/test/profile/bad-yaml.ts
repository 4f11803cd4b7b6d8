import { type BadFile, CONSENT, HEAD, whole } from './bad-file.ts';

const deep = `${'{ a: '.repeat(30)}1${' }'.repeat(30)}`;
const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
`;

export const badYaml: readonly BadFile[] = [
  whole('an empty file', '', '1:1: the file is empty. See docs/profiles.md.'),
  whole('comments only', '# later\n', '1:1: the file is empty. See docs/profiles.md.'),
  whole('only a document mark', '---\n', '1:1: the file is empty. See docs/profiles.md.'),
  whole('a text in place of a map', 'hello\n', '1:1: the file must be a map of keys, and this is text.'),
  whole('a list in place of a map', '- version: 1\n', '1:1: the file must be a map of keys, and this is a list.'),
  whole(
    'a duplicate key',
    `${HEAD}${CONSENT}conflicts: crm\nconflicts: marketing\n`,
    '6:1: the same key stands here twice. Keep one of them.',
  ),
  whole(
    'a tab as indentation',
    `${HEAD}consent:\n\tnewMembers: subscribe\n`,
    '5:1: a tab is used for indentation. Indent with spaces.',
  ),
  whole(
    'a second document',
    `${HEAD}${CONSENT}---\nversion: 1\n`,
    '5:1: a second document (---) begins here. One file is one document.',
  ),
  whole(
    'an unclosed bracket',
    'version: 1\ncrm: { connection: salesforce, records: [Contact, Lead }\n',
    '2:56: the indentation is wrong, or a bracket is not closed. Indent all keys of one map by the same spaces.',
  ),
  whole(
    'an unclosed quote',
    `${HEAD}${CONSENT}description: "Newsletter\n`,
    '6:1: a bracket, quote or comma is missing. Close what was opened.',
  ),
  whole(
    'an alias without an anchor',
    `${HEAD}consent: *rules\n`,
    '4:10: this alias has no anchor. Write the value out.',
  ),
  whole(
    'a merge key',
    `${HEAD}consent:\n  <<: { newMembers: subscribe }\n  newMembers: non-subscribed\n`,
    '5:3: merge keys (<<) are not used in profiles. Write the keys out.',
  ),
  whole(
    'a prototype key',
    `${HEAD}${CONSENT}optOut: { __proto__: { crmToMarketing: true } }\n`,
    '5:11: "__proto__" cannot be a key. Remove it.',
  ),
  whole(
    'a constructor key',
    `${HEAD}${CONSENT}constructor: { prototype: 1 }\n`,
    '5:1: "constructor" cannot be a key. Remove it.',
  ),
  whole(
    'a tag',
    `${HEAD}${CONSENT}description: !secret abc\n`,
    '5:14: YAML tags (!name) are not used in profiles. Remove the tag.',
  ),
  whole('too many aliases', bomb, '2:32: more than 50 aliases. Write the values out.'),
  whole(
    'an anchor inside itself',
    `${HEAD}${CONSENT}fields: &all [*all]\n`,
    '5:15: the file is nested too deeply or too large. Make it simpler.',
  ),
  whole('nested too deeply', `x: ${deep}\n`, '1:104: the file is nested too deeply or too large. Make it simpler.'),
  whole(
    'a file that is too large',
    `description: ${'a'.repeat(300_000)}\n`,
    '1:1: the file is larger than 256 KiB. Split it up.',
  ),
  whole('a zero byte', 'version: 1\0\n', '1:1: the file is not text in UTF-8. Save it as UTF-8.'),
  whole('a map as a key', `? { a: 1 }\n: b\n`, '1:3: a key must be plain text. Write "key: value".'),
  whole('a missing colon', 'version: 1\ncrm\nmarketing: {}\n', '2:1: a key has no colon after it. Write "key: value".'),
  whole(
    'a wrong indentation',
    'version: 1\ncrm:\n    connection: salesforce\n  records: [Contact]\n',
    '4:1: the indentation is wrong, or a bracket is not closed. Indent all keys of one map by the same spaces.',
  ),
];
