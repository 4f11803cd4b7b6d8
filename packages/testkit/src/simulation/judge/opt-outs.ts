import type { At, MemberSnap, RecordSnap } from '../history.ts';
import type { OptOut } from './what-happened.ts';

/** The event that said it. `foreign`: another profile's run did. */
interface Saying {
  readonly n: number;
  readonly at: At;
  readonly foreign?: true;
}

type Said = Pick<OptOut, 'system' | 'holder' | 'by' | 'address' | 'complaint' | 'sure'>;

/** Everything that made somebody opted out. */
export class OptOuts {
  readonly all: OptOut[] = [];
  /** Consent that was taken back, and that nobody had been shown as given by then (C19). */
  readonly #unheard: OptOut[] = [];

  begin(saying: Saying, said: Said): OptOut {
    const one = optOutOf(saying, said);
    this.all.push(one);
    return one;
  }

  /** For the engine there was no consent to be taken back, unless a search that lags behind shows one later. */
  beginUnheard(saying: Saying, said: Said): void {
    this.#unheard.push(optOutOf(saying, said));
  }

  /** A consent was shown as the event `made` had left it: what was taken back after that is an opt-out all the same (C19). */
  hear(record: string, made: number, surely: boolean): void {
    const heard = this.#unheard.filter(({ holder, n }) => holder === record && n > made);
    for (const one of heard) {
      this.#unheard.splice(this.#unheard.indexOf(one), 1);
      this.all.push({ ...one, sure: one.sure && surely });
    }
  }

  end(holder: string, n: number, by: OptOut['by'] = 'opt-out'): void {
    for (const one of [...this.all, ...this.#unheard])
      if (one.holder === holder && one.by === by && one.endedBy === null) one.endedBy = n;
  }

  /** The opt-out that a record or member tells of as the event `made` had left it, if people made it. */
  toldBy({ key }: RecordSnap | MemberSnap, made: number, by: OptOut['by'] = 'opt-out'): OptOut | undefined {
    return this.all.findLast(
      (one) => one.holder === key && one.by === by && one.n <= made && (one.endedBy === null || one.endedBy > made),
    );
  }
}

const optOutOf = ({ n, at, foreign }: Saying, said: Said): OptOut => {
  const one = { n, at, ...said, sure: said.sure && foreign !== true, shown: [], endedBy: null };
  return foreign === true ? { ...one, foreign } : one;
};
