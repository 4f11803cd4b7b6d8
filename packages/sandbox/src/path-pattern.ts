/** A compiled path pattern. */
export interface PathPattern {
  /** The parameters by name when `path` fits, else `undefined`. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Compiles a pattern: `{name}` or `:name` is one segment or a part of one, `{name+}` several segments, `*` one nameless
 * segment, `**` the rest. A slash at the end of the path makes no difference; parameters arrive percent-decoded.
 */
export function pathPattern(pattern: string): PathPattern {
  const names: string[] = [];
  const source = pattern
    .replace(/\/+$/, '')
    .split(/(\{\w+\+?\}|:\w+|\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      if (part === '*') return '[^/]+';
      const name = /^(?:\{(\w+)(\+?)\}|:(\w+))$/.exec(part);
      if (name === null) return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      names.push(name[1] ?? name[3] ?? '');
      return name[2] === '+' ? '(.+)' : '([^/]+)';
    })
    .join('');
  const expression = new RegExp(`^${source}/*$`);
  return {
    match(path) {
      const found = expression.exec(path);
      if (found === null) return undefined;
      return Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')]));
    },
  };
}

/** Compiles `METHOD pattern`, `* pattern` (any method), `pattern` or `*` (every call). */
export function routePattern(route: string): (method: string, path: string) => boolean {
  if (route === '*') return () => true;
  const [first = '', second] = route.trim().split(/\s+/);
  const wanted = second === undefined ? '*' : first.toUpperCase();
  const pattern = pathPattern(second ?? first);
  return (method, path) => (wanted === '*' || wanted === method) && pattern.match(path) !== undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray % is the client's business, and a 404 the honest answer
  }
}
