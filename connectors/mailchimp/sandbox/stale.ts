import type { World } from '@heed/sandbox';
import type { Account, Audience, Member } from './account.ts';
import { detail, type MailchimpCall } from './route.ts';

/** What readers are still shown of a member that has changed; `undefined` when they do not see it yet. */
interface Shown {
  readonly member: Member | undefined;
  readonly untilMs: number;
}

/** Kept outside of the account: a lag is over when the sandbox is started anew. */
const lagging = new WeakMap<Audience, Map<string, Shown>>();

/** The fault `read-lag`, asked by whoever is about to write: reads keep showing what was there before, for `details.lagMs`. */
export function rememberBefore(call: MailchimpCall, audience: Audience, hashes: readonly string[]): void {
  const rule = call.fault('read-lag');
  if (rule === undefined) return;
  const nowMs = call.world.clock.now();
  const untilMs = nowMs + detail(rule, 'lagMs', 60_000);
  const shown = lagging.get(audience) ?? new Map<string, Shown>();
  lagging.set(audience, shown);
  for (const hash of hashes) {
    // A second write does not make the first one visible.
    if ((shown.get(hash)?.untilMs ?? 0) > nowMs) continue;
    shown.set(hash, { member: structuredClone(audience.members.get(hash)), untilMs });
  }
}

/** A member as readers see it now; `undefined` when they do not. */
export function asSeen(world: World<Account>, audience: Audience, member: Member): Member | undefined {
  const shown = lagging.get(audience)?.get(member.hash);
  return shown === undefined || shown.untilMs <= world.clock.now() ? member : shown.member;
}
