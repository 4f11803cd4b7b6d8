import type { Event, Which } from '../history.ts';
import type { Settings } from '../settings.ts';
import { keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import { followedTo, knownAt } from './known.ts';
import { maybeLifted } from './lifted.ts';
import { Past } from './past.ts';
import { seenBy } from './seen-by.ts';

/** One profile's rules, with the systems that all profiles share. */
export const settingsOf = (settings: Settings, which: Which): Settings =>
  which === 'second' && settings.second !== null ? { ...settings, rules: settings.second.rules } : settings;

/** C26: nobody with an opt-out of everything that stands in any connection of the customer is made a member, in none of its profiles. */
export const judgeAcross = (settings: Settings, events: readonly Event[]): readonly Violation[] => {
  if (settings.second === null) return [];
  const { shares } = settings.second;
  const found: Violation[] = [];
  for (const which of ['first', 'second'] as const) {
    const other = which === 'first' ? 'second' : 'first';
    const past = new Past(settingsOf(settings, other), seenBy(other, shares, events));
    const seen = seenBy(other, shares, events);
    const runs = new Set(
      events.flatMap((event) =>
        event.kind === 'run' && event.phase === 'began' && (event.which ?? 'first') === which ? [event.run] : [],
      ),
    );
    for (const [index, event] of events.entries()) {
      const change = seen[index];
      if (event.kind === 'write' && event.side === 'marketing' && event.op.kind === 'create' && runs.has(event.run)) {
        const address = keyOf(event.op.email) ?? '';
        // What was said there at this address, and what followed somebody here inside the other system (C15).
        const there = [...knownAt(past, event.run, address), ...followedTo(past, event.run, address)];
        const standing = there.filter((one) => one.sure && !past.isForgotten(one.holder) && !maybeLifted(past, one));
        if (standing.length > 0)
          found.push({
            invariant: 'I2',
            rule: 'C26',
            text: `create of ${address}, which is opted out in a system of the other profile`,
            n: event.n,
          });
      }
      if (change !== undefined) past.step(change);
    }
  }
  return found;
};
