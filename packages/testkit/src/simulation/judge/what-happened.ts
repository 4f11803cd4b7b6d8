import type { At, MemberSnap } from '../history.ts';

/** Something that made an address opted out, as it really happened. */
export interface OptOut {
  readonly n: number;
  readonly at: At;
  readonly system: 'crm' | 'marketing' | 'list';
  /** The record or member it was made on; for lists the address itself. */
  readonly holder: string;
  /** `opt-in field`: consent that was given in the CRM was turned false (C19). */
  readonly by: 'opt-out' | 'opt-in field';
  /** The address the holder had then. */
  readonly address: string | null;
  readonly complaint: boolean;
  /** Another profile's run wrote it, for something that was said where this one does not see it. */
  readonly foreign?: true;
  /**
   * False: the rules leave open whether Heed can tell it from the echo of its own write or from an earlier state, so
   * both treatments are right. ("cannot be seen", "in doubt a fact by unknown")
   */
  readonly sure: boolean;
  /** Runs that were shown it, with the event, and at which address. */
  readonly shown: {
    readonly run: number;
    readonly n: number;
    readonly address: string | null;
    readonly how: 'read' | 'lookup';
    /** When its holder had changed last: by what was shown it may have been made as late as that (Words: when). */
    readonly until: At;
  }[];
  /** The event that ended the state on its holder: unticked, re-subscribed, archived, deleted. */
  endedBy: number | null;
}

/** The person's own act, which the vendor can prove (C7). */
export interface OptIn {
  readonly n: number;
  readonly at: At;
  readonly member: string;
  readonly address: string;
  /** No act that we know of, only a sight: `pending` when last seen, `subscribed` now. Its time is anywhere in between. */
  readonly inferred: boolean;
  /** By how much the clock that dated it was ahead; nobody can know that once it is right again. */
  readonly aheadMs: number;
  /** The event before which it was surely not: itself, or that last sight. */
  readonly from: number;
  /** Runs that were shown the proof; `exact`: with its very time. */
  readonly shown: { readonly run: number; readonly n: number; readonly exact: boolean }[];
}

/** A stretch of time during which a record had an address. */
export interface Stay {
  readonly record: string;
  readonly address: string | null;
  readonly from: number;
  until: number | null;
  untilAt: At | null;
  /** When the record was merged away, converted or deleted there; null: it lives. */
  goneAt: At | null;
  /** It was opted out already when it came. */
  readonly cameOut: boolean;
  readonly shownIn: Set<number>;
}

export interface MemberSight {
  readonly run: number;
  readonly n: number;
  readonly snap: MemberSnap;
  /** The event that made it so. */
  readonly made: number;
}

/** What the engine was shown of somebody last. */
export interface Sight {
  /** The event that made what was seen; searches that lag behind show older states than look-ups. */
  made: number;
  out: boolean | null;
  /** Our own write took effect and no read has shown the contrary since. */
  ours: boolean;
  pending: boolean;
  /** The event of the last sight. */
  n: number;
}

export const isOut = ({ status, complaint }: MemberSnap): boolean => status === 'unsubscribed' || complaint;
