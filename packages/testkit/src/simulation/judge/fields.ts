import type { Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { Circles, keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import { poisonedKeys } from './poison.ts';

type Value = string | null;

/** One person with one record, one member and one address, ever; whoever shares anything follows rules of its own. */
interface Pair {
  record: RecordSnap | null;
  member: MemberSnap | null;
  /** Last human edit of each field, `crm FirstName` or `marketing FNAME`. */
  readonly edited: Map<string, number>;
  /** The event since which both sides surely agree and know it: the end of a good run that saw both. */
  readonly agreed: Map<string, number>;
  everOut: boolean;
  /** Nobody is made a member who would be in a topic that they opted out of (C17). */
  everOutOfTopic: boolean;
  madeByUs: boolean;
  /** In a system that only the other profile sees. */
  isElsewhere: boolean;
  /** Fields that the vendor said it wrote and did not, `crm FirstName` or `marketing FNAME`; until they are written by anybody. */
  readonly swallowed: Set<string>;
  /** Fields that a job wrote and has not told of, by their name in the CRM: the op that did, and when. */
  readonly untold: Map<string, { readonly op: string; readonly n: number }>;
  /** The same as `agreed`, by fields that are equal since a job wrote: known once it tells so. */
  readonly agreedUntold: Map<string, number>;
  everMember: boolean;
  /** The consent that the engine was shown last, where the profile asks for it. */
  optIn: boolean | null;
}

const PAIRS = [
  { crm: 'FirstName', marketing: 'FNAME', both: true },
  { crm: 'Title', marketing: 'TITLE', both: false },
] as const;

/** I8, and that plain people are really synced: fields agree in the end, and whoever may be created is. */
export const judgeFields = (settings: Settings, events: readonly Event[]): readonly Violation[] => {
  const circles = new Circles(events);
  const pairs = new Map<string, Pair>();
  const found: Violation[] = [];
  let began = 0;
  const lagMs = Math.max(settings.quirks.crmLagMs, settings.quirks.marketingLagMs);
  const pairOf = (key: string): Pair | null => {
    if (!circles.isPlain(key)) return null;
    const root = circles.of(key);
    const pair = pairs.get(root) ?? newPair();
    pairs.set(root, pair);
    return pair;
  };
  for (const event of events) {
    if (event.kind === 'record' || event.kind === 'member') {
      const key = event.after?.key ?? event.before?.key;
      const pair = key === undefined ? null : pairOf(key);
      if (pair !== null) change(pair, event);
    }
    if (event.kind === 'shown-record' && event.optIn !== null) {
      const pair = pairOf(event.snap.key);
      if (pair !== null) showConsent(pair, event.optIn);
    }
    if (event.kind === 'elsewhere') {
      const pair = pairOf(event.address);
      // Whoever is opted out in another system of the customer is not made a member in this one (C26).
      if (pair !== null) pair.isElsewhere = true;
      if (pair !== null && event.isSwallowed === true) pair.everOut = true;
    }
    // Nobody opted out is sent to, and of an erased person nothing is known any more (C20, C25).
    if (event.kind === 'listed' || event.kind === 'erased')
      for (const address of event.addresses) {
        const pair = pairOf(address);
        if (pair !== null) pair.everOut = true;
      }
    // Told that it was created, the engine may take it for vanished later, and never makes or invites it again (C11, C19).
    if (event.kind === 'write' && event.op.kind === 'create' && event.told !== 'rejected') {
      const pair = pairOf(keyOf(event.op.email) ?? '');
      if (pair !== null) pair.madeByUs = true;
    }
    if (event.kind === 'job-write' && event.op.kind === 'patch' && event.target !== null)
      for (const fields of PAIRS)
        if (fields[event.side] in event.op.fields)
          pairOf(event.target.key)?.untold.set(fields.crm, { op: event.op.id, n: event.n });
    if (event.kind === 'job' && event.phase === 'ended') for (const pair of pairs.values()) tell(pair, event);
    if (event.kind === 'write' && event.op.kind === 'patch' && event.target !== null) {
      const pair = pairOf(event.target.key);
      // The vendor said that it wrote the fields and did not: only opt-outs are read back (C22), so nobody can know.
      if (pair !== null) swallow(pair, event);
      if (pair !== null) found.push(...judgePatch(pair, event));
    }
    // Searches may not have shown what was edited shortly before.
    if (event.kind === 'run' && event.phase === 'began' && event.foreign !== true)
      began = lagMs === 0 ? event.n : events.findIndex(({ at }) => at + lagMs >= event.at);
    // Links are a profile's own: what another one's run was shown of a shared system tells this one of no agreement.
    if (event.kind === 'run' && event.phase === 'ended' && event.clean && event.foreign !== true)
      for (const pair of pairs.values()) agree(pair, began, event.n);
  }
  const over = events.at(-1);
  if (over?.kind !== 'note' || over.text !== 'END') return found;
  const wasKilled = events.some((event) => event.kind === 'run' && event.phase === 'ended' && !event.clean);
  const poisoned = new Set([...poisonedKeys(settings, events, 'fields'), ...poisonedKeys(settings, events, 'opt-out')]);
  for (const pair of pairs.values())
    if (!poisoned.has(pair.record?.key ?? '') && !poisoned.has(pair.member?.key ?? ''))
      found.push(...judgeEnd(settings, pair, over.n, wasKilled));
  return found;
};

const newPair = (): Pair => ({
  record: null,
  member: null,
  edited: new Map(),
  agreed: new Map(),
  everOut: false,
  everOutOfTopic: false,
  madeByUs: false,
  isElsewhere: false,
  swallowed: new Set(),
  untold: new Map(),
  agreedUntold: new Map(),
  everMember: false,
  optIn: null,
});

const change = (pair: Pair, event: Extract<Event, { kind: 'record' | 'member' }>): void => {
  const side = event.kind === 'record' ? 'crm' : 'marketing';
  const before = event.before?.fields ?? {};
  const after = event.after?.fields ?? {};
  if (event.by !== 'us')
    for (const name of Object.keys({ ...before, ...after }))
      if ((before[name] ?? null) !== (after[name] ?? null)) pair.edited.set(`${side} ${name}`, event.n);
  if (event.kind === 'record') {
    pair.record = event.after;
    pair.everOut ||= event.after.optedOut;
    pair.everOutOfTopic ||= event.after.outOfTopic;
    return;
  }
  pair.member = event.after;
  pair.everMember ||= event.by !== 'us';
  pair.everOutOfTopic ||= event.after?.outOfTopic === true;
  pair.everOut ||= event.after === null || !['subscribed', 'non-subscribed', 'pending'].includes(event.after.status);
};

/** Consent that was shown and then shown turned false is an opt-out, and given again it lifts nothing (C19, C6). */
const showConsent = (pair: Pair, optIn: boolean): void => {
  pair.everOut ||= pair.optIn === true && !optIn;
  pair.optIn = optIn;
};

const swallow = (pair: Pair, { op, side, told, took }: Extract<Event, { kind: 'write' }>): void => {
  if (op.kind !== 'patch') return;
  for (const name of Object.keys(op.fields)) {
    if (told === 'applied' && !took) pair.swallowed.add(`${side} ${name}`);
    else if (took) pair.swallowed.delete(`${side} ${name}`);
  }
};

/** A job that has ended tells of its writes, or they are looked at: what shows then, the run that looks ends with. */
const tell = ({ untold, agreed, agreedUntold }: Pair, { ops, told }: Extract<Event, { kind: 'job' }>): void => {
  for (const [field, { op }] of untold) {
    if (!ops.includes(op)) continue;
    const n = agreedUntold.get(field);
    if (n !== undefined && told.includes(op)) agreed.set(field, n);
    untold.delete(field);
    agreedUntold.delete(field);
  }
};

const valuesOf = (pair: Pair, fields: (typeof PAIRS)[number]): { readonly crm: Value; readonly marketing: Value } => ({
  crm: pair.record?.fields[fields.crm] ?? null,
  marketing: pair.member?.fields[fields.marketing] ?? null,
});

/**
 * Both sides are equal, and nobody has edited either since before the run: that is the base of the next merge. Where a job made
 * them equal during the run, nobody knows before it tells so.
 */
const agree = (pair: Pair, began: number, n: number): void => {
  for (const fields of PAIRS) {
    const { crm, marketing } = valuesOf(pair, fields);
    const last = Math.max(
      pair.edited.get(`crm ${fields.crm}`) ?? 0,
      pair.edited.get(`marketing ${fields.marketing}`) ?? 0,
    );
    if (crm === null || crm !== marketing || last >= began) continue;
    const isTold = (pair.untold.get(fields.crm)?.n ?? 0) < began;
    (isTold ? pair.agreed : pair.agreedUntold).set(fields.crm, n);
  }
};

/** An edit is never overwritten by an older value: what nobody changed since both sides agreed is never sent again. */
const judgePatch = (pair: Pair, event: Extract<Event, { kind: 'write' }>): readonly Violation[] => {
  if (event.op.kind !== 'patch') return [];
  const sent = event.op.fields;
  const { side, n } = event;
  return PAIRS.flatMap((fields) => {
    const name = side === 'crm' ? fields.crm : fields.marketing;
    if (!(name in sent)) return [];
    if (side === 'crm' && !fields.both)
      return [{ invariant: 'I8', rule: '', text: `${name} only goes to marketing, but was written to the CRM`, n }];
    const source = side === 'crm' ? `marketing ${fields.marketing}` : `crm ${fields.crm}`;
    const agreed = pair.agreed.get(fields.crm);
    const { crm, marketing } = valuesOf(pair, fields);
    const emptied = (side === 'crm' ? crm : marketing) === null;
    if (agreed === undefined || emptied || (pair.edited.get(source) ?? 0) > agreed) return [];
    if (pair.swallowed.has(source)) return [];
    return [
      {
        invariant: 'I8',
        rule: '',
        text: `${name} of ${side} was overwritten by a value older than both sides' agreement`,
        n,
      },
    ];
  });
};

const judgeEnd = (settings: Settings, pair: Pair, n: number, wasKilled: boolean): readonly Violation[] => {
  const { rules } = settings;
  const { record, member } = pair;
  if (
    record === null ||
    record.life !== 'live' ||
    pair.everOut ||
    pair.swallowed.size > 0 ||
    (rules.lists && !record.inList)
  )
    return [];
  const blame = (text: string): Violation => ({ invariant: 'alive', rule: '', text: `${record.key}: ${text}`, n });
  if (member === null) {
    // An invitation that was intended when the process was killed counts as sent, though nobody may ever have got it (C11).
    if (rules.newMembers === 'double-opt-in' && wasKilled) return [];
    const wanted =
      rules.createMarketing &&
      !pair.everOutOfTopic &&
      !pair.everMember &&
      !pair.isElsewhere &&
      !pair.madeByUs &&
      keyOf(record.email) !== null;
    return wanted && (!rules.optInField || record.optIn) ? [blame('may be created, but is no member')] : [];
  }
  // A consent that was taken back is an opt-out, and its fields stay where they are (C19).
  if (rules.optInField && !record.optIn) return [];
  return PAIRS.flatMap((fields) => {
    const { crm, marketing } = valuesOf(pair, fields);
    if (!fields.both && pair.edited.has(`marketing ${fields.marketing}`)) return [];
    if (crm === marketing) return [];
    // An emptied CRM field does not overwrite, so it may differ for ever; nobody here empties a member's field.
    if (crm === null && (!fields.both || pair.edited.has(`crm ${fields.crm}`))) return [];
    return [blame(`${fields.crm} is ${crm ?? 'empty'} in the CRM and ${marketing ?? 'empty'} in marketing`)];
  });
};
