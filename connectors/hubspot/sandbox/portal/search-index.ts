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
  #revision = 0;
  #last: { readonly key: string; readonly revision: number; readonly found: readonly Contact[] } | undefined;

  /** From `visibleAtMs` on, search sees this version of a contact. */
  note(contact: Contact, visibleAtMs: number): void {
    this.#queue(contact.id, contact.archivedAtMs === undefined ? contact : undefined, visibleAtMs);
  }

  /** From `visibleAtMs` on, search does not see the contact any more. */
  drop(id: string, visibleAtMs: number): void {
    this.#queue(id, undefined, visibleAtMs);
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

  #queue(id: string, version: Contact | undefined, visibleAtMs: number): void {
    this.#pending.push({ id, version, visibleAtMs });
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
