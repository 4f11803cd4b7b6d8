import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Import, importsIn, scan } from './scan.ts';

export interface Source {
  /** From the root of the repository, with slashes: `packages/core/src/sync/read.ts`. */
  readonly path: string;
  readonly text: string;
  readonly uncommented: string;
  /** Without comments and the insides of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** A package.json. */
export interface Manifest {
  readonly path: string;
  /** `packages/core`; empty for the root. */
  readonly folder: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The repository as the rules of the house see it. */
export interface Tree {
  readonly sources: readonly Source[];
  readonly manifests: readonly Manifest[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = '{packages,connectors}/*/{src,sandbox,test,bin}/**/*.{ts,js}';

export const sourceOf = (path: string, text: string): Source => {
  const scanned = scan(text);
  return { path, text, ...scanned, imports: importsIn(scanned) };
};

export const manifestOf = (path: string, json: Readonly<Record<string, unknown>>): Manifest => ({
  path,
  folder: path.replace(/\/?package\.json$/, ''),
  json,
});

/** Every source and manifest of ours, as they are on disk. */
export const readTree = (): Tree => {
  const find = (patterns: readonly string[]): readonly string[] =>
    globSync(patterns, { cwd: ROOT })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
      .sort();
  const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
  return {
    sources: find([OURS, 'test/**/*.ts', 'bench/**/*.ts', 'tools/*.ts', 'scripts/*.{ts,mjs}', '*.ts']).map((path) =>
      sourceOf(path, read(path)),
    ),
    manifests: find(['package.json', '{packages,connectors}/*/package.json']).map((path) =>
      manifestOf(path, JSON.parse(read(path)) as Record<string, unknown>),
    ),
  };
};
