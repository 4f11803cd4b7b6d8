import type { Import } from './scan.ts';
import type { Source, Tree } from './tree.ts';

/** One sentence that holds for the whole repository, and everything that breaks it. */
export interface Rule {
  readonly says: string;
  readonly breaches: (tree: Tree) => readonly string[];
}

/** What each package may import of the others at run time (tests may import anything). */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  toolkit: ['contract'],
  core: ['contract'],
  store: ['contract', 'core', 'toolkit'],
  sandbox: [],
  testkit: ['contract', 'core', 'sandbox', 'store', 'toolkit'],
  cli: ['contract', 'core', 'sandbox', 'store', 'toolkit'],
};
const CONNECTOR: readonly string[] = ['contract', 'toolkit'];
const STAND_IN: readonly string[] = ['sandbox'];

/** Data flows one way inside the core, too: the pure folders know neither the loops nor the operators. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  identity: ['state'],
  state: ['consent', 'identity'],
  consent: ['identity', 'state'],
  fields: ['profile'],
  profile: ['fields', 'identity'],
  plan: ['consent', 'fields', 'identity', 'profile', 'state'],
  sync: ['consent', 'fields', 'identity', 'plan', 'profile', 'state'],
  operator: ['consent', 'fields', 'identity', 'plan', 'profile', 'state', 'sync'],
};

/** What the pure folders of the core may take from Node: neither of these does anything but compute. */
const PURE_FOLDERS = ['consent', 'fields', 'identity', 'plan'];
const PURE_NODE = ['node:url', 'node:crypto'];

interface Place {
  readonly kind: 'package' | 'connector';
  readonly name: string;
  /** `src`, `sandbox`, `test`, `bin`. */
  readonly part: string;
}

const placeOf = ({ path }: Pick<Source, 'path'>): Place | null => {
  const [, folder, name = '', part = ''] = /^(packages|connectors)\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
  return folder === undefined ? null : { kind: folder === 'packages' ? 'package' : 'connector', name, part };
};

const isShipped = (place: Place | null): place is Place => place !== null && place.part !== 'test';

/** `@heed/core` is `core`, `@heed/connector-mailchimp/sandbox` is `connector-mailchimp`; null: none of ours. */
const ours = (from: string): string | null => /^@heed\/([^/]+)/.exec(from)?.[1] ?? null;

/** `yaml`, `@scope/name`; null: a file, a module of Node, or ours. */
export const thirdParty = (from: string): string | null =>
  from.startsWith('.') || from.startsWith('node:') || from.startsWith('@heed/') || from === 'computed'
    ? null
    : from.split('/', from.startsWith('@') ? 2 : 1).join('/');

const each = (
  tree: Tree,
  breach: (source: Source, place: Place | null, one: Import) => boolean,
  why: (one: Import) => string = (one) => `imports ${one.from}`,
): readonly string[] =>
  tree.sources.flatMap((source) =>
    source.imports.filter((one) => breach(source, placeOf(source), one)).map((one) => `${source.path}: ${why(one)}`),
  );

/** Where a relative import leads, from the root of the repository. */
const target = (source: Source, from: string): string => new URL(from, `file:///${source.path}`).pathname.slice(1);

const mayImport = (place: Place): readonly string[] => {
  if (place.kind === 'package') return HOUSE[place.name] ?? [];
  return place.part === 'sandbox' ? STAND_IN : CONNECTOR;
};

const coreFolder = (path: string): string | null => /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1] ?? null;

const ownerOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** Third-party packages that a connector's `src` imports, with the files that do. */
const vendorSdks = (
  tree: Tree,
): readonly { readonly sdk: string; readonly owner: string; readonly source: Source; readonly by: Import }[] =>
  tree.sources.flatMap((source) => {
    const place = placeOf(source);
    if (place?.kind !== 'connector' || place.part !== 'src') return [];
    return source.imports.flatMap((by) => {
      const sdk = thirdParty(by.from);
      return sdk === null || LIBRARIES.includes(sdk) ? [] : [{ sdk, owner: ownerOf(source.path), source, by }];
    });
  });

/** Small, of no vendor, and quick to load. */
const LIBRARIES: readonly string[] = ['zod', 'csv-parse', 'csv-stringify', 'modern-tar'];

/** What Heed is compared with: the same SDKs without it. */
const BARE_SDKS = 'bench/subjects/';

const ONLY_IN_CLI = ['inversify', 'reflect-metadata', 'commander', 'node-cron', 'string-width'];

export const importRules: readonly Rule[] = [
  {
    says: 'a package imports only the packages below it',
    breaches: (tree) =>
      each(tree, (_, place, { from }) => {
        const name = ours(from);
        return name !== null && isShipped(place) && name !== selfOf(place) && !mayImport(place).includes(name);
      }),
  },
  {
    says: 'every package has a place in the house',
    breaches: (tree) =>
      tree.manifests
        .filter(({ folder }) => folder.startsWith('packages/') && !((folder.split('/')[1] ?? '') in HOUSE))
        .map(({ path }) => `${path}: say in test/architecture what it may import`),
  },
  {
    says: 'no relative import leaves its package, but those of tests',
    breaches: (tree) =>
      each(
        tree,
        (source, place, { from }) =>
          isShipped(place) && from.startsWith('.') && ownerOf(target(source, from)) !== ownerOf(source.path),
      ),
  },
  {
    says: 'a connector does not know its stand-in, nor the stand-in its connector',
    breaches: (tree) =>
      each(
        tree,
        (source, place, { from }) =>
          isShipped(place) &&
          place.kind === 'connector' &&
          from.startsWith('.') &&
          !target(source, from).startsWith(`${ownerOf(source.path)}/${place.part}/`),
      ),
  },
  {
    says: 'connectors do not know each other',
    breaches: (tree) =>
      each(tree, (_, place, { from }) => {
        const name = ours(from);
        return place?.kind === 'connector' && name?.startsWith('connector-') === true && name !== selfOf(place);
      }),
  },
  {
    says: 'only the command line knows the container, and nothing depends on the command line',
    breaches: (tree) =>
      each(tree, (_, place, { from }) => {
        const inside = place?.kind === 'package' && place.name === 'cli';
        return !inside && (ONLY_IN_CLI.includes(thirdParty(from) ?? '') || (isShipped(place) && ours(from) === 'cli'));
      }),
  },
  {
    says: 'the container is wired in the composition root and asked nowhere in the core',
    breaches: (tree) =>
      each(
        tree,
        (source, _, { from, typeOnly }) =>
          from === 'inversify' && !typeOnly && !source.path.startsWith('packages/cli/src/composition/'),
      ),
  },
  {
    says: "a vendor's SDK is imported by one file of its connector, when it is first used",
    breaches: (tree) => {
      const uses = vendorSdks(tree);
      const early = uses.filter(({ by }) => !by.typeOnly && !by.dynamic);
      const second = uses.filter(({ sdk, source }) => uses.find((one) => one.sdk === sdk)?.source !== source);
      const abroad = each(tree, (source, _, { from }) => {
        const use = uses.find((one) => one.sdk === thirdParty(from));
        return use !== undefined && ownerOf(source.path) !== use.owner && !source.path.startsWith(BARE_SDKS);
      });
      return [
        ...early.map(({ source, sdk }) => `${source.path}: loads ${sdk} before it is used`),
        ...second.map(({ source, sdk }) => `${source.path}: is a second file that imports ${sdk}`),
        ...abroad,
      ];
    },
  },
  {
    says: 'only the store knows SQLite',
    breaches: (tree) =>
      each(tree, (_, place, { from }) => from === 'node:sqlite' && isShipped(place) && place.name !== 'store'),
  },
  {
    says: 'only the finder of installed connectors imports what it has computed',
    breaches: (tree) =>
      each(
        tree,
        ({ path }, place, { from }) =>
          from === 'computed' && isShipped(place) && path !== 'packages/cli/src/composition/installed.ts',
        () => 'a computed import',
      ),
  },
  {
    says: 'inside the core the pure folders know neither the loops nor the operators',
    breaches: (tree) =>
      each(tree, (source, _, { from }) => {
        const here = coreFolder(source.path);
        const there = from.startsWith('.') ? coreFolder(target(source, from)) : null;
        return here !== null && there !== null && here !== there && !(CORE[here] ?? []).includes(there);
      }),
  },
  {
    says: 'consent, plan, fields and identity take nothing from the outside',
    breaches: (tree) =>
      each(
        tree,
        (source, _, { from }) =>
          PURE_FOLDERS.includes(coreFolder(source.path) ?? '') && from.startsWith('node:') && !PURE_NODE.includes(from),
      ),
  },
];

const selfOf = (place: Place): string => (place.kind === 'connector' ? `connector-${place.name}` : place.name);
