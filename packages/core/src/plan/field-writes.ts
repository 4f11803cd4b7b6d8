import { sameRecord } from '../consent/fact.ts';
import type { Shadow } from '../state/shadow.ts';
import { type Carried, nothing } from './carried.ts';
import { isInLists, mayHaveLeft } from './consent-case.ts';
import type { Matter } from './matter.ts';
import { memberWithoutRecord } from './member-without-record.ts';
import { memberlessRecord } from './memberless-record.ts';
import { mergeRecord } from './merge-record.ts';
import type { Surroundings } from './neighbours.ts';
import type { View } from './view.ts';

/** Fields, creates, renames and leaving of one address: never consent (C9). Pure. */
export const fieldWrites = (matter: Matter): Carried => {
  const { verdict, live, around, view } = matter;
  const stopped = view.stopped !== null;
  const inScope = live.filter((shadow) => isInLists(shadow, view) && wasReadWithFields(shadow, view));
  const member = around.member?.life.kind === 'live' ? around.member : null;
  const winner = winnerOf(inScope, member, around, view);
  if (winner === null) {
    // In a list, but the records read has not brought its fields yet; or in one that is being read.
    if (member === null || live.some((shadow) => isInLists(shadow, view) || mayHaveLeft(shadow, view))) return nothing;
    if (live.length > 0 && around.linkOfMember(member) === null) return nothing;
    return memberWithoutRecord(matter, member);
  }
  if (member !== null) {
    const link = around.linkOfMember(member);
    const merged = mergeRecord(view, winner, member, link, { toMarketing: verdict.fields && !stopped });
    return {
      overwrites: merged.overwrites,
      writes: merged.writes,
      links: merged.links,
      setAside: merged.setAside,
      winner,
      remark: stopped ? { reason: 'consent-unreadable', rule: 'C18' } : null,
    };
  }
  return memberlessRecord(matter, winner);
};

/** The light consent read brings no mapped fields; such a record is complete after the records read of the same run. */
const wasReadWithFields = (shadow: Shadow, view: View): boolean =>
  view.fields.every((field) => field.crm[shadow.record.type] === undefined || field.mapping.crm in shadow.values);

/**
 * The order of `crm.records` decides, then the record that is linked already, then the one that was known first. A link to
 * a member of another address says nothing here: it may have a new record by the time that this one is written (I10).
 */
const winnerOf = (
  records: readonly Shadow[],
  member: Shadow | null,
  around: Surroundings,
  view: View,
): Shadow | null => {
  const partner = member === null ? null : around.linkOfMember(member);
  const isLinked = (shadow: Shadow): boolean =>
    member === null ? around.linkOfRecord(shadow) !== null : sameRecord(partner?.crm ?? null, shadow.record);
  const rank = (shadow: Shadow): readonly number[] => [
    view.profile.crm.records.indexOf(shadow.record.type),
    isLinked(shadow) ? 0 : 1,
    shadow.firstReadAt,
  ];
  const better = (a: Shadow, b: Shadow): number => {
    const left = rank(a);
    const right = rank(b);
    const i = left.findIndex((value, at) => value !== right[at]);
    return i < 0 ? a.record.id.localeCompare(b.record.id) : (left[i] ?? 0) - (right[i] ?? 0);
  };
  return [...records].sort(better)[0] ?? null;
};
