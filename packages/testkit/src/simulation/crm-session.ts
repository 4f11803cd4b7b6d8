import type {
  BulkJobs,
  Columns,
  Connector,
  Deciding,
  Lookup,
  OptOutField,
  OptOutLook,
  ReadRequest,
  Row,
  Session,
  Values,
} from '@heed/contract';
import { type Phase, type Stream, windowedRead } from '@heed/toolkit';
import { z } from 'zod';
import { CRM_FIELDS, type CrmRecord, type SimulatedCrm } from './crm.ts';
import type { RecordSnap } from './history.ts';
import { type Hand, type Placed, showing, streamOf, writeAll } from './session-kit.ts';
import type { Quirks } from './settings.ts';
import { TOPIC } from './topic.ts';
import type { VendorJobs } from './vendor-jobs.ts';
import type { Life, World } from './world.ts';

export const OPT_OUT: OptOutField = { field: 'OptedOut', optedOutWhen: true, write: true };
export const CRM_TYPES = ['Contact', 'Lead'] as const;
export const LIST = { kind: 'campaign', id: 'L1' } as const;

/** The connector of the simulated CRM, which keeps consent in a checkbox and has every ability but conditional writes. */
export const simulatedCrmConnector = (quirks: Quirks, open: () => Session): Connector<Record<string, never>> => ({
  name: 'simulated-crm',
  title: 'Simulated CRM',
  config: z.record(z.string(), z.never()),
  roles: {
    crm: {
      optOutBy: 'field',
      customOptOutField: true,
      optOutIsWide: false,
      listsOptedOutWithoutContact: true,
      optOutUnknown: false,
      newMembers: [],
      creates: ['Lead'],
      reference: true,
      conditionalWrite: false,
      rename: false,
      tag: false,
      archive: false,
      clear: true,
      deletions: true,
      heirs: true,
      proofs: [],
      changesKeptDays: null,
      listKinds: ['campaign'],
      bulk: quirks.crmJobs === null ? null : { kinds: ['patch'], ...quirks.crmJobs, source: 'made up' },
    },
  },
  limits: [],
  account: () => 'simulated-crm',
  open,
});

/** `show`: what the answer to a single call shows of the record; the reports of jobs show nothing. */
export const crmHand = (crm: SimulatedCrm, show: (record: CrmRecord) => Row | null): Hand => ({
  now: () => crm.vendorNow(),
  target: (op) =>
    'record' in op && op.record !== null ? (crm.records.get(`${op.record.type}/${op.record.id}`)?.snap ?? null) : null,
  apply: (op) => {
    const { told, record, ...answer } = crm.apply(op);
    return {
      told,
      refusal: 'kind' in answer ? answer.kind : null,
      record: record === null ? null : refOf(record.snap.key),
      row: record === null ? null : show(record),
    };
  },
});

export class CrmSession implements Session {
  readonly bulk: BulkJobs | null;
  readonly optOutsSince: Session['optOutsSince'];
  readonly countByDefault = null;
  readonly #world: World;
  readonly #crm: SimulatedCrm;
  readonly #life: Life;
  readonly #snaps = new WeakMap<Row, RecordSnap>();

  constructor(world: World, crm: SimulatedCrm, jobs: VendorJobs, life: Life) {
    this.#world = world;
    this.#crm = crm;
    this.#life = life;
    this.bulk = world.settings.quirks.crmJobs === null ? null : jobs.lane(life);
    // Else its light read of consent is the look.
    this.optOutsSince = world.settings.quirks.crmLooks === true ? (look) => this.#look(look) : null;
  }

  async check() {
    await this.#call('check');
    return { id: 'sim-org', name: 'Simulated CRM', gaps: [] };
  }

  async describe() {
    await this.#call('describe');
    const text = (name: string, canBeReference = false) => ({
      name,
      label: name,
      type: 'text' as const,
      writable: true,
      required: false,
      options: null,
      maxLength: 80,
      canBeReference,
    });
    const box = (name: string) => ({ ...text(name), type: 'boolean' as const, maxLength: null });
    return {
      recordTypes: CRM_TYPES.map((name) => ({
        name,
        label: name,
        fields: [
          ...CRM_FIELDS.map((field) => text(field)),
          text('HeedId', true),
          { ...text('Email'), type: 'email' as const },
          box('OptIn'),
          ...(this.#crm.hidden.has(name) ? [] : [box('OptedOut')]),
          ...(this.#world.settings.rules.topic ? [box(TOPIC.crm)] : []),
        ],
        standardOptOut: this.#crm.hidden.has(name)
          ? { missing: 'OptedOut', fix: 'make the field OptedOut visible to the user of Heed' }
          : OPT_OUT,
        notCreatable: name === 'Lead' ? null : 'only leads are created here',
      })),
      lists: [{ ...LIST, name: 'Spring', size: null }],
      audiences: [],
      topics: [],
    };
  }

  read(request: ReadRequest, signal: AbortSignal) {
    const { overlapMs } = this.#world.settings.quirks;
    const tools = { clock: this.#world.clock(this.#life), vendorNow: () => this.now() };
    const pages = windowedRead(
      {
        connector: 'simulated-crm',
        container: null,
        request,
        tools,
        overlapMs,
        streams: (phase) => request.types.map((type) => this.#stream(request, type, phase)),
      },
      signal,
    );
    return showing(this.#world, pages, (row) => this.#show(row, 'read'));
  }

  async *#look(look: OptOutLook): AsyncGenerator<readonly Row[]> {
    await this.#call('look for opt-outs');
    // As with any read of changes: what is committed late carries an early stamp.
    const from = look.since - this.#world.settings.quirks.overlapMs;
    const rows = this.#crm
      .searchable()
      .filter(({ snap, stamp }) => look.types.includes(snap.type) && stamp >= from && this.#isOut(snap, look))
      .map((record) => this.#row(record, look, null));
    for (const row of rows) this.#show(row, 'read');
    yield rows;
  }

  async lookup(request: Lookup): Promise<readonly Row[]> {
    await this.#call('lookup');
    const rows = [...this.#crm.records.values()]
      .filter((record) => request.types.includes(record.snap.type) && matches(record, request.by))
      .map((record) => this.#row(record, request, null));
    for (const row of rows) this.#show(row, 'lookup');
    return rows;
  }

  /** Shows the engine nothing: what is only explained is no reading. */
  async deciding(email: string): Promise<readonly Deciding[]> {
    await this.#call('deciding');
    return [...this.#crm.records.values()]
      .filter((record) => matches(record, { emails: [email] }))
      .map(({ snap }) => {
        const isHidden = this.#crm.hidden.has(snap.type);
        return {
          record: refOf(snap.key),
          name: 'OptedOut',
          value: isHidden ? null : snap.optedOut,
          blocks: isHidden ? null : snap.optedOut,
          since: null,
          why: isHidden ? 'the box cannot be read' : 'the box of the record',
        };
      });
  }

  write(ops: Parameters<Session['write']>[0]) {
    return writeAll(
      {
        side: 'crm',
        world: this.#world,
        life: this.#life,
        history: this.#crm.history,
        ...crmHand(this.#crm, (record) => this.#row(record, NO_COLUMNS, null)),
      },
      ops,
    );
  }

  now() {
    return this.#crm.vendorNow();
  }

  async close() {}

  #call(name: string): Promise<void> {
    return this.#world.call(this.#life, 'crm', name);
  }

  #stream(request: ReadRequest, type: string, phase: Phase): Stream {
    const { crmPageRows, totals } = this.#world.settings.quirks;
    return streamOf(type, crmPageRows, totals, async () => {
      await this.#call(`read ${type}${request.lists === null ? '' : ' of list'}`);
      return this.#crm
        .searchable()
        .filter((record) => record.snap.type === type && this.#isWanted(record, request, phase))
        .map((record) => this.#placed(record, request));
    });
  }

  #isWanted(record: CrmRecord, request: ReadRequest, phase: Phase): boolean {
    const { snap } = record;
    if (phase === 'changes') return request.lists === null || snap.inList || record.listStamp !== null;
    if (snap.life !== 'live' || (request.lists !== null && !snap.inList)) return false;
    return request.initially === 'everyone' || this.#isOut(snap, request);
  }

  #isOut(snap: RecordSnap, columns: Columns): boolean {
    return columns.consent.some((field) => saysOptedOut(this.#values(snap, columns), field));
  }

  #placed(record: CrmRecord, request: ReadRequest): Placed {
    const moved = record.listStamp ?? record.stamp;
    // Of a record outside the list, the list knows no more than when it left.
    const inside = record.snap.inList ? Math.max(record.stamp, moved) : moved;
    const at = request.lists === null ? record.stamp : inside;
    return { row: this.#row(record, request, at), at, id: record.id };
  }

  #row(record: CrmRecord, columns: Columns & { readonly lists?: ReadRequest['lists'] }, at: number | null): Row {
    const { snap } = record;
    const { tellsModifier } = this.#world.settings.quirks;
    const row: Row = {
      record: refOf(snap.key),
      email: snap.email,
      modifiedAt: at ?? record.stamp,
      modifiedBy: !tellsModifier || (at ?? 0) > record.stamp ? 'unknown' : record.modifiedBy,
      life:
        snap.life === 'live' ? LIVE : snap.life === 'deleted' ? DELETED : { kind: 'continued', as: refOf(snap.life) },
      reference: columns.reference === null ? null : snap.reference,
      values: this.#values(snap, columns),
      member: null,
      lists: columns.lists == null ? null : snap.inList && snap.life === 'live' ? [LIST.id] : [],
      version: null,
    };
    this.#snaps.set(row, snap);
    return row;
  }

  #values(snap: RecordSnap, columns: Pick<Columns, 'fields' | 'consent'>): Values {
    const asked = new Set([...columns.fields, ...columns.consent.map(({ field }) => field)]);
    const all = {
      ...snap.fields,
      OptIn: snap.optIn,
      [TOPIC.crm]: snap.outOfTopic,
      ...(this.#crm.hidden.has(snap.type) ? {} : { OptedOut: snap.optedOut }),
    };
    return Object.fromEntries(Object.entries(all).filter(([name]) => asked.has(name)));
  }

  #show(row: Row, how: 'read' | 'lookup'): void {
    const snap = this.#snaps.get(row);
    if (snap === undefined) throw new Error('a row that this session did not make');
    const optedOut = 'OptedOut' in row.values ? snap.optedOut : null;
    const optIn = 'OptIn' in row.values ? snap.optIn : null;
    const outOfTopic = TOPIC.crm in row.values ? snap.outOfTopic : null;
    this.#crm.history.add(this.#world.now(), {
      kind: 'shown-record',
      run: this.#life.run,
      how,
      optedOut,
      optIn,
      outOfTopic,
      snap,
    });
  }
}

const LIVE = { kind: 'live' } as const;
const DELETED = { kind: 'deleted' } as const;
const NO_COLUMNS: Columns = { types: CRM_TYPES, fields: [], consent: [], reference: null };

const refOf = (key: string) => {
  const [type = '', id = ''] = key.split('/');
  return { type, id };
};

const matches = ({ snap }: CrmRecord, by: Lookup['by']): boolean => {
  if ('records' in by) return by.records.some(({ type, id }) => snap.key === `${type}/${id}`);
  if (snap.life !== 'live') return false;
  if ('references' in by) return snap.reference !== null && by.references.includes(snap.reference);
  // Vendors compare case-insensitively, but not every one of them trims.
  return by.emails.some((email) => email.toLowerCase() === snap.email?.toLowerCase());
};

const saysOptedOut = (values: Values, { field, optedOutWhen }: OptOutField): boolean =>
  typeof optedOutWhen === 'boolean' && values[field] === optedOutWhen;
