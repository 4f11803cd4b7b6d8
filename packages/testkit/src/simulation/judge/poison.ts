import type { Event } from '../history.ts';
import type { Settings } from '../settings.ts';

/** The record that the vendor never treats as it says (I12), by its order of creation. */
export const poisonedKeys = (
  settings: Settings,
  events: readonly Event[],
  how: 'fields' | 'opt-out',
): ReadonlySet<string> => {
  const { poison } = settings.quirks;
  if (poison === null || poison.how !== how) return new Set();
  const kind = poison.side === 'crm' ? 'record' : 'member';
  const made = events.flatMap((event) =>
    event.kind === kind && event.before === null && event.after !== null ? [event.after.key] : [],
  );
  const key = made[poison.nth - 1];
  return new Set(key === undefined ? [] : [key]);
};
