import type { Route } from './definition.ts';
import { pathPattern } from './path-pattern.ts';

interface Found<State> {
  readonly route: Route<State> | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** The methods that the path has, when it is known under another method only. */
  readonly allowed: readonly string[];
}

export interface Router<State> {
  find(method: string, path: string): Found<State>;
}

/** A router that takes the first route that fits, in the order given. */
export function routerOf<State>(routes: readonly Route<State>[]): Router<State> {
  const compiled = routes.map((route) => ({ route, pattern: pathPattern(route.path) }));
  return {
    find(method, path) {
      const allowed: string[] = [];
      for (const { route, pattern } of compiled) {
        const params = pattern.match(path);
        if (params === undefined) continue;
        if (route.method === method) return { route, params, allowed: [] };
        allowed.push(route.method);
      }
      return { route: undefined, params: {}, allowed: [...new Set(allowed)] };
    },
  };
}
