import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments, type YAMLError } from 'yaml';
import type { Place, ProfileError } from './place.ts';
import { looksLikeSecret } from './secret-like.ts';

export type KeyPath = readonly (string | number)[];

/** Plain values of a YAML file, and where each of them stands. */
export interface YamlText {
  readonly value: unknown;
  readonly places: Places;
  readonly errors: readonly ProfileError[];
}

const MAX_BYTES = 256 * 1024;
const MAX_ALIASES = 50;
const MAX_NODES = 20_000;
const MAX_DEPTH = 20;
/** Whoever has so many has one mistake many times, or means to keep us busy. */
const MAX_ERRORS = 100;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const at = (path: KeyPath): string => JSON.stringify(path.map(String));

/** `fields[2].transform`, as messages name a key. */
export const dotted = (path: KeyPath): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = looksLikeSecret(key) ? '(not shown)' : key;
    return text === '' ? name : `${text}.${name}`;
  }, '');

/** Finds the place of a key or a value, or of the nearest thing around it that exists. */
export class Places {
  readonly file: string;
  readonly #keys = new Map<string, Place>();
  readonly #values = new Map<string, Place>();
  /** Numbers, booleans and the like as they were written, for advice on quotes. */
  readonly #sources = new Map<string, string>();

  constructor(file: string) {
    this.file = file;
  }

  note(path: KeyPath, value: Place, key?: Place, source?: string): void {
    this.#values.set(at(path), value);
    if (key !== undefined) this.#keys.set(at(path), key);
    if (source !== undefined) this.#sources.set(at(path), source);
  }

  ofKey(path: KeyPath): Place {
    return this.#keys.get(at(path)) ?? this.ofValue(path);
  }

  ofValue(path: KeyPath): Place {
    const found = this.#values.get(at(path));
    if (found !== undefined) return found;
    if (path.length === 0) return { file: this.file, line: 1, column: 1 };
    return this.ofKey(path.slice(0, -1));
  }

  sourceOf(path: KeyPath): string | undefined {
    return this.#sources.get(at(path));
  }

  has(path: KeyPath): boolean {
    return this.#values.has(at(path));
  }

  errorAt(place: Place, path: KeyPath, what: string, fix: string, didYouMean?: string): ProfileError {
    const { file, line, column } = place;
    const error = { file, line, column, path: dotted(path), what, fix };
    return didYouMean === undefined ? error : { ...error, didYouMean };
  }

  /** An error at a value, or at the place where a missing value belongs. */
  error(path: KeyPath, what: string, fix: string, didYouMean?: string): ProfileError {
    return this.errorAt(this.ofValue(path), path, what, fix, didYouMean);
  }

  /** An error at the key itself. */
  keyError(path: KeyPath, what: string, fix: string, didYouMean?: string): ProfileError {
    return this.errorAt(this.ofKey(path), path, what, fix, didYouMean);
  }
}

/** The library's own messages may quote the file, and a file may hold a secret by mistake: so our own words only. */
const syntaxError = (error: YAMLError): readonly [what: string, fix: string] => {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return ['a tab is used for indentation', 'Indent with spaces'];
    case 'BAD_INDENT':
      return ['the indentation is wrong, or a bracket is not closed', 'Indent all keys of one map by the same spaces'];
    case 'MISSING_CHAR':
      return ['a bracket, quote or comma is missing', 'Close what was opened'];
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
      return ['a key has no colon after it', 'Write "key: value"'];
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return ['a nested block stands where only one value can stand', 'Put it on lines of its own, indented'];
    case 'TAG_RESOLVE_FAILED':
      return ['YAML tags (!name) are not used in profiles', 'Remove the tag'];
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
    case 'BAD_PROP_ORDER':
    case 'ALIAS_PROPS':
      return ['an anchor or tag is misplaced', 'Remove it'];
    case 'BAD_DQ_ESCAPE':
      return ['an unknown escape (\\) stands in double quotes', 'Use single quotes for text with backslashes'];
    case 'BAD_SCALAR_START':
      return ['this character cannot begin a value', 'Put the value in quotes'];
    default:
      return ['this is not valid YAML', 'Look at this line and the one above it'];
  }
};

const stripBom = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

/** Turns nodes into plain values, noting places; everything a profile does not need (merge keys, bombs) is an error. */
class Reader {
  readonly places: Places;
  readonly errors: ProfileError[] = [];
  readonly #lines: LineCounter;
  readonly #anchors: ReadonlyMap<string, ParsedNode>;
  #nodes = 0;
  #aliases = 0;

  constructor(places: Places, lines: LineCounter, anchors: ReadonlyMap<string, ParsedNode>) {
    this.places = places;
    this.#lines = lines;
    this.#anchors = anchors;
  }

  placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.places.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  read(node: ParsedNode | null, path: KeyPath, keyPlace?: Place): unknown {
    const place = node === null ? (keyPlace ?? this.placeAt(0)) : this.placeAt(node.range[0]);
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || path.length > MAX_DEPTH) {
      if (this.#nodes !== Number.POSITIVE_INFINITY)
        this.errors.push(
          this.places.errorAt(place, path, 'the file is nested too deeply or too large', 'Make it simpler'),
        );
      this.#nodes = Number.POSITIVE_INFINITY;
      return null;
    }
    if (node === null) {
      this.places.note(path, place, keyPlace);
      return null;
    }
    if (isAlias(node)) return this.#readAlias(node.source, place, path, keyPlace);
    const source = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
    this.places.note(path, place, keyPlace, source);
    if (isMap<ParsedNode, ParsedNode | null>(node)) return this.#readMap(node.items, path);
    if (isSeq<ParsedNode>(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  #readAlias(anchor: string, place: Place, path: KeyPath, keyPlace?: Place): unknown {
    this.#aliases += 1;
    if (this.#aliases > MAX_ALIASES) {
      if (this.#aliases === MAX_ALIASES + 1)
        this.errors.push(this.places.errorAt(place, path, `more than ${MAX_ALIASES} aliases`, 'Write the values out'));
      return null;
    }
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      this.errors.push(this.places.errorAt(place, path, 'this alias has no anchor', 'Write the value out'));
      return null;
    }
    const value = this.read(target, path, keyPlace);
    this.places.note(path, place, keyPlace);
    return value;
  }

  #readMap(
    items: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[],
    path: KeyPath,
  ): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const keyPlace = this.placeAt(key.range[0]);
      const name = isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? '')) : null;
      const refuse = (what: string, fix: string): void => {
        if (this.errors.length < MAX_ERRORS) this.errors.push(this.places.errorAt(keyPlace, path, what, fix));
      };
      if (name === null) refuse('a key must be plain text', 'Write "key: value"');
      else if (name === '<<') refuse('merge keys (<<) are not used in profiles', 'Write the keys out');
      else if (FORBIDDEN_KEYS.has(name)) refuse(`"${name}" cannot be a key`, 'Remove it');
      else if (Object.hasOwn(map, name)) refuse('the same key stands here twice', 'Keep one of them');
      else map[name] = this.read(value, [...path, name], keyPlace);
    }
    return map;
  }
}

const anchorsOf = (root: ParsedNode | null): ReadonlyMap<string, ParsedNode> => {
  const anchors = new Map<string, ParsedNode>();
  const visit = (node: ParsedNode | null): void => {
    if (node === null || isAlias(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap<ParsedNode, ParsedNode | null>(node))
      for (const pair of node.items) {
        visit(pair.key);
        visit(pair.value);
      }
    if (isSeq<ParsedNode>(node)) for (const item of node.items) visit(item);
  };
  visit(root);
  return anchors;
};

/** Counted here: the parser counts no lines inside of a quote that does not close, and names columns that no line has. */
const linesOf = (text: string): LineCounter => {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
};

/** Reads one YAML document into plain values. Never throws; never quotes the text in an error. */
export const readYaml = (file: string, text: string): YamlText => {
  const places = new Places(file);
  const fail = (what: string, fix: string): YamlText => ({
    value: undefined,
    places,
    errors: [places.error([], what, fix)],
  });
  if (text.length > MAX_BYTES) return fail(`the file is larger than ${MAX_BYTES / 1024} KiB`, 'Split it up');
  if (text.includes('\0')) return fail('the file is not text in UTF-8', 'Save it as UTF-8');

  const bare = stripBom(text);
  const documents = parseAllDocuments<ParsedNode>(bare, {
    prettyErrors: false,
    version: '1.2',
    merge: false,
    logLevel: 'silent',
    // The library compares every key with every other: a minute for a file of 256 KiB. The reader below looks each up.
    uniqueKeys: false,
  });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  const root = document?.contents ?? null;
  const isBlank = root === null || (isScalar(root) && root.value === null);
  if (document === undefined || (isBlank && document.errors.length === 0))
    return fail('the file is empty', 'See docs/profiles.md');

  const reader = new Reader(places, linesOf(bare), anchorsOf(root));
  for (const problem of [...document.errors, ...document.warnings]) {
    const [what, fix] = syntaxError(problem);
    const error = places.errorAt(reader.placeAt(problem.pos[0]), [], what, fix);
    if (reader.errors.length >= MAX_ERRORS) break;
    // One slip is often found several times on its line.
    if (!reader.errors.some((told) => told.line === error.line && told.what === what)) reader.errors.push(error);
  }
  const second = documents[1];
  if (second !== undefined) {
    const place = reader.placeAt(second.range[0]);
    reader.errors.push(places.errorAt(place, [], 'a second document (---) begins here', 'One file is one document'));
  }
  if (reader.errors.length > 0) return { value: undefined, places, errors: reader.errors };
  const value = reader.read(root, []);
  return { value, places, errors: reader.errors };
};
