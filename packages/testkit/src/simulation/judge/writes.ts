import type { Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import { maybeLifted, surelyLifted } from './lifted.ts';
import type { Past } from './past.ts';
import { isAboutTopic } from './topic.ts';
import { isOut, type OptIn, type OptOut } from './what-happened.ts';

type Write = Extract<Event, { kind: 'write' }>;
type OpOf<Kind extends Write['op']['kind']> = Extract<Write['op'], { kind: Kind }>;

/** Judges one write of the engine at the moment it was sent: I1, I2, I9 and the columns of table C0. */
export const judgeWrite = (settings: Settings, past: Past, write: Write): readonly Violation[] => {
  const bench = new Bench(settings, past, write);
  const { op } = write;
  const addresses = 'email' in op ? [op.email] : [op.from, op.to];
  if (addresses.some((one) => past.erased.has(keyOf(one) ?? '')) && op.kind !== 'opt-out')
    bench.blame('I2', 'C25', 'is about somebody who was erased');
  if (addresses.some((one) => past.isForgotten(keyOf(one) ?? ''))) return bench.found;
  if (write.intent !== null && write.intent.because < 0)
    bench.blame('I7', 'C8', 'was sent before its intent was durable');
  switch (op.kind) {
    case 'opt-out':
      if (write.intent?.because === 0) bench.blame('I4', 'C25', 'rests on no fact');
      if (isAboutTopic(op)) break;
      if (write.side === 'crm') crmOptOut(bench, op);
      else marketingOptOut(bench, op);
      break;
    case 'clear':
      if (write.intent?.because === 0) bench.blame('I4', 'C25', 'rests on no fact');
      clear(bench, op);
      break;
    case 'patch':
      patch(bench, op);
      break;
    case 'create':
      if (write.side === 'crm') crmCreate(bench, op);
      else marketingCreate(bench, op);
      break;
    case 'rename':
      rename(bench, op);
      break;
    case 'leave':
      leave(bench, op);
  }
  return bench.found;
};

/** What one write is judged with. */
class Bench {
  readonly found: Violation[] = [];
  readonly settings: Settings;
  readonly past: Past;
  readonly write: Write;

  constructor(settings: Settings, past: Past, write: Write) {
    this.settings = settings;
    this.past = past;
    this.write = write;
  }

  blame(invariant: string, rule: string, why: string): void {
    const { op, side, n } = this.write;
    this.found.push({ invariant, rule, text: `${op.kind} to ${side} for ${addressOf(op)} ${why}`, n });
  }

  /** Opt-outs of the same circle so far, whether the engine knows them or not. */
  inCircle(node: string): readonly OptOut[] {
    return this.past.optOuts.filter(({ holder }) => this.past.circles.same(holder, node));
  }

  /** Opt-outs that the engine surely knows to have been said about exactly this address. */
  knownAt(address: string): readonly OptOut[] {
    return this.past.optOuts.filter((optOut) =>
      this.past.knows(
        this.write.run,
        optOut.shown.filter((one) => one.address === address),
      ),
    );
  }

  /**
   * Opt-outs that follow a record to this address without a doubt (C15): made on the record itself, known, and the record
   * was seen at the address; it moved there, or was there when ticked.
   */
  followedTo(address: string): readonly OptOut[] {
    return this.past.optOuts.filter(
      (optOut) =>
        optOut.system === 'crm' &&
        optOut.sure &&
        this.past.knows(this.write.run, optOut.shown) &&
        this.past.stays.some(
          (stay) =>
            stay.record === optOut.holder &&
            stay.address === address &&
            (stay.until ?? Number.POSITIVE_INFINITY) > optOut.n &&
            this.past.knows(
              this.write.run,
              [...stay.shownIn].map((run) => ({ run })),
            ),
        ),
    );
  }

  /**
   * Could an opt-out bind somebody who lives at `address` now? If it was made or seen there, or on somebody who lives there
   * by now; or at another address from which somebody came, who was shown there and had not left long before. What happens
   * behind people's backs does not follow them (C15), and what no read ever tied together nobody can know.
   */
  mayBind(optOut: OptOut, address: string): boolean {
    const { past } = this;
    const livesHere = (record: string): boolean => keyOf(past.heirOf(record)?.email ?? null) === address;
    if (optOut.address === address || optOut.shown.some((one) => one.address === address)) return true;
    if (keyOf(past.members.get(optOut.holder)?.email ?? null) === address || livesHere(optOut.holder)) return true;
    return past.stays.some(
      (stay) =>
        stay.address === optOut.address &&
        stay.shownIn.size > 0 &&
        !past.leftBefore(stay, optOut.at - past.orderDoubtMs) &&
        livesHere(stay.record),
    );
  }

  /** Nobody can opt in for a record that comes to the address only later, and comes opted out. */
  mayBeTheirs(optIn: OptIn, record: string): boolean {
    const { past } = this;
    const theirs = past.stays.filter((stay) => stay.record === record || past.heirOf(stay.record)?.key === record);
    const now = theirs.find((stay) => stay.record === record && stay.until === null);
    if (now === undefined || !now.cameOut || now.from < optIn.from) return true;
    return theirs.some((stay) => stay.address === optIn.address && stay.from < optIn.from);
  }

  liveRecordsAt(address: string): readonly RecordSnap[] {
    return [...this.past.records.values()].filter(({ life, email }) => life === 'live' && keyOf(email) === address);
  }

  /** A record of the list that was deleted, merged or renamed away from here while the run was going on: no read can show it. */
  lostFromListInRun(address: string): boolean {
    const { past } = this;
    return past.stays.some(({ record, address: there, until, untilAt }) => {
      const now = past.records.get(record);
      if (there !== address || now?.inList !== true) return false;
      return until === null ? now.life !== 'live' && !past.isSettled(record) : past.isTooLate(until, untilAt ?? 0);
    });
  }

  /**
   * One record alone moved here from an address where its member still is, mailable, and the engine was shown both there:
   * the member follows or stays, but is not made again. Where lists decide who is linked at all, nothing is claimed.
   */
  hasMemberElsewhere(address: string): boolean {
    const { past, write } = this;
    const here = this.liveRecordsAt(address);
    const [mover] = here;
    if (mover === undefined || here.length > 1 || this.settings.rules.lists) return false;
    return past.stays.some(
      (stay) =>
        stay.record === mover.key &&
        stay.address !== null &&
        stay.address !== address &&
        past.stays.every(({ address: other, record }) => other !== stay.address || record === mover.key) &&
        [...stay.shownIn].some(
          (run) =>
            past.isClean(run) &&
            run < write.run &&
            past.isSync(run) &&
            this.#isMailableMemberShown(stay.address ?? '', run),
        ),
    );
  }

  #isMailableMemberShown(address: string, run: number): boolean {
    const seen = (this.past.shownMembers.get(address) ?? []).filter((one) => one.run <= run).at(-1);
    if (seen === undefined || !this.past.isClean(seen.run)) return false;
    const now = this.past.members.get(seen.snap.key);
    const mailable = (one: MemberSnap | undefined): boolean =>
      one?.status === 'subscribed' || one?.status === 'non-subscribed';
    return mailable(seen.snap) && mailable(now) && keyOf(now?.email ?? null) === address;
  }

  member(): MemberSnap | null {
    const { target } = this.write;
    return target !== null && 'status' in target ? target : null;
  }

  /** The last state of the member that the engine was shown, if a durable run or this one showed it. */
  lastShown(key: string): MemberSnap | null {
    const all = [...this.past.shownMembers.values()].flat().filter((one) => one.snap.key === key);
    const last = all.reduce<(typeof all)[number] | null>(
      (late, one) => (late === null || one.made >= late.made ? one : late),
      null,
    );
    return last !== null && this.past.knows(this.write.run, [last]) ? last.snap : null;
  }

  /** Every record type's opt-out field has been hidden from before this run began (C18)? */
  isBlind(beganAt: number): boolean {
    return [...this.past.hiddenSince.values()].some((n) => n < beganAt);
  }
}

/** C1, C6, C8, C15, C16: an opt-out written to the CRM must come from marketing, or have been lost by a merge or restore. */
const crmOptOut = (bench: Bench, op: OpOf<'opt-out'>): void => {
  const record = bench.write.target;
  if (record === null || !('life' in record)) return;
  const all = bench.inCircle(record.key);
  if (all.length === 0) {
    bench.blame('I9', 'C0 C12', 'has no opt-out behind it at all');
    return;
  }
  if (all.every((optOut) => surelyLifted(bench.past, optOut, bench.write.run))) {
    bench.blame('C0', 'C7 C8', 'repeats an opt-out that the person has lifted');
    return;
  }
  if (all.some(({ system, foreign }) => system !== 'crm' || foreign === true)) return;
  // As a state, our own unsubscription still puts the opt-out on sibling records (C8, worked example 5).
  const echoed =
    bench.settings.rules.crmToMarketing &&
    bench.past.weUnsubscribed.some((key) => bench.past.circles.same(key, record.key));
  const inherited = bench.past.losses.some((key) => bench.past.circles.same(key, record.key));
  if (!echoed && !inherited) bench.blame('C0', 'C2 C0.4', 'carries what only the CRM had said to another record');
  // What was ticked and unticked between two reads nobody has seen said.
  const said = all.some(({ holder, by, shown }) => holder === record.key && by === 'opt-out' && shown.length > 0);
  const unticked = said && bench.past.unticked.has(record.key);
  if (unticked && !inherited && all.every(({ holder }) => holder === record.key))
    bench.blame('C0', 'C6', 'ticks again what only the CRM had said and an operator unticked');
  if (op.set.OptedOut !== true) bench.blame('I1', 'C6', 'does not set the opt-out field');
};

/** C2, C3, C5, C7, C8, C15 */
const marketingOptOut = (bench: Bench, op: OpOf<'opt-out'>): void => {
  const address = keyOf(op.email) ?? '';
  const { rules } = bench.settings;
  if (op.record === null) bench.blame('C0', 'C3', 'would create somebody just to be unsubscribed');
  const member = bench.member();
  const shown = member === null ? null : bench.lastShown(member.key);
  if (shown !== null && ['archived', 'undeliverable', 'pending'].includes(shown.status))
    bench.blame('C0', 'C0.5 C11 C12a', `touches a member that is ${shown.status}`);
  const all = bench.inCircle(member?.key ?? address);
  if (all.length === 0) {
    bench.blame('I9', 'C0 C12', 'has no opt-out behind it at all');
    return;
  }
  if (all.every((optOut) => surelyLifted(bench.past, optOut, bench.write.run))) {
    bench.blame('C0', 'C7 C8', 'repeats an opt-out that the person has lifted');
    return;
  }
  // Whatever crmToMarketing says (row 2).
  if (all.some(({ system }) => system === 'list')) return;
  if (all.some(({ system }) => system === 'marketing')) {
    // Made in marketing: unsubscribed at a later address of the person under any setting (C15); at its own address, after
    // somebody else subscribed it again, as row 4.
    const plain = bench.past.circles.isPlain(member?.key ?? address);
    if (plain && !rules.crmToMarketing) bench.blame('C0', 'C0.3 C6', 'is left to people while crmToMarketing is off');
    return;
  }
  if (!rules.crmToMarketing) {
    bench.blame('C0', 'C2', 'carries a CRM opt-out although crmToMarketing is off');
    return;
  }
  if (rules.lists && rules.scope === 'lists' && !bench.past.everInList(member?.key ?? address))
    bench.blame('C0', 'C5', 'is outside the lists');
};

/** C7: the one loosening write. */
const clear = (bench: Bench, op: OpOf<'clear'>): void => {
  const key = `${op.record.type}/${op.record.id}`;
  const { past, write, settings } = bench;
  if (!settings.rules.clearWhenConfirmed) bench.blame('I1', 'C7', 'clears although clearWhenConfirmed is off');
  const optIns = past.optIns.filter(
    // What a run that was killed had been shown may be durable: it is enough for what is allowed, not for what is demanded.
    ({ member, shown }) => past.circles.same(member, key) && shown.length > 0,
  );
  if (optIns.length === 0) {
    bench.blame('I1', 'C7', 'clears without any proven opt-in');
    return;
  }
  if (!optIns.some((optIn) => bench.mayBeTheirs(optIn, key)))
    bench.blame('I1', 'C7 C15', 'clears with an opt-in from before the record came to its address');
  const latest = Math.max(...optIns.map(({ n }) => n));
  const standing = bench
    .inCircle(key)
    .filter(
      (one) =>
        one.n > latest && one.sure && past.knows(write.run, one.shown) && bench.mayBind(one, keyOf(op.email) ?? ''),
    );
  if (standing.length > 0) bench.blame('I1', 'C7', 'clears although a later opt-out stands');
  const members = [...past.members.values()].filter(({ key: member }) => past.circles.same(member, key));
  const states = members.flatMap((member) => bench.lastShown(member.key) ?? []);
  if (past.circles.isPlain(key) && states.some(isOut))
    bench.blame('I1', 'C7', 'clears although the member is opted out');
};

/** C9, and "fields CRM to marketing: no" of rows 2 to 4. */
const patch = (bench: Bench, op: OpOf<'patch'>): void => {
  if ('OptedOut' in op.fields || 'Email' in op.fields || 'status' in op.fields || 'OptIn' in op.fields)
    bench.blame('I1', 'C9', 'carries consent or the address in a field update');
  const address = keyOf(op.email) ?? '';
  if (bench.write.side === 'crm') return;
  const here = bench.liveRecordsAt(address);
  const settled = here.every(({ key }) => bench.past.isSettled(key));
  if (
    bench.settings.rules.lists &&
    here.length > 0 &&
    settled &&
    here.every(({ inList }) => !inList) &&
    !bench.lostFromListInRun(address)
  )
    bench.blame('C0', 'C5', 'sends the fields of records that are outside the lists');
  const standing = bench.knownAt(address).filter((optOut) => optOut.sure && !maybeLifted(bench.past, optOut));
  if (standing.length > 0) bench.blame('C0', 'C0.3 C0.4', 'sends fields to somebody opted out');
};

/** I2, C3, C11, C12a, C14, C15, C18, C19 */
const marketingCreate = (bench: Bench, op: OpOf<'create'>): void => {
  const address = keyOf(op.email) ?? '';
  const { rules } = bench.settings;
  if (!rules.createMarketing) bench.blame('C0', 'C19', 'although creating is off');
  const wanted = { subscribe: 'subscribed', 'double-opt-in': 'pending', 'non-subscribed': 'non-subscribed' } as const;
  if (op.as !== wanted[rules.newMembers])
    bench.blame('I1', 'C19', `makes ${op.as}, the profile says ${rules.newMembers}`);
  // Even an opt-out that was lifted forbids creating (row 1); so any that the engine ever surely knew.
  if (bench.knownAt(address).length > 0)
    bench.blame('I2', 'C0 C14', 'creates an address with an opt-out in the ledger');
  else if (bench.followedTo(address).length > 0)
    bench.blame('I2', 'C15', 'creates a later address of somebody opted out');
  const seen = (bench.past.shownMembers.get(address) ?? []).filter((one) => bench.past.knows(bench.write.run, [one]));
  const last = seen.at(-1);
  if (last?.snap.status === 'archived') bench.blame('I2', 'C12a', 'creates an address that is archived');
  else if (last !== undefined) bench.blame('I7', 'C12a C19', 'creates an address that was known as a member');
  if (bench.hasMemberElsewhere(address))
    bench.blame('I7', 'C9 C15', 'makes a second member of one person whose address changed');
  const invited = bench.past.creates.filter((one) => one.address === address && one.as === 'pending');
  if (op.as === 'pending' && invited.length > 0) bench.blame('C0', 'C11', 'invites a second time');
  const ever = bench.past.scopeOf(address);
  if (!ever.record) bench.blame('C0', 'C19', 'creates somebody without any CRM record');
  else if (rules.lists && !ever.list) bench.blame('C0', 'C5', 'creates somebody outside the lists');
  else if (rules.optInField && !ever.optIn) bench.blame('C0', 'C19', 'creates somebody without the opt-in field');
  if (bench.isBlind(bench.past.runBegan)) bench.blame('C0', 'C18', 'creates while the opt-out field is hidden');
};

const crmCreate = (bench: Bench, op: OpOf<'create'>): void => {
  const address = keyOf(op.email) ?? '';
  if (!bench.settings.rules.createCrm) bench.blame('C0', 'C19', 'although creating is off');
  // Whoever opted in again may have a record made; the address is mailable by then.
  if (bench.knownAt(address).some((optOut) => !maybeLifted(bench.past, optOut)))
    bench.blame('I2', 'C0 C19', 'creates a record for somebody opted out');
  if (op.set.OptedOut !== false) bench.blame('C0', 'C19', 'does not send the consent fields explicitly');
  const member = [...bench.past.members.values()].find(({ email }) => keyOf(email) === address);
  const shown = member === undefined ? null : bench.lastShown(member.key);
  if (shown !== null && shown.status !== 'subscribed')
    bench.blame('C0', 'C19', `creates a record for a member that is ${shown.status}`);
  const twin = [...bench.past.records.values()].find(
    ({ life, email, reference }) =>
      life === 'live' && (keyOf(email) === address || (op.reference !== null && reference === op.reference.value)),
  );
  const made = bench.past.crmMade.filter((one) => one.address === address && one.member === (member?.key ?? null));
  // Whose making nobody confirmed and who was moved before any read showed it there can only be found by a reference.
  const isKnown = ({ shown: runs }: (typeof made)[number]): boolean =>
    bench.settings.rules.reference || bench.past.knows(bench.write.run, runs);
  const known = made.filter(isKnown);
  const twinMade = twin !== undefined && made.some(({ record }) => record === twin.key);
  // With our reference on it the vendor finds the record again: asking twice makes nothing twice.
  if (twinMade && op.reference?.value !== twin.reference)
    bench.blame('I7', 'C19', 'makes a second record of one person');
  else if (known.some(({ record }) => bench.past.records.get(record)?.life === 'live') && op.reference === null)
    bench.blame('I7', 'C19', 'makes a second record of one person whose address changed');
};

/** C9, C12a, C15 */
const rename = (bench: Bench, op: OpOf<'rename'>): void => {
  const from = keyOf(op.from) ?? '';
  const to = keyOf(op.to) ?? '';
  if (bench.knownAt(from).some(({ sure }) => sure))
    bench.blame('C0', 'C15', 'renames the member of somebody opted out');
  if (bench.knownAt(to).length > 0 || bench.followedTo(to).length > 0)
    bench.blame('I1', 'C15', 'makes an opted-out address mailable by renaming a member to it');
  const there = (bench.past.shownMembers.get(to) ?? [])
    .filter((one) => bench.past.knows(bench.write.run, [one]))
    .at(-1);
  if (there?.snap.status === 'archived') bench.blame('C0', 'C12a', 'renames to an address that is archived');
};

/** C12 */
const leave = (bench: Bench, op: OpOf<'leave'>): void => {
  const { rules } = bench.settings;
  const address = keyOf(op.email) ?? '';
  if (rules.whenRecordLeaves !== op.how)
    bench.blame('I9', 'C12', `${op.how}s although the profile says ${rules.whenRecordLeaves}`);
  const shown = bench.lastShown(`${op.record.type}/${op.record.id}`);
  if (shown !== null && shown.status !== 'subscribed' && shown.status !== 'non-subscribed')
    bench.blame('I9', 'C12', `acts on a member that is ${shown.status}`);
  const there = bench.liveRecordsAt(address).filter(({ inList }) => !rules.lists || inList);
  if (there.some(({ key }) => bench.past.isSettled(key)))
    bench.blame('I9', 'C12', 'acts although a record of the address is still in scope');
};

const addressOf = (op: Write['op']): string => ('email' in op ? op.email : op.from);
