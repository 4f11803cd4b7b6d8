import type { Sight } from './what-happened.ts';

/** What the engine was shown of each record and member last. */
export class Sights {
  readonly #last = new Map<string, Sight>();

  of(holder: string): Sight {
    const sight = this.#last.get(holder) ?? { made: 0, out: null, ours: false, pending: false, n: 0 };
    this.#last.set(holder, sight);
    return sight;
  }

  /** What is older than what was seen before tells nothing new. */
  see(holder: string, seen: Omit<Sight, 'ours'>): void {
    const sight = this.of(holder);
    if (seen.made < sight.made) return;
    Object.assign(sight, seen);
    if (!seen.out) sight.ours = false;
  }

  /** The engine last saw the holder not opted out, and has not opted it out itself since: it will see a change. */
  isNews(holder: string): boolean {
    const sight = this.#last.get(holder);
    return sight === undefined || (sight.out !== true && !sight.ours);
  }
}
