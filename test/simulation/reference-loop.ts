import type { MemberState, Op, Row, Session } from '@heed/contract';
import type { Engine, EngineFactory, EnginePlace, RunOrder } from '../../packages/testkit/src/simulation/index.ts';

/** A mistake that a product has made; the judge must notice each of them. */
export type Mistake =
  | 'none'
  | 'forgets opt-outs'
  | 'archived is absent'
  | 'creates the opted-out'
  | 'creates subscribed'
  | 'untick is opt-in'
  | 'sends whole records'
  | 'carries CRM opt-outs although off'
  | 'ignores what is outside the lists'
  | 'plan writes'
  | 'does not wait for approval'
  | 'revives by unsubscribing'
  | 'absence is an opt-out'
  | 'never rests';

/** What it remembers, as plain as can be. Survives a crash because it is kept outside. */
interface Notebook {
  readonly outInMarketing: Set<string>;
  readonly outInCrm: Set<string>;
  readonly setByUs: Set<string>;
  readonly known: Set<string>;
  readonly agreed: Map<string, string>;
  approved: boolean;
}

const key = (email: string | null): string => (email ?? '').trim().toLowerCase();

/**
 * The most naive syncer that can be right about the easy half of the rules: it reads everything each time and knows no
 * renames, merges or opt-ins. It proves the judge: right, it must pass; with one mistake, it must not.
 */
export const referenceLoop = (mistake: Mistake): EngineFactory => ({
  async open(place) {
    const kept = place.memory.get('notebook');
    const notebook = (kept ?? newNotebook()) as Notebook;
    place.memory.set('notebook', notebook);
    return new ReferenceLoop(place, notebook, mistake);
  },
  async dispose() {},
});

const newNotebook = (): Notebook => ({
  outInMarketing: new Set(),
  outInCrm: new Set(),
  setByUs: new Set(),
  known: new Set(),
  agreed: new Map(),
  approved: false,
});

class ReferenceLoop implements Engine {
  readonly #place: EnginePlace;
  readonly #book: Notebook;
  readonly #mistake: Mistake;
  #op = 0;
  #listed: ReadonlySet<string> = new Set();

  constructor(place: EnginePlace, book: Notebook, mistake: Mistake) {
    this.#place = place;
    this.#book = book;
    this.#mistake = mistake;
  }

  async run(order: RunOrder) {
    this.#book.approved ||= order.approve || this.#is('does not wait for approval');
    if (this.#is('forgets opt-outs')) this.#book.outInMarketing.clear();
    const listed = await this.#readAll(this.#place.crm.session, [], [{ kind: 'campaign', id: 'L1' }]);
    this.#listed = new Set(listed.filter(({ lists }) => lists?.includes('L1')).map(({ email }) => key(email)));
    const records = (await this.#readAll(this.#place.crm.session, ['FirstName', 'Title', 'OptIn'])).filter(
      ({ life }) => life.kind === 'live',
    );
    const members = await this.#readAll(this.#place.marketing.session, ['FNAME', 'TITLE']);
    this.#learn(records, members);
    const mayWrite = this.#book.approved && (order.mode === 'sync' || this.#is('plan writes'));
    if (mayWrite) {
      await this.#optOut(records, members);
      await this.#carryFields(records, members);
      await this.#create(records, members);
    }
    return { status: 'done', clean: true, busy: false, inDoubt: false, planned: null };
  }

  async ledger() {
    return null;
  }

  async close() {}

  #is(mistake: Mistake): boolean {
    return this.#mistake === mistake;
  }

  get #rules() {
    return this.#place.world.settings.rules;
  }

  #learn(records: readonly Row[], members: readonly Row[]): void {
    for (const row of members) {
      const state = stateOf(row);
      const ours = this.#book.setByUs.has(row.record.id) && !state.complaint;
      if (state.status !== 'unsubscribed') this.#book.setByUs.delete(row.record.id);
      if ((state.status === 'unsubscribed' && !ours) || state.complaint) this.#book.outInMarketing.add(key(row.email));
      this.#book.known.add(key(row.email));
    }
    for (const row of records) {
      if (row.values.OptedOut !== true) this.#book.setByUs.delete(row.record.id);
      if (row.values.OptedOut === true && !this.#book.setByUs.has(row.record.id))
        this.#book.outInCrm.add(key(row.email));
      if (this.#is('untick is opt-in') && row.values.OptedOut === false) {
        this.#book.outInCrm.delete(key(row.email));
        this.#book.outInMarketing.delete(key(row.email));
      }
    }
    if (!this.#is('absence is an opt-out') || records.length === 0) return;
    const there = new Set(records.map(({ email }) => key(email)));
    for (const row of members) if (!there.has(key(row.email))) this.#book.outInMarketing.add(key(row.email));
  }

  async #optOut(records: readonly Row[], members: readonly Row[]): Promise<void> {
    const carries = this.#rules.crmToMarketing || this.#is('carries CRM opt-outs although off');
    for (const row of members) {
      const address = key(row.email);
      const { status } = stateOf(row);
      const revive = this.#is('revives by unsubscribing') && status === 'archived';
      if (status !== 'subscribed' && status !== 'non-subscribed' && !revive) continue;
      const out = this.#book.outInCrm.has(address) || this.#book.outInMarketing.has(address);
      if (!out || !carries || (this.#rules.scope === 'lists' && !this.#inList(address))) continue;
      this.#book.setByUs.add(row.record.id);
      if (await this.#write(this.#place.marketing.session, { kind: 'opt-out', ...this.#to(row), topic: '*', set: {} }))
        this.#book.outInCrm.add(address);
      else this.#book.setByUs.delete(row.record.id);
    }
    const unsubscribed = new Set(
      members.filter((row) => stateOf(row).status === 'unsubscribed').map(({ email }) => key(email)),
    );
    for (const row of records) {
      const address = key(row.email);
      const owed =
        this.#book.outInMarketing.has(address) || (unsubscribed.has(address) && !this.#wasUnticked(row, records));
      const outside = this.#is('ignores what is outside the lists') && this.#rules.lists && !this.#inList(address);
      if (!owed || outside || row.values.OptedOut !== false) continue;
      this.#book.setByUs.add(row.record.id);
      const op = { kind: 'opt-out', ...this.#to(row), topic: '*', set: { OptedOut: true } } as const;
      if (!(await this.#write(this.#place.crm.session, op))) this.#book.setByUs.delete(row.record.id);
    }
  }

  /** What only the CRM had said is left unticked (C6): as far as this loop can tell, if nobody else of the address is ticked. */
  #wasUnticked(row: Row, records: readonly Row[]): boolean {
    return !records.some((other) => key(other.email) === key(row.email) && other.values.OptedOut === true);
  }

  async #carryFields(records: readonly Row[], members: readonly Row[]): Promise<void> {
    const { marketing, crm } = this.#place;
    for (const member of members) {
      const address = key(member.email);
      const record = records.find((one) => key(one.email) === address);
      const { status } = stateOf(member);
      if (record === undefined || !['subscribed', 'non-subscribed', 'pending'].includes(status)) continue;
      if (this.#isOut(address) || (this.#rules.lists && !this.#inList(address))) continue;
      const whole = { FNAME: record.values.FirstName ?? null, TITLE: record.values.Title ?? null };
      if (this.#is('sends whole records')) {
        await this.#write(marketing.session, { kind: 'patch', ...this.#to(member), fields: whole, ifVersion: null });
        continue;
      }
      const base = this.#book.agreed.get(member.record.id) ?? null;
      const [here, there] = [record.values.FirstName ?? null, member.values.FNAME ?? null];
      if (here !== there) {
        const fromMarketing =
          here === null ||
          (there !== null && (base === here || (base !== there && this.#rules.conflicts === 'marketing')));
        const op = fromMarketing
          ? ({ kind: 'patch', ...this.#to(record), fields: { FirstName: there }, ifVersion: null } as const)
          : ({ kind: 'patch', ...this.#to(member), fields: { FNAME: here }, ifVersion: null } as const);
        if (await this.#write(fromMarketing ? crm.session : marketing.session, op))
          this.#book.agreed.set(member.record.id, String(fromMarketing ? there : here));
      } else if (here !== null) this.#book.agreed.set(member.record.id, String(here));
      await this.#carryTitle(record, member);
    }
  }

  async #carryTitle(record: Row, member: Row): Promise<void> {
    const slot = `title ${member.record.id}`;
    const title = record.values.Title ?? null;
    if (title === null || this.#book.agreed.get(slot) === title) return;
    const op = { kind: 'patch', ...this.#to(member), fields: { TITLE: title }, ifVersion: null } as const;
    if (title === member.values.TITLE || (await this.#write(this.#place.marketing.session, op)))
      this.#book.agreed.set(slot, String(title));
  }

  async #create(records: readonly Row[], members: readonly Row[]): Promise<void> {
    if (!this.#rules.createMarketing || records.some((row) => !('OptedOut' in row.values))) return;
    const there = new Set(members.map(({ email }) => key(email)));
    if (this.#is('archived is absent'))
      for (const row of members) if (stateOf(row).status === 'archived') there.delete(key(row.email));
    for (const row of records) {
      const address = key(row.email);
      const known = this.#book.known.has(address) && !this.#is('archived is absent');
      const out = this.#isOut(address) && !this.#is('creates the opted-out');
      if (address === '' || there.has(address) || known || out) continue;
      const sharing = records.filter((one) => key(one.email) === address);
      if (this.#rules.optInField && !sharing.every((one) => one.values.OptIn === true)) continue;
      if (this.#rules.lists && !this.#inList(address)) continue;
      const as = AS[this.#is('creates subscribed') ? 'subscribe' : this.#rules.newMembers];
      const fields = { FNAME: row.values.FirstName ?? null, TITLE: row.values.Title ?? null };
      const op = {
        kind: 'create',
        type: 'member',
        email: row.email ?? '',
        reference: null,
        fields,
        as,
        set: {},
      } as const;
      await this.#write(this.#place.marketing.session, op);
      there.add(address);
      this.#book.known.add(address);
    }
    if (this.#is('never rests') && members[0] !== undefined)
      await this.#write(this.#place.marketing.session, {
        kind: 'patch',
        ...this.#to(members[0]),
        fields: {},
        ifVersion: null,
      });
  }

  #isOut(address: string): boolean {
    return this.#book.outInCrm.has(address) || this.#book.outInMarketing.has(address);
  }

  #to(row: Row) {
    return { record: row.record, email: row.email ?? '' };
  }

  #inList(address: string): boolean {
    return this.#listed.has(address);
  }

  /** True if it was answered as done. */
  async #write(session: Session, op: OpWithoutId): Promise<boolean> {
    this.#op += 1;
    const id = `${this.#place.life.run}-${this.#op}`;
    const [outcome] = await session.write([{ ...op, id } as Op], new AbortController().signal);
    const done = outcome?.result === 'applied' || outcome?.result === 'unchanged';
    if (done && op.kind === 'create' && outcome.record !== null) {
      this.#book.agreed.set(outcome.record.id, String(op.fields.FNAME));
      this.#book.agreed.set(`title ${outcome.record.id}`, String(op.fields.TITLE));
    }
    return done;
  }

  async #readAll(
    session: Session,
    fields: readonly string[],
    lists: readonly { kind: string; id: string }[] | null = null,
  ) {
    const rows = new Map<string, Row>();
    const consent = [{ field: 'OptedOut', optedOutWhen: true, write: true }];
    const request = {
      types: ['Contact', 'Lead'],
      fields,
      consent,
      reference: null,
      lists,
      initially: 'everyone',
      after: null,
    } as const;
    for await (const page of session.read(request, new AbortController().signal))
      for (const row of page.rows) rows.set(`${row.record.type}/${row.record.id}`, row);
    return [...rows.values()].sort((a, b) => (a.record.id < b.record.id ? -1 : 1));
  }
}

type OpWithoutId = { readonly [Kind in Op['kind']]: Omit<Extract<Op, { kind: Kind }>, 'id'> }[Op['kind']];

const AS = { subscribe: 'subscribed', 'double-opt-in': 'pending', 'non-subscribed': 'non-subscribed' } as const;

const stateOf = (row: Row): MemberState => {
  if (row.member === null) throw new Error('not a member');
  return row.member;
};
