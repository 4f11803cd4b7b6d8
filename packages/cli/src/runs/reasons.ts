import type { NotSyncedReason } from '@heed/core';
import { count } from '../terminal/words.ts';

/** The published reasons, as a person reads them. The words themselves stand in `--json`. */
const SENTENCES: Readonly<Record<NotSyncedReason, string>> = {
  'opted-out-in-crm': 'opted out in the CRM (C2)',
  'opted-out': 'opted out: fields stay (C0)',
  'waits-for-review': 'opted in again, waits for review (C7)',
  'unticked-still-opted-out': 'unticked, still opted out (C6)',
  'subscribed-again-not-by-own-act': 'subscribed again, not by own act (C6)',
  'outside-lists': "outside the profile's lists (C5)",
  'shared-address': 'address was shared: to review (C15)',
  undeliverable: 'undeliverable (C10)',
  archived: 'archived (C12a)',
  vanished: 'vanished, not made again (C12a)',
  'refused-by-vendor': 'refused by the vendor for ever',
  'no-address': 'no e-mail address',
  'invalid-address': 'invalid e-mail address',
  'no-opt-in': 'no opt-in (C19)',
  'no-permission': 'no permission to mail (C19)',
  'creates-off': 'not to be created (profile)',
  'opted-out-elsewhere': 'opted out in another system (C26)',
  'no-consent': 'opted out by default, asked for by nobody as far as is known (C28)',
  'consent-unreadable': 'consent field unreadable (C18)',
  'invited-before': 'invited before (C11)',
  'topic-opted-out': 'opted out of a topic, not so on the other side (C17)',
  'topic-not-carried': 'opted out of a topic that the other side does not know (C17)',
  'not-winner': 'same address as a record before it',
  'address-differs': 'the linked member has another address (C15)',
  left: 'left the CRM or its lists, kept (C12)',
};

export const reasonInWords = (reason: string): string =>
  reason in SENTENCES ? SENTENCES[reason as NotSyncedReason] : reason;

/** What an operator can do about it, where there is something to do; docs/reasons.md has all of it. */
const REMEDIES: Readonly<Partial<Record<NotSyncedReason, string>>> = {
  'opted-out-in-crm': 'a member that exists can still be mailed; optOut.crmToMarketing: true unsubscribes it',
  'waits-for-review': 'heed review CUSTOMER ADDRESS accept, or refuse',
  'unticked-still-opted-out': 'if the opt-out was a mistake: heed correct CUSTOMER ADDRESS --because TEXT',
  'subscribed-again-not-by-own-act': 'unsubscribe the member in the tool, or optOut.crmToMarketing: true',
  'outside-lists': 'add the record to a list and sync, or optOut.scope: everyone',
  'shared-address': 'heed review CUSTOMER ADDRESS accept (not their opt-out), or refuse',
  'topic-opted-out': 'as for all mail: optOut.crmToMarketing, or a look at heed explain CUSTOMER ADDRESS',
  'topic-not-carried': 'topics.NAME.collapse: any or all makes it an opt-out of everything there',
  undeliverable: 'correct the address',
  archived: 'unarchive it in the tool if it should be synced',
  vanished: 'add it in the tool by hand, if it is wanted',
  'invalid-address': 'correct the e-mail field',
  'consent-unreadable': 'grant what heed check names',
};

/** One line for each of these reasons that somebody can do something about. */
export const remediesFor = (reasons: Iterable<string>): readonly string[] =>
  [...new Set(reasons)].flatMap((reason) => {
    const remedy = REMEDIES[reason as NotSyncedReason];
    return remedy === undefined ? [] : [`${reasonInWords(reason)}: ${remedy}`];
  });

/** `306 opted out: fields stay (C0), 59 undeliverable (C10)`: people who are not synced, the largest group first. */
export const listedInWords = (listed: Readonly<Record<string, number>>): string =>
  Object.entries(listed)
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, n]) => `${count(n)} ${reasonInWords(reason)}`)
    .join('; ');
