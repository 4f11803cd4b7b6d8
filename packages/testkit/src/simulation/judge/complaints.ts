import type { Event, Which } from '../history.ts';
import type { Settings } from '../settings.ts';
import { settingsOf } from './across.ts';
import { keyOf } from './circle.ts';
import { surelyLifted } from './lifted.ts';
import { Past } from './past.ts';
import { seenBy } from './seen-by.ts';
import { isAboutTopic } from './topic.ts';
import { Whereabouts } from './whereabouts.ts';

/** By the event that told the customer of a complaint: the addresses for which it counts. */
export type Complaints = ReadonlyMap<number, readonly string[]>;

/**
 * A complaint binds the whole customer (C26), at each address where it counts in the one system that shows it; and where it
 * followed somebody there (C15) and was written to the CRM that both profiles share, since an echo keeps its origin (C8).
 * @returns for each profile what it can know of the other one's.
 */
export const complaintsElsewhere = (
  settings: Settings,
  events: readonly Event[],
): Readonly<Record<Which, Complaints>> => {
  const found = { first: new Map<number, readonly string[]>(), second: new Map<number, readonly string[]>() };
  // Both see whoever complains in a marketing system that they share.
  if (settings.second?.shares !== 'crm' || !events.some(isComplaint)) return found;
  const first = new View(settings, 'first', events);
  const second = new View(settings, 'second', events);
  for (const event of events) {
    const told = { first: second.learn(event), second: first.learn(event) };
    if (told.first.length > 0) found.first.set(event.n, told.first);
    if (told.second.length > 0) found.second.set(event.n, told.second);
    first.step(event, found.first);
    second.step(event, found.second);
  }
  return found;
};

/** Such events are nothing in the view of whoever is told so. */
export const withComplaint = (event: Event, complaints: Complaints): Event => {
  const addresses = complaints.get(event.n);
  return addresses === undefined ? event : { kind: 'complained', n: event.n, at: event.at, addresses };
};

const isComplaint = (event: Event): boolean => event.kind === 'member' && event.after?.complaint === true;

/** What one profile gets to know of complaints in its own marketing system. */
class View {
  readonly #which: Which;
  readonly #seen: readonly Event[];
  readonly #past: Past;
  readonly #runs: ReadonlySet<number>;
  readonly #places = new Whereabouts();

  constructor(settings: Settings, which: Which, events: readonly Event[]) {
    this.#which = which;
    this.#seen = seenBy(which, 'crm', events);
    this.#past = new Past(settingsOf(settings, which), this.#seen);
    this.#runs = new Set(
      events.flatMap((event) =>
        event.kind === 'run' && event.phase === 'began' && this.#isOurs(event) ? [event.run] : [],
      ),
    );
  }

  /** Where a complaint counts that this profile is shown here, or carries to a CRM record. */
  learn(event: Event): readonly string[] {
    if (event.kind === 'shown-member' && this.#isOurs(event)) {
      const told = this.#places.complaintAt(event.snap);
      const made = this.#past.madeBy(event.snap).n;
      this.#places.see(event.snap, { made, isDurable: this.#past.isClean(event.run) });
      return told;
    }
    // Whoever was told of the own write knows the address; in doubt they were.
    if (event.kind === 'member' && event.by === 'us' && event.after !== null && this.#isOurs(event))
      this.#places.see(event.after, { made: event.n, isDurable: false });
    if (event.kind !== 'write' || event.target === null || !this.#runs.has(event.run)) return [];
    // The answer to a write may show the member.
    if ('status' in event.target) return this.#places.complaintAt(event.target);
    const carries = event.op.kind === 'opt-out' && !isAboutTopic(event.op) && event.took;
    const address = keyOf(event.target.email);
    return carries && address !== null && this.#hasComplaint(event.target.key, event.run) ? [address] : [];
  }

  step({ n }: Event, complaints: Complaints): void {
    const event = this.#seen[n];
    if (event !== undefined) this.#past.step(withComplaint(event, complaints));
  }

  #isOurs({ which = 'first' }: Event): boolean {
    return which === this.#which;
  }

  #hasComplaint(record: string, run: number): boolean {
    return this.#past.optOuts.some(
      (one) =>
        one.complaint &&
        (one.system === 'list' || one.shown.length > 0) &&
        this.#past.circles.same(one.holder, record) &&
        !surelyLifted(this.#past, one, run),
    );
  }
}
