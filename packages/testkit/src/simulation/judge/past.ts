import type { At, Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { Circles, keyOf } from './circle.ts';
import { OptOuts } from './opt-outs.ts';
import { orderDoubtMs } from './order-doubt.ts';
import { ShownOptIns } from './shown-opt-ins.ts';
import { Sights } from './sights.ts';
import { Stays } from './stays.ts';
import { isAboutTopic } from './topic.ts';
import { isOut, type MemberSight, type OptIn, type OptOut, type Stay } from './what-happened.ts';

/** Instead of a run, where an operator has said something. */
const OPERATOR = -1;

/** The history, replayed event by event: what there is, what happened, and what the engine can know of it. */
export class Past {
  readonly circles: Circles;
  readonly records = new Map<string, RecordSnap>();
  readonly members = new Map<string, MemberSnap>();
  readonly optIns: OptIn[] = [];
  readonly archivals: { readonly member: string; readonly n: number }[] = [];
  /** Address -> the member states the engine was shown there, the newest state last. */
  readonly shownMembers = new Map<string, MemberSight[]>();
  /** The same of answers to writes of fields, which show whom they wrote to. */
  readonly answers: MemberSight[] = [];
  /** Members that our own write unsubscribed. */
  readonly weUnsubscribed: string[] = [];
  /** Records that lost a flag: losers of merges, converted leads, restored records. */
  readonly losses: string[] = [];
  /** Records that an operator unticked last. */
  readonly unticked = new Set<string>();
  readonly creates: { readonly address: string; readonly as: string | null }[] = [];
  /** Records that we made. `shown`: runs that were told so, or saw it where it was made. */
  readonly crmMade: {
    readonly address: string;
    readonly record: string;
    readonly member: string | null;
    readonly shown: { readonly run: number }[];
  }[] = [];
  /** Addresses of people whom Heed had to forget (C25). */
  readonly erased = new Set<string>();
  /** The event with which the present run began. */
  runBegan = 0;
  #runBeganAt = 0;
  readonly #changed = new Map<string, { readonly n: number; readonly at: At }>();
  readonly #scopes = new Map<string, { record: boolean; list: boolean; optIn: boolean }>();
  readonly hiddenSince = new Map<string, number>();
  readonly #optInField: boolean;
  readonly #datesStatus: boolean;
  readonly #shownOptIns: ShownOptIns;
  readonly #clean: ReadonlySet<number>;
  readonly #syncs = new Set<number>();
  readonly #optOuts = new OptOuts();
  readonly #stays = new Stays();
  readonly #sights = new Sights();
  readonly #lost: ReadonlySet<number>;
  /** By what was shown: the event that made it so. */
  readonly #made = new Map<RecordSnap | MemberSnap, { readonly n: number; readonly at: At }>();
  readonly #lagMs: { readonly crm: number; readonly marketing: number };
  readonly orderDoubtMs: number;
  /** A clock that is behind dates what is new before what is known: what ends soon may be taken for older than it is. */
  #aheadMs = 0;
  readonly #behind = { crm: false, marketing: false };

  constructor({ rules, quirks }: Settings, events: readonly Event[]) {
    this.#optInField = rules.optInField;
    this.#datesStatus = quirks.datesStatus;
    this.orderDoubtMs = orderDoubtMs(quirks);
    this.#lagMs = { crm: quirks.crmLagMs, marketing: quirks.marketingLagMs };
    this.circles = new Circles(events);
    const ends = events.filter((event) => event.kind === 'run').filter(({ phase }) => phase === 'ended');
    this.#clean = new Set([
      OPERATOR,
      ...ends.flatMap((event) => (event.phase === 'ended' && event.clean ? [event.run] : [])),
    ]);
    this.#shownOptIns = new ShownOptIns(this.#clean);
    this.#lost = new Set(ends.flatMap((event) => (event.phase === 'ended' && !event.clean ? [event.run] : [])));
  }

  get optOuts(): readonly OptOut[] {
    return this.#optOuts.all;
  }

  get stays(): readonly Stay[] {
    return this.#stays.all;
  }

  isClean(run: number): boolean {
    return this.#clean.has(run);
  }

  /** An approved sync, not a plan: only such a run links people. */
  isSync(run: number): boolean {
    return this.#syncs.has(run);
  }

  /** Surely durable knowledge for somebody who runs as `run`: of a run that ended well, or its own. */
  knows(run: number | null, shown: readonly { readonly run: number }[]): boolean {
    return shown.some((one) => one.run === run || this.#clean.has(one.run));
  }

  /** The event that made a record or member as it was shown. */
  madeBy(snap: RecordSnap | MemberSnap): { readonly n: number; readonly at: At } {
    return this.#made.get(snap) ?? { n: 0, at: 0 };
  }

  step(event: Event): void {
    if ((event.kind === 'record' || event.kind === 'member') && event.after !== null)
      this.#made.set(event.after, { n: event.n, at: event.at });
    if (event.kind === 'record') this.#onRecord(event);
    if (event.kind === 'member') this.#onMember(event);
    if (event.kind === 'shown-record') this.#onShownRecord(event);
    if (event.kind === 'shown-member') this.#onShownMember(event);
    if (event.kind === 'write') this.#onWrite(event);
    if (event.kind === 'made-by-other') this.#seeMade(event);
    if (event.kind === 'clock') this.#behind[event.side] = event.wrongByMs < 0;
    if (event.kind === 'clock' && event.side === 'marketing') this.#aheadMs = Math.max(0, event.wrongByMs);
    // An own opt-in there may have lifted what the CRM that both share had said (C7).
    if (event.kind === 'elsewhere' && event.isSubscribed) this.#mayHaveOptedIn(event);
    if (event.kind === 'elsewhere' && event.complaint)
      this.#optOuts.begin(event, onList(event.address, { complaint: true, sure: false }));
    if (event.kind === 'complained')
      for (const address of event.addresses)
        this.#optOuts.begin(event, onList(address, { complaint: true, sure: false }));
    if (event.kind === 'listed') for (const address of event.addresses) this.#onListed(event, address);
    if (event.kind === 'erased') for (const address of event.addresses) this.erased.add(address);
    if (event.kind === 'run' && event.phase === 'began') {
      this.runBegan = event.n;
      this.#runBeganAt = event.at;
      if (event.mode === 'sync' && event.approve) this.#syncs.add(event.run);
    }
    if (event.kind === 'hidden') {
      if (event.hidden) this.hiddenSince.set(event.type, event.n);
      else this.hiddenSince.delete(event.type);
    }
  }

  /** What happened in the CRM while the present run went on, or so shortly before that searches may not have shown it. */
  isTooLate(n: number, at: At): boolean {
    return n >= this.runBegan || at + this.#lagMs.crm > this.#runBeganAt;
  }

  /** A read of the present run shows it as it is: nobody has changed it since the run began. */
  isSettled(record: string): boolean {
    const changed = this.#changed.get(record);
    return changed === undefined || !this.isTooLate(changed.n, changed.at);
  }

  /** Whether the address ever had a live record at all, one in the list, one with the opt-in field. */
  scopeOf(address: string): { readonly record: boolean; readonly list: boolean; readonly optIn: boolean } {
    return this.#scopes.get(address) ?? { record: false, list: false, optIn: false };
  }

  /** Was any record of the circle ever in the list? */
  everInList(node: string): boolean {
    return [...this.#scopes].some(([address, { list }]) => list && this.circles.same(address, node));
  }

  /** The live record in which a merged or converted one goes on, or the record itself; undefined: deleted. */
  heirOf(record: string): RecordSnap | undefined {
    let here = this.records.get(record);
    for (let hops = 0; here !== undefined && here.life !== 'live' && hops < this.records.size; hops += 1)
      here = this.records.get(here.life);
    return here?.life === 'live' ? here : undefined;
  }

  #onRecord(event: Extract<Event, { kind: 'record' }>): void {
    const { before, after, n } = event;
    this.records.set(after.key, after);
    this.#changed.set(after.key, { n, at: event.at });
    this.#widen(after);
    if (event.act === 'untick') this.unticked.add(after.key);
    if (event.act === 'tick') this.unticked.delete(after.key);
    if (before !== null && (after.life !== before.life || event.act === 'restore record')) this.losses.push(after.key);
    if (before === null && event.by === 'us') this.#madeByUs(after);
    this.#stays.follow(event);
    this.#onOptIn(event);
    const was = before?.optedOut === true && before.life === 'live';
    const is = after.optedOut && after.life === 'live';
    if (was && !is) this.#optOuts.end(after.key, n);
    if (is && !was && event.by !== 'us') {
      // A flag that came along with a conversion or a restore repeats an older one.
      const copied = event.act === 'convert makes' || before?.life === 'deleted';
      this.#optOuts.begin(event, {
        ...onRecord(after, 'opt-out'),
        sure: !copied && this.#sights.isNews(after.key) && !this.#behind.crm,
      });
    }
  }

  /** Turning a given consent false is an opt-out made in the CRM; a first false is only the absence of a reason (C19). */
  #onOptIn(event: Extract<Event, { kind: 'record' }>): void {
    const { before, after, n, by } = event;
    if (!this.#optInField || before === null || before.optIn === after.optIn || by === 'us') return;
    this.#optOuts.end(after.key, n, 'opt-in field');
    if (after.optIn) return;
    const said = onRecord(after, 'opt-in field');
    const given = this.#shownOptIns.given(after.key);
    if (given === null) this.#optOuts.beginUnheard(event, { ...said, sure: true });
    else this.#optOuts.begin(event, { ...said, sure: given === 'surely' });
  }

  #onMember(event: Extract<Event, { kind: 'member' }>): void {
    const { before, after, n } = event;
    if (after === null) {
      if (before !== null) {
        this.members.delete(before.key);
        this.#optOuts.end(before.key, n);
      }
      return;
    }
    this.members.set(after.key, after);
    if (after.status === 'archived' && before?.status !== 'archived') this.archivals.push({ member: after.key, n });
    const was = before !== null && isOut(before);
    const is = isOut(after);
    const again =
      was && is && (after.complaint !== before?.complaint || (after.by === 'person' && before?.by !== 'person'));
    if (was && (!is || again)) this.#optOuts.end(after.key, n);
    if (is && (!was || again) && event.by !== 'us') {
      const complains = after.complaint && before?.complaint !== true;
      const sure = complains || (!again && this.#sights.isNews(after.key));
      this.#optOuts.begin(event, { ...onMember(after, complains), sure: sure && !this.#behind.marketing });
    }
    if (event.proven && after.status === 'subscribed')
      this.optIns.push({
        n,
        at: event.at,
        member: after.key,
        address: keyOf(after.email) ?? '',
        inferred: false,
        aheadMs: this.#aheadMs,
        from: n,
        shown: [],
      });
  }

  #mayHaveOptedIn({ n, at, address }: { readonly n: number; readonly at: At; readonly address: string }): void {
    this.optIns.push({ n, at, member: address, address, inferred: true, aheadMs: this.#aheadMs, from: n, shown: [] });
  }

  /** What an operator enters is known at once, and to every run (C20). */
  #onListed(event: { readonly n: number; readonly at: At }, address: string): void {
    const said = this.#optOuts.begin(event, onList(address, { complaint: false, sure: true }));
    said.shown.push({ run: OPERATOR, n: event.n, address, how: 'lookup', until: event.at });
  }

  /** Somebody of the circle was erased: what was known of them is gone. */
  isForgotten(node: string): boolean {
    return [...this.erased].some((address) => this.circles.same(address, node));
  }

  #onShownRecord(event: Extract<Event, { kind: 'shown-record' }>): void {
    const { snap, run, n, how } = event;
    const made = this.madeBy(snap);
    const sight = { run, n, address: keyOf(snap.email), how, until: made.at };
    for (const stay of this.stays)
      if (stay.record === snap.key && stay.from <= made.n && (stay.until === null || stay.until > made.n))
        stay.shownIn.add(run);
    for (const made of this.crmMade)
      if (made.record === snap.key && made.address === sight.address) made.shown.push({ run });
    if (event.optIn !== null) {
      const withdrawn = event.optIn ? undefined : this.#shownAs(snap, 'opt-in field');
      withdrawn?.shown.push(sight);
      if (made.n >= this.#sights.of(snap.key).made) {
        this.#shownOptIns.see(snap.key, event.optIn, run);
        if (event.optIn) this.#optOuts.hear(snap.key, made.n, this.#clean.has(run));
      }
    }
    if (event.optedOut === null) return;
    const out = event.optedOut && snap.life === 'live';
    if (out) this.#shownAs(snap)?.shown.push(sight);
    this.#sights.see(snap.key, { out, pending: false, n, made: made.n });
  }

  #onShownMember(event: Extract<Event, { kind: 'shown-member' }>): void {
    const { snap, run, n, how } = event;
    const address = keyOf(snap.email) ?? '';
    const list = this.shownMembers.get(address) ?? [];
    const made = this.madeBy(snap).n;
    list.push({ run, n, snap, made });
    if ((list.at(-2)?.made ?? 0) > made) list.sort((one, other) => one.made - other.made);
    this.shownMembers.set(address, list);
    if (isOut(snap)) this.#shownAs(snap)?.shown.push({ run, n, address, how, until: event.at });
    const sight = this.#sights.of(snap.key);
    const wasPending = sight.pending && made >= sight.made;
    if (wasPending && snap.status === 'subscribed') this.#confirmed(event, address);
    for (const optIn of this.optIns)
      if (optIn.member === snap.key && event.proofOf === optIn.at) optIn.shown.push({ run, n, exact: true });
    this.#sights.see(snap.key, { out: isOut(snap), pending: snap.status === 'pending', n, made });
  }

  /** `pending` became `subscribed` between two reads: that is proof by the rule, whatever went on in between. */
  #confirmed(event: Extract<Event, { kind: 'shown-member' }>, address: string): void {
    const { n, at, run, snap } = event;
    const act = this.optIns.findLast(({ member }) => member === snap.key);
    const exact = this.#datesStatus;
    if (act !== undefined) act.shown.push({ run, n, exact });
    const from = this.#sights.of(snap.key).n;
    this.optIns.push({
      n,
      at,
      member: snap.key,
      address,
      inferred: true,
      aheadMs: this.#aheadMs,
      from,
      shown: [{ run, n, exact }],
    });
  }

  #onWrite(event: Extract<Event, { kind: 'write' }>): void {
    const { op, target, took } = event;
    this.#onAnswer(event);
    if (op.kind === 'create' && event.side === 'marketing' && event.told !== 'rejected')
      this.#created(event, op.email, op.as);
    if (op.kind === 'create' && event.side === 'crm' && event.told === 'applied' && took)
      this.crmMade.findLast(({ address }) => address === keyOf(op.email))?.shown.push({ run: event.run });
    if (op.kind !== 'opt-out' || isAboutTopic(op) || !took || target === null) return;
    if (event.side === 'marketing') this.weUnsubscribed.push(target.key);
    const sight = this.#sights.of(target.key);
    sight.ours = true;
    const now = this.records.get(target.key) ?? this.members.get(target.key);
    if (now !== undefined) sight.made = this.madeBy(now).n;
    // The engine never heard that it was its own doing: in doubt it is a fact by unknown (Words, "echo").
    const doubtful = event.told === 'unknown' || this.#lost.has(event.run);
    const said = 'status' in target ? onMember(target, false) : onRecord(target, 'opt-out');
    if (doubtful) this.#optOuts.begin(event, { ...said, sure: false });
  }

  /** Whoever was there before shows in the answer as it is by then; consent writes are looked at after it (C22). */
  #onAnswer({ op, target, told, took, run, n }: Extract<Event, { kind: 'write' }>): void {
    const isShown = told === 'unchanged' || (told === 'applied' && took);
    if (!isShown || (op.kind !== 'patch' && op.kind !== 'create' && op.kind !== 'rename')) return;
    const snap = target === null ? undefined : this.members.get(target.key);
    if (snap === undefined) return;
    const made = this.madeBy(snap).n;
    this.answers.push({ run, n, snap, made });
    if (snap.status === 'pending') this.#sights.see(snap.key, { out: false, pending: true, n, made });
  }

  /** An answer that shows the new member is a sight of it like any other. */
  #created({ told, n }: Extract<Event, { kind: 'write' }>, email: string, as: string | null): void {
    const address = keyOf(email) ?? '';
    this.creates.push({ address, as });
    if (told === 'applied') this.#seeMade({ n, address });
  }

  #seeMade({ n, address }: { readonly n: number; readonly address: string }): void {
    const made = [...this.members.values()].find((member) => keyOf(member.email) === address);
    if (made?.by === 'us')
      this.#sights.see(made.key, { out: false, pending: made.status === 'pending', n, made: this.madeBy(made).n });
  }

  #madeByUs({ key, email }: RecordSnap): void {
    const address = keyOf(email) ?? '';
    const member = [...this.members.values()].find((one) => keyOf(one.email) === address);
    this.crmMade.push({ address, record: key, member: member?.key ?? null, shown: [] });
  }

  #widen({ email, life, inList, optIn }: RecordSnap): void {
    const address = keyOf(email);
    if (address === null || life !== 'live') return;
    const scope = this.#scopes.get(address) ?? { record: false, list: false, optIn: false };
    this.#scopes.set(address, { record: true, list: scope.list || inList, optIn: scope.optIn || optIn });
  }

  /** The opt-out that a record or member as it was shown tells of, if people made it. */
  #shownAs(snap: RecordSnap | MemberSnap, by?: OptOut['by']): OptOut | undefined {
    return this.#optOuts.toldBy(snap, this.madeBy(snap).n, by);
  }
}

type Said = Pick<OptOut, 'system' | 'holder' | 'by' | 'address' | 'complaint'>;

const onRecord = ({ key, email }: RecordSnap, by: OptOut['by']): Said => ({
  system: 'crm',
  holder: key,
  by,
  address: keyOf(email),
  complaint: false,
});

const onMember = ({ key, email }: MemberSnap, complaint: boolean): Said => ({
  system: 'marketing',
  holder: key,
  by: 'opt-out',
  address: keyOf(email),
  complaint,
});

const onList = (address: string, kind: Pick<OptOut, 'complaint' | 'sure'>) =>
  ({ system: 'list', holder: address, by: 'opt-out', address, ...kind }) as const;
