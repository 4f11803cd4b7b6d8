import type { Event } from '../history.ts';

/** Our own spelling of an address key; the simulated addresses are plain ASCII. */
export const keyOf = (email: string | null): string | null => (email === null ? null : email.trim().toLowerCase());

/**
 * Everything that was ever tied together by an address, a record, a member, a merge or a conversion. What the rules may
 * carry from one to another stays inside one circle; so whatever crosses circles has no justification at all.
 */
export class Circles {
  readonly #parent = new Map<string, string>();
  readonly #odd = new Set<string>();
  readonly #size = new Map<string, Set<string>>();

  constructor(events: readonly Event[]) {
    for (const event of events) {
      if (event.kind === 'record') {
        this.#tie(event.after.key, keyOf(event.after.email));
        const { life } = event.after;
        if (life !== 'live' && life !== 'deleted') this.#tie(event.after.key, life);
      }
      if (event.kind === 'member' && event.after !== null) this.#tie(event.after.key, keyOf(event.after.email));
    }
    for (const node of [...this.#parent.keys()]) {
      const root = this.of(node);
      const nodes = this.#size.get(root) ?? new Set();
      nodes.add(node);
      this.#size.set(root, nodes);
    }
    for (const event of events) if (event.kind === 'record' && isOdd(event)) this.#odd.add(this.of(event.after.key));
  }

  /** The circle of a record key, member key or address key. */
  of(node: string): string {
    let root = node;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root)) root = up;
    return root;
  }

  same(a: string, b: string): boolean {
    return this.of(a) === this.of(b);
  }

  /** One address, at most one record and one member, ever: nothing to argue about. */
  isPlain(node: string): boolean {
    const nodes = [...(this.#size.get(this.of(node)) ?? [])];
    const count = (wanted: (name: string) => boolean): number => nodes.filter(wanted).length;
    return (
      !this.#odd.has(this.of(node)) &&
      count((name) => name.includes('@')) === 1 &&
      count((name) => name.startsWith('member/')) <= 1 &&
      count((name) => name.startsWith('Contact/') || name.startsWith('Lead/')) <= 1
    );
  }

  #tie(a: string, b: string | null): void {
    if (!this.#parent.has(a)) this.#parent.set(a, a);
    if (b === null) return;
    if (!this.#parent.has(b)) this.#parent.set(b, b);
    this.#parent.set(this.of(a), this.of(b));
  }
}

const isOdd = ({ before, after }: Extract<Event, { kind: 'record' }>): boolean =>
  after.life !== 'live' || (before !== null && before.life !== 'live');
