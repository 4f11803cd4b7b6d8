import { redact, safeMessage } from '@heed/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateCron } from '../../packages/cli/src/composition/cron.ts';
import { readProfile } from '../../packages/core/src/profile/read-profile.ts';
import { readYaml } from '../../packages/core/src/profile/yaml-text.ts';

// Texts that are long or deep in the way that costs most. Without its bound, redacting one of
// these takes some twenty seconds, and comparing thirty thousand keys with each other as long.

const LONG = 100_000;
const fill = (unit: string, length = LONG): string => unit.repeat(Math.ceil(length / unit.length));

describe('redact', () => {
  it.each([
    ['one word', fill('a')],
    ['percent signs', fill('%')],
    ['beginnings of JSON Web Tokens', fill('-eyJaaaaa')],
    ['beginnings of sessions', fill('00Daaaaaaaaaaaa')],
    ['hexadecimal that is none in the end', `${fill('ab')}Z`],
    ['an address without end', `a@${fill('-')}`],
    ['names of secrets', fill('access_')],
    ['spaces behind a name', `token${fill(' ')}`],
  ])('looks at no more than the beginning of %s', (_, text) => {
    expect(redact(text).length).toBeLessThanOrEqual(4_001);
    expect(redact(`ann@example.org said ${text}`)).not.toContain('ann@');
    expect(safeMessage(text).length).toBeLessThan(410);
  });

  it('cuts at a space, so that half a token is not shown because nobody knows it for one', () => {
    const token = '0123456789abcdef0123456789abcdef-us6';
    fc.assert(
      fc.property(fc.nat(60), (shift) => {
        const text = `${fill('word ', 3_950)}${'x'.repeat(shift)} ${token} ${fill('more ', 300)}`;
        expect(redact(text)).not.toMatch(/[0-9a-f]{6}/);
      }),
    );
  });
});

const SIZE = 16 * 1024;
const HOSTILE: Readonly<Record<string, string>> = {
  'the same key': fill('a: 1\n', SIZE - 5),
  'empty keys': fill(':\n', SIZE - 2),
  'open brackets': fill('[', SIZE),
  'open maps': fill('{a: ', SIZE),
  'lists in lists': fill('- ', SIZE),
  'keys of keys': fill('? ', SIZE),
  'values of values': fill('a: ', SIZE),
  'anchors of anchors': fill('&a ', SIZE),
  'tags of tags': fill('!a ', SIZE),
  aliases: `a: &a x\nb: [${fill('*a,', SIZE - 50)}]`,
  'aliases of aliases': Array.from({ length: 25 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x,x]' : `a${i}: &a${i} [${fill(`*a${i - 1},`, 60)}]`,
  ).join('\n'),
  'an alias of itself': 'a: &a { b: *a, c: *a }',
  documents: fill('---\n', SIZE),
  directives: fill('%TAG ! !\n', SIZE - 9),
  'an open quote': `"${fill('a', SIZE - 1)}`,
  'a number without end': fill('9', SIZE),
  comments: fill('#\n', SIZE),
};

describe('a profile that means harm', () => {
  it.each(Object.entries(HOSTILE))('%s: refused or read, with few errors, and without its text in them', (_, text) => {
    const { errors, value } = readYaml('profiles/acme/x.yaml', text);
    expect(errors.length).toBeLessThanOrEqual(100);
    for (const { what, fix, path } of errors) expect(`${what} ${fix} ${path}`.length).toBeLessThan(300);
    if (errors.length === 0) expect(JSON.stringify(value)?.length ?? 0).toBeLessThan(2 * SIZE);
  });

  it('thirty thousand keys are not compared with one another', () => {
    const keys = Array.from({ length: 30_000 }, (_, i) => `k${i}`).join(',');
    expect(readYaml('x.yaml', `{${keys}}`).errors).toHaveLength(1);
  }, 15_000);

  const profileWith = (change: string) =>
    readProfile(
      {
        customer: 'acme',
        name: 'x',
        file: 'x.yaml',
        text: `version: 1\ncrm: { connection: a, records: [Contact] }\nmarketing: { connection: b, audience: c }\nconsent: { newMembers: non-subscribed }\n${change}\n`,
      },
      validateCron,
    );

  it.each(['1-1000000000 * * * *', '0-99999999 * * * *', `${fill('0-59,', 300)}0 * * * *`])(
    'a schedule that would be counted out for a minute is refused before: %s',
    (cron) => {
      const { errors } = profileWith(`schedule: { cron: "${cron}" }`);
      expect(errors.map(({ path }) => path)).toEqual(['schedule.cron']);
    },
    15_000,
  );

  it('a field has a name of at most 255 characters', () => {
    const errors = (length: number) => profileWith(`fields: [{ crm: ${fill('a', length)}, marketing: B }]`).errors;
    expect(errors(255)).toEqual([]);
    expect(errors(256).map(({ what }) => what)).toEqual(['fields[0].crm is longer than 255 characters']);
  });
});
