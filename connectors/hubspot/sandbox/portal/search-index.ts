import type { Contact, ContactBook } from './contact-book.ts';

interface Pending {
  readonly id: string;
  /** `undefined`: it is gone. */
  readonly version: Contact | undefined;
  readonly visibleAtMs: number;
}

/**
 * What search sees. "Eventually consistent": a write is queued, and shows when its time has come; until then the version
 * before it is found, also of contacts that are archived by now.
 */
export class SearchIndex {
  readonly #versions = new Map<string, Contact>();
  #pending: Pending[] = [];
  /** Past this many the queue is looked through, so that an account that nobody searches does not hoard versions. */
  #enough = 20_000;
  #revision = 0;
  #last: { readonly key: string; readonly revision: number; readonly found: readonly Contact[] } | undefined;

  /** From `visibleAtMs` on, search sees this version of a contact, written at `nowMs`. */
  note(contact: Contact, visibleAtMs: number, nowMs: number): void {
    this.#queue(
      { id: contact.id, version: contact.archivedAtMs === undefined ? contact : undefined, visibleAtMs },
      nowMs,
    );
  }

  /** From `visibleAtMs` on, search does not see the contact any more. */
  drop(id: string, visibleAtMs: number, nowMs: number): void {
    this.#queue({ id, version: undefined, visibleAtMs }, nowMs);
  }

  /** Everything is visible at once: after loading a stored account. */
  rebuild(contacts: ContactBook): void {
    this.#pending = [];
    this.#versions.clear();
    for (const contact of contacts.live()) this.#versions.set(contact.id, contact);
    this.#revision += 1;
  }

  /**
   * The versions visible at `nowMs`, chosen and sorted by `select`. Pages of one query share one selection, or a scan of
   * many contacts would take the square of their number; `key` says which query it is.
   */
  find(key: string, nowMs: number, select: (versions: Iterable<Contact>) => readonly Contact[]): readonly Contact[] {
    this.#settle(nowMs);
    if (this.#last?.key !== key || this.#last.revision !== this.#revision) {
      this.#last = { key, revision: this.#revision, found: select(this.#versions.values()) };
    }
    return this.#last.found;
  }

  #queue(pending: Pending, nowMs: number): void {
    this.#pending.push(pending);
    if (this.#pending.length < this.#enough) return;
    this.#settle(nowMs);
    this.#enough = 20_000 + 2 * this.#pending.length;
  }

  #settle(nowMs: number): void {
    const due = this.#pending.filter((one) => one.visibleAtMs <= nowMs);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter((one) => one.visibleAtMs > nowMs);
    this.#revision += 1;
    for (const { id, version } of due) {
      if (version === undefined) this.#versions.delete(id);
      else this.#versions.set(id, version);
    }
  }
}
