import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenario } from './runner/parse.ts';

const reading = (text: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-language-'));
  try {
    writeFileSync(join(folder, 'story.txt'), text);
    return readScenario(join(folder, 'story.txt'), 'story.txt');
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('the language of scenarios', () => {
  it('reads sentences with their places', () => {
    const story = reading(
      '# about\ntitle A story\nrules C1 C6a\ngiven Contact ann; member ann subscribed\nthen exit 0\n  no writes',
    );
    expect(story.rules).toEqual(['C1', 'C6a']);
    expect(story.statements).toEqual([
      { part: 'given', text: 'Contact ann', place: 'story.txt:4' },
      { part: 'given', text: 'member ann subscribed', place: 'story.txt:4' },
      { part: 'then', text: 'exit 0', place: 'story.txt:5' },
      { part: 'then', text: 'no writes', place: 'story.txt:6' },
    ]);
  });

  it.each([
    ['title A\nrules C1\nwhn sync\nthen exit 0', 'story.txt:3: "whn" begins no line'],
    ['title A\nrules C1\nwhen sync\ngiven Contact ann\nthen exit 0', 'story.txt:4: "given" comes before "when"'],
    ['title A\nrules Cx\nthen exit 0', '"Cx" is no rule'],
    ['title A\nthen exit 0', 'exactly one line "rules"'],
    ['title A\nrules C1\nwhen sync', 'it expects nothing'],
  ])('names the mistake in %j', (text, message) => {
    expect(() => reading(text)).toThrow(message);
  });
});
