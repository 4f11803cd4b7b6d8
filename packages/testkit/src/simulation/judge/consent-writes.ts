import type { Bench, OpOf } from './bench.ts';
import { keyOf } from './circle.ts';
import { surelyLifted } from './lifted.ts';
import { isOut } from './what-happened.ts';

/** C1, C6, C8, C15, C16: an opt-out written to the CRM must come from marketing, or have been lost by a merge or restore. */
export const crmOptOut = (bench: Bench, op: OpOf<'opt-out'>): void => {
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
export const marketingOptOut = (bench: Bench, op: OpOf<'opt-out'>): void => {
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
export const clear = (bench: Bench, op: OpOf<'clear'>): void => {
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
