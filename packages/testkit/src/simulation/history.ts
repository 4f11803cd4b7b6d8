import type { Op } from '@heed/contract';

/** True world time, milliseconds. Vendors show their own clocks, which may differ from it. */
export type At = number;

/** A CRM record as it really is. */
export interface RecordSnap {
  /** `Contact/c1` */
  readonly key: string;
  readonly type: 'Contact' | 'Lead';
  readonly email: string | null;
  readonly optedOut: boolean;
  readonly optIn: boolean;
  /** Opted out of the one topic alone (C17). */
  readonly outOfTopic: boolean;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly reference: string | null;
  readonly inList: boolean;
  /** `live`, `deleted`, or the key of the heir. */
  readonly life: string;
}

/** A marketing member as it really is. */
export interface MemberSnap {
  readonly key: string;
  readonly email: string;
  readonly status: 'subscribed' | 'unsubscribed' | 'pending' | 'non-subscribed' | 'undeliverable' | 'archived';
  readonly by: 'person' | 'operator' | 'system' | 'us';
  readonly complaint: boolean;
  /** Left the one topic, whatever the status says (C17). */
  readonly outOfTopic: boolean;
  readonly fields: Readonly<Record<string, string | null>>;
}

export type Who = 'person' | 'operator' | 'system' | 'us';

/**
 * The judge's independent memory: what people and the engine really did to both systems, and what the engine was shown.
 * It is written by the simulated vendors and the schedule, never by the engine.
 */
/** A customer's first profile and its systems, or the second one and the system that it does not share with the first. */
export type Which = 'first' | 'second';

type Kinds =
  | {
      readonly kind: 'record';
      readonly n: number;
      readonly at: At;
      readonly by: Who;
      readonly act: string;
      readonly before: RecordSnap | null;
      readonly after: RecordSnap;
      /** What another profile's run did is nobody's own act, as this one sees it. */
      readonly foreign?: true;
    }
  | {
      readonly kind: 'member';
      readonly n: number;
      readonly at: At;
      readonly by: Who;
      readonly act: string;
      readonly before: MemberSnap | null;
      readonly foreign?: true;
      /** Null: deleted for good. */
      readonly after: MemberSnap | null;
      /** An act of the person that the vendor can prove (C7). */
      readonly proven: boolean;
    }
  /** The engine was shown a CRM record. Null: that field was hidden, or not asked for. */
  | {
      readonly kind: 'shown-record';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly how: 'read' | 'lookup';
      readonly optedOut: boolean | null;
      readonly outOfTopic: boolean | null;
      readonly optIn: boolean | null;
      readonly snap: RecordSnap;
    }
  | {
      readonly kind: 'shown-member';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly how: 'read' | 'lookup';
      readonly snap: MemberSnap;
      /** The answer carried proof of an own opt-in of this true time. */
      readonly proofOf: At | null;
    }
  /** The engine sent a write. `took`: whether it changed anything; `told`: what the engine was answered. */
  | {
      readonly kind: 'write';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly side: 'crm' | 'marketing';
      readonly op: Op;
      /** The record it was meant for or hit, as it was before; null for a new one. */
      readonly target: RecordSnap | MemberSnap | null;
      readonly took: boolean;
      readonly told: 'applied' | 'unchanged' | 'rejected' | 'unknown';
      /** Was it durable as an intent before? Null if the engine does not say. */
      readonly intent: { readonly because: number } | null;
    }
  /** A job of the vendor wrote one op that an earlier run had sent: `run`. */
  | {
      readonly kind: 'job-write';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly side: 'crm' | 'marketing';
      readonly op: Op;
      readonly target: RecordSnap | MemberSnap | null;
      readonly took: boolean;
    }
  /** The vendor took a job with these ops; or told the engine that it has ended. */
  | {
      readonly kind: 'job';
      readonly n: number;
      readonly at: At;
      readonly side: 'crm' | 'marketing';
      readonly ops: readonly string[];
      readonly phase: 'taken' | 'ended';
      /** Those that it told to be applied, once it has ended. */
      readonly told: readonly string[];
    }
  | {
      readonly kind: 'run';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly phase: 'began';
      readonly mode: 'sync' | 'plan';
      readonly approve: boolean;
      readonly quiet: boolean;
      readonly foreign?: true;
    }
  | {
      readonly kind: 'run';
      readonly n: number;
      readonly at: At;
      readonly run: number;
      readonly phase: 'ended';
      readonly status: string;
      /** Everything the run was shown is durable: it ended by itself, and well. */
      readonly clean: boolean;
      /** It was another profile's. */
      readonly foreign?: true;
    }
  /** A vendor's clock was set; 0: right. */
  | {
      readonly kind: 'clock';
      readonly n: number;
      readonly at: At;
      readonly side: 'crm' | 'marketing';
      readonly wrongByMs: number;
    }
  /** An operator entered these addresses as an opt-out list (C20). */
  | { readonly kind: 'listed'; readonly n: number; readonly at: At; readonly addresses: readonly string[] }
  /** A person was erased, with every address that Heed knew of them (C25). */
  | { readonly kind: 'erased'; readonly n: number; readonly at: At; readonly addresses: readonly string[] }
  /** What somebody is in a system that only the other profile sees. */
  | {
      readonly kind: 'elsewhere';
      readonly n: number;
      readonly at: At;
      readonly address: string;
      readonly isOut: boolean;
      readonly isSubscribed: boolean;
      readonly complaint: boolean;
      /** The other profile's write of fields, which the vendor said it did and did not. */
      readonly isSwallowed?: true;
    }
  /** The other profile got to know a complaint in a system that only it sees: it counts for these addresses (C15, C26). */
  | { readonly kind: 'complained'; readonly n: number; readonly at: At; readonly addresses: readonly string[] }
  /** The other profile was told that it made this member in the system that both share: their ledger knows it (C26). */
  | { readonly kind: 'made-by-other'; readonly n: number; readonly at: At; readonly address: string }
  /** A process that had lost its lease committed all the same. */
  | { readonly kind: 'stale-commit'; readonly n: number; readonly at: At; readonly run: number; readonly verb: string }
  | { readonly kind: 'hidden'; readonly n: number; readonly at: At; readonly type: string; readonly hidden: boolean }
  | { readonly kind: 'note'; readonly n: number; readonly at: At; readonly text: string };

/** `which`: whose system it happened in, or whose run it was; absent: the first's. */
export type Event = Kinds & { readonly which?: Which };

type WithoutOrder<T> = T extends Event ? Omit<T, 'n' | 'at'> : never;
export type NewEvent = WithoutOrder<Event>;

export interface History {
  readonly events: readonly Event[];
  add(at: At, event: NewEvent): void;
}

export const emptyHistory = (): History => {
  const events: Event[] = [];
  return {
    events,
    add(at, event) {
      events.push({ ...event, n: events.length, at } as Event);
    },
  };
};

/** The same history, for a system that only the second profile has. */
export const ofSecond = (history: History): History => ({
  events: history.events,
  add: (at, event) => history.add(at, { ...event, which: 'second' }),
});
