type Tree = Map<string, Tree | true>;

/**
 * Applies `fields` and `exclude_fields`: comma-separated dotted paths through objects and arrays. With `fields` only what
 * is named stays, so `_links` disappear unless asked for.
 */
export function projected(body: unknown, query: URLSearchParams): unknown {
  const fields = treeOf(query, 'fields');
  const excluded = treeOf(query, 'exclude_fields');
  const kept = fields === undefined ? body : only(body, fields);
  return excluded === undefined ? kept : without(kept, excluded);
}

function treeOf(query: URLSearchParams, name: string): Tree | undefined {
  const paths = query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (paths.length === 0) return undefined;
  const root: Tree = new Map();
  for (const path of paths) plant(root, path.split('.'));
  return root;
}

function plant(tree: Tree, [first = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    tree.set(first, true);
    return;
  }
  const branch = tree.get(first);
  if (branch === true) return; // the whole was named before
  const grown = branch ?? new Map();
  tree.set(first, grown);
  plant(grown, rest);
}

function only(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((one) => only(one, tree));
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, branch] of tree) {
    if (Object.hasOwn(value, name)) kept[name] = branch === true ? value[name] : only(value[name], branch);
  }
  return kept;
}

function without(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, tree));
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const branch = tree.get(name);
    if (branch !== true) kept[name] = branch === undefined ? inner : without(inner, branch);
  }
  return kept;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
