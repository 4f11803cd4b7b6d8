import type { Op } from '@heed/contract';
import type { At, History, RecordSnap, Who } from './history.ts';
import { SearchIndex } from './search-index.ts';
import { TOPIC } from './topic.ts';
import type { World } from './world.ts';

export const CRM_FIELDS = ['FirstName', 'Title'] as const;

/** A record of the simulated CRM: how it is, and when that became visible to changed-since reads. */
export interface CrmRecord extends RecordState {
  readonly nth: number;
  /** Times of change in the vendor's exact clock are lost; only this order of creation is kept. */
  readonly id: string;
}

export interface RecordState {
  snap: RecordSnap;
  /** Vendor's clock, in its own resolution. */
  stamp: At;
  modifiedBy: 'us' | 'other';
  /** When it entered or left the list last; a read of the list brings it again. Null: never moved. */
  listStamp: At | null;
}

export type RecordType = RecordSnap['type'];

/** The simulated CRM: state, what its operators do, what an API user can do. Says nothing to anybody by itself. */
export class SimulatedCrm {
  readonly records = new Map<string, CrmRecord>();
  /** Types whose opt-out field the API user cannot see at the moment (C18). */
  readonly hidden = new Set<string>();
  readonly history: History;
  readonly #world: World;
  readonly #index: SearchIndex<RecordState>;
  #made = 0;

  constructor(world: World, history: History = world.history) {
    this.#world = world;
    this.history = history;
    this.#index = new SearchIndex(world, 'crm');
  }

  vendorNow(): At {
    return this.#world.vendorNow('crm');
  }

  /** The records as a search shows them at the moment: some as they were before, the newest not at all. */
  searchable(): readonly CrmRecord[] {
    return [...this.records.values()].flatMap((record) => {
      const state = this.#index.stateOf(record.snap.key, record);
      return state === null ? [] : [state === record ? record : { ...record, ...state }];
    });
  }

  live(): readonly CrmRecord[] {
    return [...this.records.values()].filter(({ snap }) => snap.life === 'live');
  }

  create(type: RecordType, by: Who, act: string, wanted: Partial<RecordSnap>): CrmRecord {
    this.#made += 1;
    // Ids do not come in the order of creation, as everywhere where several servers make them.
    const id = `${type.charAt(0).toLowerCase()}${(this.#made * 7) % 10}${this.#made}`;
    const fields = { FirstName: null, Title: null, ...wanted.fields };
    const snap: RecordSnap = {
      email: null,
      optedOut: false,
      optIn: false,
      outOfTopic: false,
      reference: null,
      inList: false,
      life: 'live',
      ...wanted,
      key: `${type}/${id}`,
      type,
      fields,
    };
    const stamp = this.#stamp();
    const made: CrmRecord = {
      snap,
      stamp,
      modifiedBy: by === 'us' ? 'us' : 'other',
      listStamp: null,
      nth: this.#made,
      id,
    };
    this.records.set(snap.key, made);
    this.#index.note(snap.key, made);
    this.history.add(this.#world.now(), { kind: 'record', by, act, before: null, after: snap });
    return made;
  }

  /** Changes a record. A person's change may become visible later than its stamp says. */
  change(record: CrmRecord, by: Who, act: string, change: Partial<RecordSnap>): void {
    const before = record.snap;
    record.snap = { ...before, ...change };
    const lateMs = by === 'us' ? 0 : this.#lateMs();
    record.stamp = nextStamp(record.stamp, this.#stamp(), lateMs);
    record.modifiedBy = by === 'us' ? 'us' : 'other';
    if (change.inList !== undefined) record.listStamp = this.#stamp();
    this.#index.note(record.snap.key, record);
    this.history.add(this.#world.now(), { kind: 'record', by, act, before, after: record.snap });
  }

  setHidden(type: string, hidden: boolean): void {
    if (hidden) this.hidden.add(type);
    else this.hidden.delete(type);
    this.history.add(this.#world.now(), { kind: 'hidden', type, hidden });
  }

  /** What the API user's write does to one record. Returns what the vendor answers and whether anything changed. */
  apply(op: Op): CrmAnswer {
    if (op.kind === 'create') return this.#applyCreate(op);
    if (op.kind === 'rename' || op.kind === 'leave') return { told: 'rejected', kind: 'config', record: null };
    const record = op.record === null ? undefined : this.records.get(`${op.record.type}/${op.record.id}`);
    if (record === undefined || record.snap.life === 'deleted')
      return { told: 'rejected', kind: 'missing', record: null };
    if (record.snap.life !== 'live') return { told: 'rejected', kind: 'refused', record };
    if (op.kind === 'patch') return this.#applyPatch(record, op.fields);
    if ('OptedOut' in op.set && this.hidden.has(record.snap.type))
      return { told: 'rejected', kind: 'forbidden', record };
    const { optedOut, outOfTopic } = boxesOf(op.set, record.snap);
    if (optedOut === null || outOfTopic === null) return { told: 'rejected', kind: 'invalid', record };
    if (record.snap.optedOut === optedOut && record.snap.outOfTopic === outOfTopic)
      return { told: 'unchanged', record };
    if (!this.isPoisoned(record, 'opt-out')) this.change(record, 'us', op.kind, { optedOut, outOfTopic });
    return { told: 'applied', record };
  }

  isPoisoned(record: CrmRecord, how: 'fields' | 'opt-out'): boolean {
    const { poison } = this.#world.settings.quirks;
    return poison?.side === 'crm' && poison.how === how && poison.nth === record.nth;
  }

  #applyPatch(record: CrmRecord, values: Readonly<Record<string, unknown>>): CrmAnswer {
    if (this.isPoisoned(record, 'fields')) return { told: 'rejected', kind: 'invalid', record };
    // A real vendor writes whatever it is sent: consent that rides on a field update takes effect, and the judge sees it.
    const fields = textFields(values);
    const optedOut = typeof values.OptedOut === 'boolean' ? values.OptedOut : record.snap.optedOut;
    const box = values[TOPIC.crm];
    const outOfTopic = typeof box === 'boolean' ? box : record.snap.outOfTopic;
    const email = typeof values.Email === 'string' ? values.Email : record.snap.email;
    const same = Object.entries(fields).every(([name, value]) => record.snap.fields[name] === value);
    const boxes = optedOut === record.snap.optedOut && outOfTopic === record.snap.outOfTopic;
    if (same && boxes && email === record.snap.email) return { told: 'unchanged', record };
    this.change(record, 'us', 'patch', { fields: { ...record.snap.fields, ...fields }, optedOut, outOfTopic, email });
    return { told: 'applied', record };
  }

  #applyCreate(op: Extract<Op, { kind: 'create' }>): CrmAnswer {
    const reference = op.reference?.value ?? null;
    const known = [...this.records.values()].find(({ snap }) => reference !== null && snap.reference === reference);
    if (known !== undefined && known.snap.life === 'live') return { told: 'unchanged', record: known };
    if (op.type !== 'Lead') return { told: 'rejected', kind: 'invalid', record: null };
    const record = this.create('Lead', 'us', 'create', {
      email: op.email,
      reference,
      fields: textFields(op.fields),
      optedOut: op.set.OptedOut === true,
      optIn: op.set.OptIn === true,
      outOfTopic: op.set[TOPIC.crm] === true,
    });
    return { told: 'applied', record };
  }

  #stamp(): At {
    const { stampMs } = this.#world.settings.quirks;
    return Math.floor(this.vendorNow() / stampMs) * stampMs;
  }

  #lateMs(): number {
    const { lateMs } = this.#world.settings.quirks;
    return lateMs > 0 && this.#world.draw.chance(0.3) ? this.#world.draw.int(lateMs) : 0;
  }
}

/** A late commit is never dated before the one it follows; a clock that was set back dates it so all the same. */
export const nextStamp = (last: At, now: At, lateMs: number): At => Math.min(now, Math.max(last, now - lateMs));

export type CrmAnswer =
  | { readonly told: 'applied' | 'unchanged'; readonly record: CrmRecord }
  | {
      readonly told: 'rejected';
      readonly kind: 'missing' | 'refused' | 'forbidden' | 'invalid' | 'config';
      readonly record: CrmRecord | null;
    };

/** Both boxes after a write that names at least one of them; null: it says no such thing. */
const boxesOf = (
  set: Readonly<Record<string, unknown>>,
  { optedOut, outOfTopic }: RecordSnap,
): { readonly optedOut: boolean | null; readonly outOfTopic: boolean | null } => {
  const box = (name: string, now: boolean): boolean | null => {
    const wanted = name in set ? set[name] : now;
    return typeof wanted === 'boolean' ? wanted : null;
  };
  if (!('OptedOut' in set) && !(TOPIC.crm in set)) return { optedOut: null, outOfTopic: null };
  return { optedOut: box('OptedOut', optedOut), outOfTopic: box(TOPIC.crm, outOfTopic) };
};

const textFields = (values: Readonly<Record<string, unknown>>): Record<string, string | null> =>
  Object.fromEntries(
    CRM_FIELDS.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, typeof value === 'string' ? value : null]];
    }),
  );
