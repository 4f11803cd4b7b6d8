import type { MemberSnap } from '../history.ts';
import { keyOf } from './circle.ts';

interface Sight {
  readonly address: string;
  /** The event that made what was seen. */
  readonly made: number;
  readonly complains: boolean;
  /** Of a run that ended well. */
  readonly isDurable: boolean;
}

/** Where the members of one marketing system were seen. */
export class Whereabouts {
  readonly #sights = new Map<string, Sight[]>();

  see({ key, email, complaint }: MemberSnap, seen: Pick<Sight, 'made' | 'isDurable'>): void {
    const sight = { ...seen, address: keyOf(email) ?? '', complains: complaint };
    this.#sights.set(key, [...(this.#sights.get(key) ?? []), sight]);
  }

  /**
   * The addresses for which a complaint counts that is shown now: the member's own, and those where it was seen since the newest
   * state that surely is known, for what one read finds together counts for both (C15). None if the complaint was known before.
   */
  complaintAt({ key, email, complaint }: MemberSnap): readonly string[] {
    const before = this.#sights.get(key) ?? [];
    const durable = before.filter(({ isDurable }) => isDurable);
    if (!complaint || durable.some(({ complains }) => complains)) return [];
    const newest = Math.max(0, ...durable.map(({ made }) => made));
    const since = before.filter(({ made }) => made >= newest).map(({ address }) => address);
    return [...new Set([keyOf(email) ?? '', ...since])];
  }
}
