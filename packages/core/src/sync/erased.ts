import type { Op, Outcome, Row } from '@heed/contract';
import { collapsedTopic, type Fact, type NewFact, sameSource } from '../consent/fact.ts';
import { observe } from '../consent/observe.ts';
import { type AddressKey, addressKey } from '../identity/address.ts';
import { surroundingsOf } from '../plan/neighbours.ts';
import type { PlannedWrite } from '../plan/op.ts';
import { type AddressPlan, planAddress } from '../plan/plan-address.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Neighbourhood, Owed, RunChange } from '../state/store.ts';
import { reactionTo } from './engine.ts';
import { observerOf } from './observer.ts';
import { contextOf } from './plan-context.ts';
import { record } from './plan-line.ts';
import type { Allowed } from './run-state.ts';
import { breathe, isConnectorError, newId, note, type Run, sideOf } from './run-state.ts';
import { spellingsOf } from './spellings.ts';
import { describe } from './written.ts';

type Side = 'crm' | 'marketing';
const SIDES = ['marketing', 'crm'] as const;

/** Somebody must still be opted out, and what could be tried was tried: again in an hour. Our clock. */
const AGAIN_MS = 3_600_000;

/** A row of somebody who was erased, and the name under which their opt-outs are kept. */
export interface ErasedRow {
  readonly row: Row;
  readonly name: AddressKey;
}

/** One erased person as both systems show them now. It lives for as long as this look, and is stored nowhere. */
interface Glimpse {
  readonly name: AddressKey;
  readonly shadows: readonly Shadow[];
  readonly facts: readonly NewFact[];
}

/**
 * Erased people (C25) whom a page shows. Nothing of the row is kept but that the address opted out, under its keyed hash; so
 * whatever must reach a system has to be done here and now, from the rows themselves, before the page counts as read: both
 * systems are asked about the address, table C0 decides as for anybody, its opt-outs are written and read back. What is left
 * is owed under the hash alone; then the next run reads both sides in full, for only a read can find the records again.
 */
export const carryErased = async (run: Run, rows: readonly ErasedRow[]): Promise<void> => {
  const wanted = new Map<AddressKey, AddressKey>();
  for (const { row, name } of rows) {
    const address = addressKey(row.email);
    if (address !== null && row.life.kind === 'live') wanted.set(address, name);
  }
  if (wanted.size === 0) return;
  const spelled = rows.flatMap(({ row }) => row.email ?? []);
  const emails = [...new Set([...spelled, ...spellingsOf([], [...wanted.keys()])])];
  const before = await plansNow(run, wanted, emails, null);
  const due = before.flatMap((plan) => allowedWrites(run, plan).map((write) => ({ plan, write })));
  for (const plan of before) record(run, plan, unsaid(run, plan, allowedWrites(run, plan)).map(nameless), false);
  const changes = run.mode === 'plan' ? [] : await send(run, due);
  const after = changes.length === 0 ? before : await plansNow(run, wanted, emails, due);
  await settle(run, wanted, after, changes);
};

/** Several reads of a run may show them; a plan, which carries nothing, says each opt-out once. */
const unsaid = (run: Run, { address }: AddressPlan, writes: readonly PlannedWrite[]): readonly PlannedWrite[] => {
  if (run.mode !== 'plan') return writes;
  return writes.filter(({ side, op }) => {
    const what = [address, side, 'record' in op && op.record !== null ? recordKey(op.record) : ''].join(' ');
    const isNew = !run.erasedSaid.has(what);
    run.erasedSaid.add(what);
    return isNew;
  });
};

/** A clear would need a proven opt-in, which an erased address has not; everything else C0 says is an opt-out. */
const allowedWrites = (run: Run, { consent }: AddressPlan): readonly PlannedWrite[] => {
  const optOuts = consent.filter(({ op }) => op.kind === 'opt-out');
  const may: Readonly<Record<Allowed, (write: PlannedWrite) => boolean>> = {
    everything: () => true,
    'own-opt-outs': ({ guarded }) => !guarded,
    nothing: () => false,
  };
  return optOuts.filter(may[run.allowed]);
};

/** Asks both systems, keeps what is new about consent, and plans each person from that. */
const plansNow = async (
  run: Run,
  wanted: ReadonlyMap<AddressKey, AddressKey>,
  emails: readonly string[],
  sent: readonly Due[] | null,
): Promise<readonly AddressPlan[]> => {
  const { store, clock } = run.engine;
  const seen = { marketing: await look(run, 'marketing', wanted, emails), crm: await look(run, 'crm', wanted, emails) };
  for (const side of SIDES) {
    const known = await store.factsOf([...new Set(wanted.values())]);
    const facts = newsAmong(
      seen[side].flatMap((one) => one.facts),
      known,
      side,
      sent,
    );
    if (facts.length === 0) continue;
    // A complaint binds the whole customer (C26): every other profile has to meet them in its own systems.
    const dirty = facts.filter(({ complaint }) => complaint).map(({ address }) => address);
    const { system } = sideOf(run, side);
    const page = { system, run: run.id, shadows: [], facts, intents: [], dirty, dirtyFields: [], cursor: null };
    await store.commitPage(run.lease, page, clock.now());
  }
  const names = [...new Set(wanted.values())];
  const facts = await store.factsOf(names);
  return names.flatMap((name) => {
    const theirs = [...seen.crm, ...seen.marketing].filter((one) => one.name === name).flatMap((one) => one.shadows);
    const records = theirs.filter(({ system }) => system.role === 'crm');
    const members = theirs.filter(({ system }) => system.role === 'marketing');
    // Somebody may have been a member at several addresses; each is decided about by itself.
    const cases = members.length === 0 ? [records] : members.map((member) => [...records, member]);
    return cases.map((shadows) => planOf(run, name, shadows, facts));
  });
};

/** The lists that a profile narrows opt-outs to cannot be asked here: the stricter reading holds (C5). */
const planOf = (run: Run, name: AddressKey, shadows: readonly Shadow[], facts: readonly Fact[]): AddressPlan => {
  const hood: Neighbourhood = {
    shadows,
    ledger: { facts: facts.filter(({ address }) => address === name), decisions: [] },
    links: [],
    owed: [],
    setAside: [],
    everCreated: [name],
    everInvited: [name],
    inJob: [],
  };
  const view = { ...run.view, settings: { ...run.view.settings, scope: 'everyone' as const } };
  return planAddress(name, surroundingsOf(hood, view)(name), view, contextOf(run));
};

const look = async (
  run: Run,
  side: Side,
  wanted: ReadonlyMap<AddressKey, AddressKey>,
  emails: readonly string[],
): Promise<readonly Glimpse[]> => {
  await breathe(run);
  const { open } = sideOf(run, side);
  const columns = side === 'crm' ? run.view.columns.consent : run.view.columns.members;
  const readAt = open.session.now();
  const by = { emails };
  const rows = await open.session.lookup({ ...columns, by, evidenceSince: null, changedSince: null }, run.signal);
  const observer = observerOf(run, { side, readAt, lists: null });
  return rows.flatMap((row): readonly Glimpse[] => {
    const address = addressKey(row.email);
    const name = address === null ? undefined : wanted.get(address);
    if (name === undefined || row.life.kind !== 'live') return [];
    const { shadow, facts } = observe(row, null, [], observer);
    const stays = [{ address: name, from: null, until: null }];
    return [
      {
        name,
        shadows: [{ ...shadow, address: name, stays }],
        facts: facts.map((fact) => ({ ...fact, address: name, record: null, user: null })),
      },
    ];
  });
};

/** A state that was read before is no new fact; one that our own write has just made is its echo (C8). Only opt-outs are kept. */
const newsAmong = (
  facts: readonly NewFact[],
  known: readonly Fact[],
  side: Side,
  sent: readonly Due[] | null,
): readonly NewFact[] => {
  const news: NewFact[] = [];
  const isSame = (one: NewFact, other: NewFact): boolean =>
    // By where it stands, not by topic: what our own write collapsed shows as an opt-out of everything ever after (C17).
    one.address === other.address && sameSource(one.source, other.source) && (other.complaint || !one.complaint);
  for (const fact of facts) {
    if (fact.says !== 'opted-out' || [...known, ...news].some((other) => isSame(fact, other))) continue;
    const ours = fact.complaint ? undefined : sent?.find((due) => isBehind(due, fact, side))?.write;
    const { collapses, topic } = ours ?? {};
    news.push({
      ...fact,
      topic: collapses === true && topic !== undefined ? collapsedTopic(topic) : fact.topic,
      echoOf: ours?.because[0] ?? null,
    });
  }
  return news;
};

interface Due {
  readonly plan: AddressPlan;
  readonly write: PlannedWrite;
}

/** An opt-out of one topic explains no state of another (C17). */
const isBehind = ({ plan, write: { op, side } }: Due, fact: NewFact, read: Side): boolean => {
  if (plan.address !== fact.address || side !== read || op.kind !== 'opt-out') return false;
  return side === 'crm' ? fact.source.field in op.set : op.topic === fact.topic;
};

/**
 * Sends opt-outs of erased people. No intent is kept: it would name the record, and an opt-out that is sent twice does no
 * harm. A system that is down ends the run as ever, and the page is read again.
 */
const send = async (run: Run, due: readonly Due[]): Promise<readonly RunChange[]> => {
  const changes: RunChange[] = [];
  for (const side of SIDES) {
    const here = due.filter(({ write }) => write.side === side);
    if (here.length === 0) continue;
    await breathe(run);
    const ops = here.map(({ write }) => ({ ...write.op, id: newId(run.engine, 'op') }) as Op);
    const outcomes = new Map((await request(run, side, ops)).map((outcome) => [outcome.op, outcome]));
    here.forEach(({ plan, write }, i) => {
      const outcome = outcomes.get(ops[i]?.id ?? '');
      const result = outcome?.result ?? 'unknown';
      note(run, `${side}.${write.op.kind}.${result}`);
      changes.push({
        at: run.engine.clock.now(),
        side,
        record: null,
        address: plan.address,
        what: describe(write),
        rule: `${write.rule} C25`,
        because: write.because,
        outcome: outcome?.result === 'rejected' ? `rejected: ${outcome.refusal.message}` : result,
      });
    });
  }
  return changes;
};

const request = async (run: Run, side: Side, ops: readonly Op[]): Promise<readonly Outcome[]> => {
  try {
    return await sideOf(run, side).open.session.write(ops, run.signal);
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const reaction = reactionTo(error.kind);
    if (reaction !== 'set aside' && reaction !== 'read again') throw error;
    return [];
  }
};

const nameless = (write: PlannedWrite): PlannedWrite =>
  write.op.kind === 'opt-out' ? { ...write, op: { ...write.op, record: null, email: '' } } : write;

/**
 * What is owed of a person as this look at some of their addresses leaves it; what looks at others of this run left is owed on. At
 * which of several addresses something is owed nobody noted: at each of them, until a look at it finds nothing.
 */
const owedNow = (run: Run, name: AddressKey, here: readonly AddressKey[], owed: readonly Owed[]): readonly Owed[] => {
  const left = run.erasedOwed.get(name) ?? new Map<AddressKey, readonly Owed[]>();
  for (const address of here) left.set(address, owed);
  run.erasedOwed.set(name, left);
  return [...left.values()].flat();
};

/** `looked`: the addresses that were looked at, and whose. */
const settle = async (
  run: Run,
  looked: ReadonlyMap<AddressKey, AddressKey>,
  plans: readonly AddressPlan[],
  changes: readonly RunChange[],
): Promise<void> => {
  const { store, clock } = run.engine;
  const profile = run.view.profile.id;
  const now = clock.now();
  const names = [...new Set(looked.values())];
  const marks = await store.marks(profile, names);
  const settlements = marks.map(({ address, mark }) => {
    const tried = changes.some((change) => change.address === address);
    const here = [...looked].flatMap(([one, name]) => (name === address ? [one] : []));
    const found = plans.filter((plan) => plan.address === address);
    const stillOwed = found.flatMap((plan) => plan.owed.map((one) => kept(one, tried)));
    const owed = owedNow(run, address, here, stillOwed);
    const next = owed.length === 0 ? ('clean' as const) : tried ? now + AGAIN_MS : now;
    return { address, mark, next, owed, setAside: [], listed: [], links: [], buckets: [] };
  });
  for (const name of names) run.erasedMet.add(name);
  await store.settle(run.lease, profile, run.id, settlements, [], changes);
};

/** Not the record: which it is, a read finds out again. */
const kept = (owed: Owed, tried: boolean): Owed => ({
  ...owed,
  record: null,
  why: `an erased person (C25): ${owed.why}${tried ? '; tried again in an hour, or at once by sync --full' : ''}`,
});

/**
 * Erased people whom something is owed of, or whom a list or a complaint has opted out since: where there are any, both sides
 * must be read in full to find their records.
 */
export const seeksErased = async (run: Run): Promise<boolean> =>
  (await run.engine.store.erasures.due(run.view.profile.id, run.engine.clock.now())).length > 0;

/** A full read has shown everybody: whoever of them it did not show has no record any more that anything could be owed to (C22). */
export const settleAbsent = async (run: Run): Promise<void> => {
  const { store, clock } = run.engine;
  if (run.cautious) return;
  const due = await store.erasures.due(run.view.profile.id, clock.now());
  const absent = due.filter((name) => !run.erasedMet.has(name));
  if (absent.length > 0) await settle(run, new Map(absent.map((name) => [name, name])), [], []);
};
