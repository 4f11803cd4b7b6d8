import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asJson, harmless, steadyText } from '../src/terminal/harmless.ts';
import { progressLine } from '../src/terminal/progress.ts';
import { table } from '../src/terminal/table.ts';
import { paragraph, WIDTH, widthOf, wrapped } from '../src/terminal/text.ts';
import { duration, momentIn, plural } from '../src/terminal/words.ts';

const columns = [
  { title: 'person', flexible: true },
  { title: 'n', align: 'right' as const },
];

describe('tables', () => {
  it('align wide scripts by what a terminal shows', () => {
    const lines = table(columns, [
      ['山田太郎', '5'],
      ['Ann', '1,000'],
    ]).split('\n');
    expect(lines).toEqual(['person        n', '山田太郎      5', 'Ann       1,000']);
  });

  it('fit 80 columns and lose nothing: a long cell is broken', () => {
    const long = 'a'.repeat(120);
    const lines = table(columns, [[long, '7']]).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(WIDTH);
    expect(lines.slice(1).join('').replaceAll(/[^a]/g, '')).toBe(long);
  });

  it('keep addresses in one piece while other columns can still be broken at spaces', () => {
    const address = 'somebody.with.a.long.name@example.org';
    const three = [{ title: 'person', flexible: true }, { title: 'what', flexible: true }, { title: 'rule' }];
    const text = table(three, [[address, 'clear the opt-out field in Salesforce, and more', 'C0.1 C7']]);
    expect(text).toContain(address);
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(WIDTH);
  });

  it('leave out a column that says nothing', () => {
    const three = [{ title: 'person' }, { title: 'fields', flexible: true }, { title: 'rule' }];
    expect(table(three, [['Ann', '', 'C1']])).toBe('person  rule\nAnn     C1');
    expect(table(three, [['Ann', 'FNAME', 'C1']])).toContain('fields');
  });

  it('show nothing that could steer a terminal', () => {
    expect(table(columns, [['a\u001b[31m\u202eb\u0007', '1']])).not.toMatch(/\p{Cc}(?<!\n)|\p{Bidi_Control}/u);
    expect(harmless('naïve 山')).toBe('naïve 山');
  });

  it('has room for the changes of a first sync', () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => [`p${n}@example.org`, 'created']);
    expect(table([{ title: 'person', flexible: true }, { title: 'what' }], rows).split('\n')).toHaveLength(200_001);
  });
});

describe('what is written to a terminal', () => {
  const attacks = {
    'clears the screen': '\u001b[2J\u001b[H',
    'fills the clipboard (OSC 52)': '\u001b]52;c;cm0gLXJmIH4=\u0007',
    'hides where a link leads (OSC 8)': '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
    'sets the title (C1)': '\u009d0;owned\u009c',
    'hides text (SGR 8, and colours that are not ours)': '\u001b[8mhidden\u001b[38;5;0m',
    'writes over the line': 'not ok\rok    ',
    'goes back': 'bad\b\b\bgood',
    'turns the reading order': 'gpj.\u202excod',
    'ends a line where JSON and JavaScript differ': 'a\u2028b\u2029c',
  };
  const steers = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

  it.each(Object.entries(attacks))('nothing that %s', (_, attack) => {
    expect(attack).toMatch(steers);
    const shown = [
      steadyText(`a ${attack}\nb`),
      paragraph(attack),
      table(columns, [[attack, '1']]),
      asJson({ a: attack }),
    ];
    for (const text of shown) expect(text).not.toMatch(steers);
    expect(JSON.parse(asJson({ a: attack }))).toEqual({ a: attack });
    expect(JSON.parse(asJson([attack, 1], true))).toEqual([attack, 1]);
  });

  it('but our own styles and lines', () => {
    const own = '\u001b[1mbold\u001b[22m \u001b[32mok\u001b[39m\n  naïve 山';
    expect(steadyText(own)).toBe(own);
  });
});

it('wrapped text keeps every word and its indentation, within the width', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })), fc.nat(8), (words, indent) => {
      const text = ' '.repeat(indent) + words.map((word) => word.replaceAll(/\s/g, 'x')).join(' ');
      const lines = wrapped(text, 40);
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(40);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(/\s/g, ''));
    }),
  );
  expect(wrapped('  one two', 7)).toEqual(['  one', '  two']);
});

describe('progress', () => {
  it('says what, how far and how long still, on one line', () => {
    let now = 0;
    let written = '';
    const line = progressLine(
      (text) => {
        written = text;
      },
      () => now,
    );
    const step = (done: number, of: number | null) =>
      line.show({ profile: 'acme/newsletter', doing: 'reading Mailchimp (members)', done, of });
    step(0, 2_000);
    now = 1_000;
    step(500, 2_000);
    expect(written.trim()).toBe('acme/newsletter: reading Mailchimp (members): 500 of 2,000 (25 %), 3.0 s left');
    expect(widthOf(written.replace('\r', ''))).toBe(WIDTH - 1);
    line.clear();
    expect(written.trim()).toBe('');
  });
});

describe('words', () => {
  it.each([
    [850, '850 ms'],
    [3_210, '3.2 s'],
    [59_000, '59 s'],
    [61_000, '1 min'],
    [26 * 3_600_000, '1 d'],
  ])('%i ms is %s', (ms, words) => expect(duration(ms)).toBe(words));

  it('counts', () =>
    expect([plural(1, 'person', 'people'), plural(1_200, 'opt-out')]).toEqual(['1 person', '1,200 opt-outs']));

  it('tells a time in the time zone of the profile', () =>
    expect(momentIn(new Date('2026-07-01T22:30:00Z'), 'Europe/Berlin')).toBe('Thu 2026-07-02 00:30 Europe/Berlin'));
});
