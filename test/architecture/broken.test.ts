// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates as text, to be scanned
// The rules must be able to fail: a repository of a few made-up files, each of which breaks one.
import { describe, expect, it } from 'vitest';
import { importRules } from './import-rules.ts';
import { manifestRules } from './manifest-rules.ts';
import { scan } from './scan.ts';
import { textRules } from './text-rules.ts';
import { manifestOf, sourceOf, type Tree } from './tree.ts';

const rules = [...importRules, ...textRules, ...manifestRules];
const files = (given: Readonly<Record<string, string>>): Tree => ({
  sources: Object.entries(given).map(([path, text]) => sourceOf(path, text)),
  manifests: [],
});
const manifest = (path: string, json: Readonly<Record<string, unknown>>): Tree => ({
  sources: [],
  manifests: [manifestOf(path, json)],
});

/** By the beginning of what the rule says: trees that break it. */
const breaches: Readonly<Record<string, readonly Tree[]>> = {
  'a package imports only': [
    files({ 'packages/contract/src/a.ts': "import { redact } from '@heed/toolkit';" }),
    files({ 'packages/toolkit/src/a.ts': "import type { Store } from '@heed/core';" }),
    files({ 'packages/core/src/sync/a.ts': "import { redact } from '@heed/toolkit';" }),
    files({ 'packages/sandbox/src/a.ts': "export * from '@heed/contract';" }),
    files({ 'connectors/acme/src/a.ts': "import { startSandbox } from '@heed/sandbox';" }),
    files({ 'connectors/acme/src/a.ts': "const { decide } = await import('@heed/core');" }),
    files({ 'connectors/acme/sandbox/a.ts': "import { chunk } from '@heed/toolkit';" }),
  ],
  'every package has a place': [manifest('packages/new/package.json', { name: '@heed/new' })],
  'no relative import leaves': [
    files({ 'packages/core/src/a.ts': "import { x } from '../../toolkit/src/redact.ts';" }),
  ],
  'a connector does not know its stand-in': [
    files({ 'connectors/acme/src/a.ts': "import { sandbox } from '../sandbox/index.ts';" }),
    files({ 'connectors/acme/sandbox/a.ts': "import type { Config } from '../src/config.ts';" }),
  ],
  'connectors do not know each other': [
    files({ 'connectors/acme/src/a.ts': "import { connector } from '@heed/connector-mailchimp';" }),
    files({ 'connectors/acme/test/a.test.ts': "import { connector } from '@heed/connector-mailchimp';" }),
  ],
  'only the command line knows the container': [
    files({ 'packages/core/src/a.ts': "import { Container } from 'inversify';" }),
    files({ 'packages/testkit/src/a.ts': "import { runCommandLine } from '@heed/cli';" }),
    files({ 'connectors/acme/src/a.ts': "import 'reflect-metadata';" }),
  ],
  'the container is wired': [files({ 'packages/cli/src/commands/a.ts': "import { Container } from 'inversify';" })],
  "a vendor's SDK is imported": [
    files({ 'connectors/acme/src/sdk.ts': "import { Client } from 'acme-sdk';" }),
    files({
      'connectors/acme/src/sdk.ts': "const { Client } = await import('acme-sdk');",
      'connectors/acme/src/read.ts': "const { Reader } = await import('acme-sdk/reader');",
    }),
    files({
      'connectors/acme/src/sdk.ts': "const { Client } = await import('acme-sdk');",
      'packages/cli/src/a.ts': "import type { Client } from 'acme-sdk';",
    }),
  ],
  'only the store knows SQLite': [files({ 'packages/cli/src/a.ts': "import { DatabaseSync } from 'node:sqlite';" })],
  'only the finder': [files({ 'packages/core/src/a.ts': 'await import(name);' })],
  'inside the core': [
    files({ 'packages/core/src/plan/a.ts': "import type { Run } from '../sync/run-state.ts';" }),
    files({ 'packages/core/src/consent/a.ts': "import { approve } from '../operator/approve.ts';" }),
    files({ 'packages/core/src/sync/a.ts': "import { approve } from '../operator/approve.ts';" }),
  ],
  'consent, plan, fields and identity': [
    files({ 'packages/core/src/consent/a.ts': "import { readFileSync } from 'node:fs';" }),
  ],
  'no file is longer': [files({ 'packages/core/src/a.ts': 'export {};\n'.repeat(401) })],
  'time, chance and environment': [
    files({ 'packages/core/src/a.ts': 'export const now = Date.now();' }),
    files({ 'connectors/acme/src/a.ts': 'export const now = new Date();' }),
    files({ 'packages/toolkit/src/a.ts': 'const jitter = Math.random() * 2;' }),
    files({ 'packages/store/src/a.ts': 'const key = process.env.HEED_KEY_FILE;' }),
  ],
  'no `any`': [
    files({ 'packages/core/src/a.ts': 'export const f = (x: any) => x;' }),
    files({ 'test/a.ts': 'const x = y as any;' }),
    files({ 'test/a.ts': 'const x = new Map<string, any>();'.replace('string, any', 'any') }),
  ],
  'no non-null assertion': [files({ 'packages/core/src/a.ts': 'export const x = list[0]!.name;' })],
  'the compiler is never told': [files({ 'packages/core/src/a.ts': '// @ts-expect-error later' })],
  'a linter rule is put off': [
    files({ 'packages/core/src/a.ts': '// biome-ignore lint/suspicious/noExplicitAny: x' }),
    files({ 'packages/core/src/a.ts': '// biome-ignore lint: it is fine really' }),
  ],
  'no test is the only one': [
    files({ 'packages/core/test/a.test.ts': "it.only('works', () => {});" }),
    files({ 'packages/core/test/a.test.ts': "describe.skip('works', () => {});" }),
    files({ 'packages/core/test/a.test.ts': "test.todo('works');" }),
  ],
  'nothing is left to do': [files({ 'packages/core/src/a.ts': '// TODO: later' })],
  'only syntax that can be erased': [
    files({ 'packages/core/src/a.ts': 'export enum Side { crm }' }),
    files({ 'packages/core/src/a.ts': 'class A {\n  constructor(x: string, private readonly y: number) {}\n}' }),
    files({ 'packages/core/src/a.ts': '@injectable()\nclass A {}' }),
  ],
  'nothing runs at installation': [manifest('packages/core/package.json', { scripts: { postinstall: 'node x.js' } })],
  'every version is pinned': [
    manifest('package.json', { devDependencies: { vitest: '^5.1.1' } }),
    manifest('packages/core/package.json', { dependencies: { zod: 'latest' } }),
  ],
  'one version of each': [
    {
      sources: [],
      manifests: [
        manifestOf('packages/core/package.json', { dependencies: { zod: '4.6.7' } }),
        manifestOf('packages/cli/package.json', { dependencies: { zod: '4.6.8' } }),
      ],
    },
  ],
  'a package declares': [
    {
      sources: [sourceOf('packages/core/src/a.ts', "import { parse } from 'yaml';")],
      manifests: [manifestOf('packages/core/package.json', { name: '@heed/core', dependencies: {} })],
    },
  ],
  'no package lists the command line': [
    manifest('packages/testkit/package.json', { dependencies: { '@heed/cli': '0.1.0' } }),
  ],
};

const ruleOf = (says: string) => rules.filter((rule) => rule.says.startsWith(says));

describe('each rule notices who breaks it', () => {
  it('every rule is tried', () => {
    const tried = Object.keys(breaches).flatMap((says) => ruleOf(says).map((rule) => rule.says));
    expect(tried.toSorted()).toEqual(rules.map((rule) => rule.says).toSorted());
  });

  const cases = Object.entries(breaches).flatMap(([says, trees]) => trees.map((tree, i) => ({ says, tree, i })));
  it.each(cases)('$says ($i)', ({ says, tree }) => {
    expect(ruleOf(says)[0]?.breaches(tree)).not.toEqual([]);
  });
});

describe('what stands in comments and strings is no code', () => {
  it.each([
    ["const a = 'Date.now()'; // Date.now()", "const a = ''; "],
    ['const a = `x ${Date.now()} y`;', 'const a = ` {Date.now()} `;'],
    ['const a = `x ${ { b: `c ${d}` }.b } y`; const e = 1;', 'const a = ` { { b: ` {d} }.b } `; const e = 1;'],
    ["const a = /['\"`]/.test(b); /* 'c */ d('e');", "const a = //.test(b); d('');"],
    ["const a = b / c; const d = 'e/f';", "const a = b / c; const d = '';"],
  ])('%s', (text, code) => {
    const bare = (given: string): string => given.replaceAll(/[ `]/g, '');
    expect(bare(scan(text).code)).toBe(bare(code));
  });

  it('nor an import', () => {
    const text = `const a = "import { x } from 'y';"; // import 'z';\nimport { type B } from './b.ts';`;
    expect(sourceOf('a.ts', text).imports).toEqual([{ from: './b.ts', typeOnly: false, dynamic: false }]);
  });
});
