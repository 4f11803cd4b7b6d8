import type {
  BulkJobs,
  Connector,
  Deciding,
  Lookup,
  MemberState,
  OptOutLook,
  ReadRequest,
  RecordRef,
  Row,
  Session,
} from '@heed/contract';
import { windowedRead } from '@heed/toolkit';
import { z } from 'zod';
import type { At, MemberSnap } from './history.ts';
import { MARKETING_FIELDS, type Member, type SimulatedMarketing } from './marketing.ts';
import { type Hand, showing, streamOf, writeAll } from './session-kit.ts';
import type { Quirks } from './settings.ts';
import { TOPIC } from './topic.ts';
import type { VendorJobs } from './vendor-jobs.ts';
import type { Life, World } from './world.ts';

export const simulatedMarketingConnector = (quirks: Quirks, open: () => Session): Connector<Record<string, never>> => ({
  name: 'simulated-marketing',
  title: 'Simulated marketing tool',
  config: z.record(z.string(), z.never()),
  roles: {
    marketing: {
      optOutBy: 'status',
      customOptOutField: false,
      optOutIsWide: false,
      listsOptedOutWithoutContact: quirks.listsNoStrangers !== true,
      ...(quirks.createsInOne === undefined ? {} : { createsInOne: quirks.createsInOne }),
      optOutUnknown: false,
      newMembers: ['subscribed', 'pending', 'non-subscribed'],
      creates: [],
      reference: false,
      conditionalWrite: false,
      rename: true,
      tag: true,
      archive: true,
      clear: false,
      deletions: false,
      heirs: false,
      proofs: quirks.ownEvents ? ['pending-then-subscribed', 'own-event'] : ['pending-then-subscribed'],
      changesKeptDays: null,
      listKinds: [],
      bulk: quirks.marketingJobs === null ? null : { kinds: ['patch'], ...quirks.marketingJobs, source: 'made up' },
    },
  },
  limits: [],
  account: () => 'simulated-marketing',
  open,
});

const refOf = ({ snap }: Member): RecordRef => ({ type: 'member', id: snap.key.slice('member/'.length) });

/** `show`: what the answer to a single call shows of the member; the reports of jobs show nothing. */
export const marketingHand = (marketing: SimulatedMarketing, show: (member: Member) => Row | null): Hand => ({
  now: () => marketing.vendorNow(),
  target: (op) => {
    if (op.kind === 'create') return marketing.at(op.email)?.snap ?? null;
    return op.record === null ? null : (marketing.members.get(`${op.record.type}/${op.record.id}`)?.snap ?? null);
  },
  apply: (op) => {
    const { told, member, ...answer } = marketing.apply(op);
    return {
      told,
      refusal: 'kind' in answer ? answer.kind : null,
      record: member === null ? null : refOf(member),
      row: member === null ? null : show(member),
    };
  },
});

export class MarketingSession implements Session {
  readonly bulk: BulkJobs | null;
  readonly countByDefault = null;
  readonly #world: World;
  readonly #marketing: SimulatedMarketing;
  readonly #life: Life;
  readonly #shown = new WeakMap<Row, { readonly snap: MemberSnap; readonly proofOf: At | null }>();

  readonly #audience: string;

  constructor(world: World, marketing: SimulatedMarketing, jobs: VendorJobs, life: Life, audience: string) {
    this.#audience = audience;
    this.#world = world;
    this.#marketing = marketing;
    this.#life = life;
    this.bulk = world.settings.quirks.marketingJobs === null ? null : jobs.lane(life);
  }

  async check() {
    await this.#call('check');
    return { id: 'sim-account', name: 'Simulated marketing tool', gaps: [] };
  }

  async describe() {
    await this.#call('describe');
    const { rules } = this.#world.settings;
    const fields = MARKETING_FIELDS.map((name) => ({
      name,
      label: name,
      type: 'text' as const,
      writable: true,
      required: false,
      options: null,
      maxLength: 80,
      canBeReference: false,
    }));
    return {
      recordTypes: [{ name: 'member', label: 'Member', fields, standardOptOut: null, notCreatable: null }],
      lists: [],
      audiences: [{ kind: 'audience', id: this.#audience, name: 'Newsletter', size: null }],
      topics: rules.topic ? [{ id: TOPIC.marketing, name: 'Events', kind: 'subscription type' }] : [],
    };
  }

  read(request: ReadRequest, signal: AbortSignal) {
    const { overlapMs, marketingPageRows, totals } = this.#world.settings.quirks;
    const members = (phase: 'initial' | 'changes') =>
      streamOf('member', marketingPageRows, totals, async () => {
        await this.#call('read');
        return this.#marketing
          .searchable()
          .filter(({ snap }) => phase === 'changes' || request.initially === 'everyone' || isOut(snap))
          .map((member) => ({ row: this.#row(member, request.fields, null), at: member.stamp, id: member.snap.key }));
      });
    const tools = { clock: this.#world.clock(this.#life), vendorNow: () => this.now() };
    const pages = windowedRead(
      {
        connector: 'simulated-marketing',
        container: this.#audience,
        request,
        tools,
        overlapMs,
        streams: (phase) => [members(phase)],
      },
      signal,
    );
    return showing(this.#world, pages, (row) => this.#show(row, 'read'));
  }

  async *optOutsSince({ since, fields }: OptOutLook): AsyncGenerator<readonly Row[]> {
    await this.#call('look for opt-outs');
    // As with any read of changes: what is committed late carries an early stamp.
    const from = since - this.#world.settings.quirks.overlapMs;
    const found = this.#marketing.searchable().filter(({ snap, stamp }) => isOut(snap) && stamp >= from);
    const rows = found.map((member) => this.#row(member, fields, null));
    for (const row of rows) this.#show(row, 'read');
    yield rows;
  }

  async lookup(request: Lookup): Promise<readonly Row[]> {
    await this.#call('lookup');
    const { by } = request;
    if ('references' in by) return [];
    const found =
      'records' in by
        ? by.records.flatMap(({ type, id }) => this.#marketing.members.get(`${type}/${id}`) ?? [])
        : by.emails.flatMap((email) => this.#marketing.at(email) ?? []);
    const rows = [...new Set(found)].map((member) => this.#row(member, request.fields, request.evidenceSince));
    for (const row of rows) this.#show(row, 'lookup');
    return rows;
  }

  /** Shows the engine nothing: what is only explained is no reading. */
  async deciding(email: string): Promise<readonly Deciding[]> {
    await this.#call('deciding');
    const member = this.#marketing.at(email);
    if (member === undefined) return [];
    const { status, complaint, since } = this.#state(member);
    const record = refOf(member);
    return [
      {
        record,
        name: 'status',
        value: status,
        blocks: status !== 'subscribed',
        since,
        why: 'subscribed members get mail',
      },
      {
        record,
        name: 'complaint',
        value: complaint,
        blocks: complaint,
        since: null,
        why: 'whoever complained gets no mail',
      },
    ];
  }

  write(ops: Parameters<Session['write']>[0]) {
    return writeAll(
      {
        side: 'marketing',
        world: this.#world,
        life: this.#life,
        history: this.#marketing.history,
        ...marketingHand(this.#marketing, (member) => this.#row(member, MARKETING_FIELDS, null)),
      },
      ops,
    );
  }

  now() {
    return this.#marketing.vendorNow();
  }

  async close() {}

  #call(name: string): Promise<void> {
    return this.#world.call(this.#life, 'marketing', name);
  }

  #row(member: Member, fields: readonly string[], evidenceSince: number | null): Row {
    const { snap } = member;
    const { ownEvents } = this.#world.settings.quirks;
    const event =
      ownEvents && evidenceSince !== null ? member.optIns.filter(({ at }) => at >= evidenceSince).at(-1) : undefined;
    const row: Row = {
      record: refOf(member),
      email: snap.email,
      modifiedAt: member.stamp,
      modifiedBy: 'unknown',
      life: { kind: 'live' },
      reference: null,
      values: Object.fromEntries(Object.entries(snap.fields).filter(([name]) => fields.includes(name))),
      member: { ...this.#state(member), optIn: event === undefined ? null : { at: event.at, proof: 'feed: sign-up' } },
      lists: null,
      version: null,
    };
    this.#shown.set(row, { snap, proofOf: event?.trueAt ?? null });
    return row;
  }

  #state(member: Member): Omit<MemberState, 'optIn'> {
    const { hidesCause, datesStatus, derivesTopic } = this.#world.settings.quirks;
    const { status, by, complaint, outOfTopic } = member.snap;
    const isLeft = outOfTopic || (derivesTopic && status === 'unsubscribed');
    // Our own writes look like those of any other administrator.
    const told = by === 'us' ? 'operator' : by;
    return {
      status,
      by: hidesCause ? 'unknown' : told,
      complaint,
      since: datesStatus ? member.since : null,
      topics: this.#world.settings.rules.topic ? { [TOPIC.marketing]: isLeft ? 'opted-out' : 'opted-in' } : {},
    };
  }

  #show(row: Row, how: 'read' | 'lookup'): void {
    const shown = this.#shown.get(row);
    if (shown === undefined) throw new Error('a row that this session did not make');
    this.#marketing.history.add(this.#world.now(), { kind: 'shown-member', run: this.#life.run, how, ...shown });
  }
}

const isOut = ({ status, complaint }: MemberSnap): boolean => status === 'unsubscribed' || complaint;
