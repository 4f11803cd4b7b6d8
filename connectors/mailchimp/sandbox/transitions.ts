import type { Switches } from '@heed/sandbox';
import type { Member, OptOutCause, Status } from './account.ts';
import { inComplianceState } from './problem.ts';

/** The text that a GET shows for a member whom the API or an administrator unsubscribed. */
const BY_ADMIN = 'N/A (Unsubscribed by admin)';

/** What a request may do to the status of an existing member: the new status, or `undefined` for no change. */
export function transition(member: Member, wanted: Status, switches: Switches): Status | undefined {
  if (member.status === wanted) return undefined;
  const refused = inComplianceState(member.email);
  switch (wanted) {
    case 'subscribed':
      if (!maySubscribe(member, switches)) throw refused;
      return wanted;
    case 'pending':
      if (member.status === 'cleaned' || member.wasCleaned) throw refused; // there is nobody to confirm
      return wanted;
    case 'unsubscribed':
      if (member.status !== 'cleaned' || switches.get('cleanedToUnsubscribed') === 'applied') return wanted;
      if (switches.get('cleanedToUnsubscribed') === 'refused') throw refused;
      return undefined;
    case 'transactional':
      return switches.get('transactionalOnExisting') === 'applied' || member.status === 'archived' ? wanted : undefined;
    default:
      return wanted;
  }
}

/** Did the person end it, so that only the person can begin again? */
export function inCompliance(member: Member): boolean {
  return member.status === 'cleaned' || member.wasCleaned || isOwnAct(member.optOut?.cause);
}

function maySubscribe(member: Member, switches: Switches): boolean {
  switch (member.status) {
    case 'archived':
      return !inCompliance(member) || switches.isOn('archiveHidesOptOut');
    case 'pending':
      return !inCompliance(member) && switches.isOn('pendingToSubscribed');
    default:
      return !inCompliance(member);
  }
}

function isOwnAct(cause: OptOutCause | undefined): boolean {
  return cause === 'person' || cause === 'complaint';
}

/** Carries a status out at `atS`, with the traces it leaves; opt-in time and `last_changed` are the caller's. */
export function enter(
  member: Member,
  status: Status,
  atS: number,
  cause: OptOutCause = 'api',
  reason: string = BY_ADMIN,
): void {
  const before = member.status;
  if (status === 'archived') member.wasCleaned = before === 'cleaned';
  if (status === 'subscribed' || status === 'transactional') {
    member.optOut = undefined;
    member.wasCleaned = false;
  }
  if (status === 'unsubscribed') {
    // Who opted out himself and was hidden by archiving or a pending confirmation stays one who opted out himself.
    member.optOut = isOwnAct(member.optOut?.cause) && !isOwnAct(cause) ? member.optOut : { cause, reason, atS };
    member.wasCleaned = false;
  }
  member.status = status;
}
