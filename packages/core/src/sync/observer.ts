import type { Millis } from '@heed/contract';
import type { Observer } from '../consent/observe.ts';
import { DOUBT_MS } from '../consent/standing.ts';
import type { View } from '../plan/view.ts';
import { type Run, sideOf } from './run-state.ts';

interface Looked {
  readonly side: 'crm' | 'marketing';
  /** Vendor's clock. */
  readonly readAt: Millis;
  readonly lists: readonly string[] | null;
}

/** How the rows of a reading are looked at. */
export const observerOf = (run: Run, { side, readAt, lists }: Looked): Observer => {
  const { system, open } = sideOf(run, side);
  return {
    system,
    consentFields: side === 'crm' ? shownFields(run.view) : {},
    optInField: run.view.settings.optInField,
    topics: run.view.observed,
    proofs: open.can.proofs,
    readAt,
    seenAt: run.engine.clock.now(),
    clockDoubtMs: clockDoubtMs(run),
    lists,
    run: run.id,
  };
};

/** How far the clocks of both vendors are from ours, where that is more than clocks may be: no order of two systems is surer. */
const clockDoubtMs = ({ crm, marketing, engine: { clock } }: Run): Millis => {
  const offMs = Math.abs(crm.session.now() - clock.now()) + Math.abs(marketing.session.now() - clock.now());
  return offMs > DOUBT_MS ? offMs : 0;
};

/**
 * Every consent field that a row may show. All types are asked for all of them, so one that the schema hid may show all the same
 * by now, and then it says what it says (C18).
 */
const shownFields = ({ consentFields, columns }: View): Observer['consentFields'] =>
  Object.fromEntries(
    Object.entries(consentFields).map(([type, rules]) => {
      const hidden = columns.consent.consent.filter(({ field }) => rules.every((rule) => rule.field !== field));
      return [type, [...rules, ...hidden]];
    }),
  );
