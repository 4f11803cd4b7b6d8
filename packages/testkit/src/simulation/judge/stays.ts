import type { At, Event } from '../history.ts';
import { keyOf } from './circle.ts';
import type { Stay } from './what-happened.ts';

/** Which record had which address, and for how long. */
export class Stays {
  readonly all: Stay[] = [];

  follow({ before, after, n, at }: Extract<Event, { kind: 'record' }>): void {
    const open = this.all.findLast(({ record, until }) => record === after.key && until === null);
    if (open !== undefined && before?.life !== after.life) open.goneAt = after.life === 'live' ? null : at;
    if (before !== null && keyOf(before.email) === keyOf(after.email)) return;
    if (open !== undefined) {
      open.until = n;
      open.untilAt = at;
    }
    this.all.push({
      record: after.key,
      address: keyOf(after.email),
      from: n,
      until: null,
      untilAt: null,
      goneAt: null,
      cameOut: before?.optedOut ?? false,
      shownIn: new Set(),
    });
  }
}

/** Whoever was merged away, converted or deleted has left the address, too: what happens there later is not theirs (C15). */
export const leftBefore = ({ untilAt, goneAt }: Stay, at: At): boolean => {
  const left = untilAt ?? goneAt;
  return left !== null && left < at;
};
