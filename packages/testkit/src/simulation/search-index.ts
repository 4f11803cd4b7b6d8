import type { At } from './history.ts';
import type { World } from './world.ts';

interface Version<State> {
  readonly state: State;
  readonly shownFrom: At;
}

/**
 * What the searches of a vendor show: they lag behind its look-ups by id. A record comes as it was, with the stamp that it
 * had then. Costs nothing where nothing lags.
 */
export class SearchIndex<State extends object> {
  readonly #versions = new Map<string, Version<State>[]>();
  readonly #world: World;
  readonly #side: 'crm' | 'marketing';
  readonly #lags: boolean;

  constructor(world: World, side: 'crm' | 'marketing') {
    const { crmLagMs, marketingLagMs } = world.settings.quirks;
    this.#world = world;
    this.#side = side;
    this.#lags = (side === 'crm' ? crmLagMs : marketingLagMs) > 0;
  }

  /** The record has changed and is like this now. */
  note(key: string, state: State): void {
    if (!this.#lags) return;
    const shown = this.#versions.get(key) ?? [];
    this.#versions.set(key, [...shown, { state: { ...state }, shownFrom: this.#world.searchableAt(this.#side) }]);
  }

  /** How a search shows it at the moment; null: not yet. */
  stateOf(key: string, now: State): State | null {
    if (!this.#lags) return now;
    const versions = this.#versions.get(key) ?? [];
    return versions.findLast(({ shownFrom }) => shownFrom <= this.#world.now())?.state ?? null;
  }
}
