import { describe, expect, it } from 'vitest';
import { importRules } from './import-rules.ts';
import { manifestRules } from './manifest-rules.ts';
import { textRules } from './text-rules.ts';
import { readTree } from './tree.ts';

const tree = readTree();

describe('the rules of the house (CONTRIBUTING.md)', () => {
  it('looks at all of it', () => {
    expect(tree.sources.length).toBeGreaterThan(300);
    expect(tree.manifests.length).toBeGreaterThan(9);
    expect(tree.sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(1_000);
  });

  it.each([...importRules, ...textRules, ...manifestRules])('$says', ({ breaches }) => {
    expect(breaches(tree)).toEqual([]);
  });
});
