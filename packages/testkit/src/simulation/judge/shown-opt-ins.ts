/** The field of the CRM that gives consent (C19), as it was shown last, by record. */
export class ShownOptIns {
  readonly #shown = new Map<string, { readonly optIn: boolean; readonly surely: boolean }>();
  readonly #clean: ReadonlySet<number>;

  /** `clean`: runs that ended well; what a killed one was shown may be lost. */
  constructor(clean: ReadonlySet<number>) {
    this.#clean = clean;
  }

  see(record: string, optIn: boolean, run: number): void {
    const before = this.#shown.get(record);
    const wasSure = before?.optIn === optIn && before.surely;
    this.#shown.set(record, { optIn, surely: wasSure || this.#clean.has(run) });
  }

  /** Whether it was shown as given; null: surely not. */
  given(record: string): 'surely' | 'perhaps' | null {
    const shown = this.#shown.get(record);
    if (shown?.optIn !== true) return null;
    return shown.surely ? 'surely' : 'perhaps';
  }
}
