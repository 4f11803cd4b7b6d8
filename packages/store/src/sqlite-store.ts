import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Millis } from '@heed/contract';
import { type Lease, recordKey, type Store } from '@heed/core';
import type { Database, Durability } from './database.ts';
import { ErasedPeople } from './erased.ts';
import { writeErasedFile } from './erased-file.ts';
import { erasuresOf } from './erasures.ts';
import { heldPeopleOf, moveHeld } from './held-people.ts';
import { addIntents, answerIntents, openIntentsOf, pruneIntents, recentIntents } from './intents.ts';
import { endJob, intentsOfJob, jobsOf, saveJob } from './jobs.ts';
import { canonicalJson, parsed, plainJson } from './json.ts';
import { requireFence } from './leases.ts';
import {
  append,
  appendDecisions,
  entriesAt,
  factEntry,
  factsAt,
  factsOfRun,
  headOf,
  type RandomBytes,
  verifyChain,
} from './ledger.ts';
import {
  dueMarks,
  markAllIn,
  markElsewhere,
  markEverywhere,
  markIn,
  marksOf,
  newestMark,
  registerProfile,
} from './marks.ts';
import { neighbourhoodOf } from './neighbourhood.ts';
import { optOutListsOf } from './opt-out-lists.ts';
import { readHead, writeHead } from './outside.ts';
import { changeEntry, countsOf, pruneRuns, runDetails, runsOf, saveNewRun, saveRun } from './runs.ts';
import { countListed, countWaiting, listedIn, owedIn, saveSettlements, setAsideIn } from './settle.ts';
import {
  countLive,
  countPaidOptedOut,
  ensureSystem,
  saveShadows,
  shadowsAbout,
  systemId,
  unseenShadows,
  withRelatives,
} from './shadows.ts';
import { countSeen, countSettled, countStanding, countUnaddressed } from './tallies.ts';
import { clearWorklist, countEnlisted, enlist, enlistedOf, worklistOf } from './worklists.ts';

export interface CustomerFiles {
  readonly customer: string;
  readonly database: Database;
  readonly headFile: string;
  readonly erasedFile: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** For the hashes of erased people (C25). */
  readonly key: Uint8Array;
  readonly durability: Durability;
  close(): void;
}

/** The verbs on one customer's database: each is one transaction, and lets timers run (leases renew) when it is done. */
export const sqliteStore = (files: CustomerFiles): Store => {
  const { database, random, clock } = files;
  const erased = new ErasedPeople(database, files.key, files.customer);

  /** After the commit, so the file never knows more than the database. A crash in between only makes it late. */
  const keepHead = (): void => writeHead(files.headFile, headOf(database), files.durability);

  const write = async <T>(lease: Lease | null, work: () => T): Promise<T> => {
    const before = headOf(database).n;
    const result = database.write(() => {
      if (lease !== null) requireFence(database, files.customer, lease);
      return work();
    });
    if (headOf(database).n !== before) keepHead();
    await nextTurn();
    return result;
  };

  const read = async <T>(work: () => T): Promise<T> => {
    const result = database.read(work);
    await nextTurn();
    return result;
  };

  const saveNote = (profile: string, key: string, value: unknown): void => {
    registerProfile(database, profile);
    if (value === null) {
      database.run('DELETE FROM note WHERE profile = ? AND key = ?', profile, key);
      return;
    }
    database.run(
      `INSERT INTO note (profile, key, content) VALUES (?, ?, ?)
       ON CONFLICT (profile, key) DO UPDATE SET content = excluded.content`,
      profile,
      key,
      plainJson(value),
    );
  };

  return {
    known: (system, records, addresses) =>
      read(() => {
        const id = systemId(database, system);
        if (id === null) return { shadows: [], intents: [] };
        const keys = records.map(recordKey);
        return {
          shadows: shadowsAbout(database, id, keys, addresses).map((one) => one.shadow),
          intents: recentIntents(database, id, keys, addresses, clock.now()),
        };
      }),

    commitPage: (lease, whole, at) =>
      write(lease, () => {
        const page = erased.namelessPage(whole);
        const numbers = append(
          database,
          random,
          page.facts.map((fact) => factEntry(fact, at)),
        );
        const sighted = saveShadows(database, ensureSystem(database, page.system), page.shadows);
        if (page.run !== null) {
          const fresh = countSeen(database, page.run, page.system.role, sighted);
          countStanding(database, page.run, page.system.role, page.shadows, fresh);
          countUnaddressed(database, page.run, page.system.role, page.shadows);
        }
        answerIntents(database, page.intents);
        markEverywhere(database, page.dirtyFields, at, 'fields');
        markEverywhere(database, page.dirty, at);
        if (page.atWork !== undefined) markElsewhere(database, page.atWork.profile, page.atWork.addresses, at);
        if (page.cursor !== null) {
          database.run(
            'INSERT INTO cursor (stream, next) VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET next = excluded.next',
            page.cursor.stream,
            page.cursor.next,
          );
        }
        return numbers;
      }),

    cursor: (stream) =>
      read(() => database.one<{ next: string }>('SELECT next FROM cursor WHERE stream = ?', stream)?.next ?? null),

    dropCursor: (lease, stream) =>
      write(lease, () => {
        database.run('DELETE FROM cursor WHERE stream = ?', stream);
      }),

    dirty: (profile, now, after, limit, consentSince = null) =>
      read(() => dueMarks(database, profile, now, after, limit, consentSince)),
    newestMark: () => read(() => newestMark(database)),
    marks: (profile, addresses) => read(() => marksOf(database, profile, addresses)),
    neighbourhood: (profile, systems, addresses) => read(() => neighbourhoodOf(database, profile, systems, addresses)),
    unseen: (system, before, after, limit) => unseenShadows(database, system, before, after, limit, nextTurn),
    count: (system) => read(() => countLive(database, system)),
    countPaidOptedOut: (system) => read(() => countPaidOptedOut(database, system)),
    intend: (lease, intents) => write(lease, () => addIntents(database, intents)),
    openIntents: (profile) => read(() => openIntentsOf(database, profile)),
    saveJob: (lease, job, intents) => write(lease, () => saveJob(database, job, intents)),
    jobs: (profile) => read(() => jobsOf(database, profile)),
    intentsOfJob: (job) => read(() => intentsOfJob(database, job)),
    endJob: (lease, job) => write(lease, () => endJob(database, job)),

    enlist: (lease, profile, list, addresses) => write(lease, () => enlist(database, profile, list, addresses)),
    enlisted: (profile, list, among) => read(() => enlistedOf(database, profile, list, among)),
    worklist: (profile, list, after, limit) => read(() => worklistOf(database, profile, list, after, limit)),
    countEnlisted: (profile, list) => read(() => countEnlisted(database, profile, list)),
    clearWorklist: (lease, profile, list) => write(lease, () => clearWorklist(database, profile, list)),

    settle: (lease, profile, run, settlements, intents, changes) =>
      write(lease, () => {
        append(
          database,
          random,
          changes.map((change) => changeEntry(profile, run, change)),
        );
        answerIntents(database, intents);
        saveSettlements(database, profile, run, settlements);
        countSettled(database, run, settlements);
      }),

    enter: (entries, dirty, at) =>
      write(null, () => {
        const facts = append(
          database,
          random,
          erased.namelessFacts(entries.facts).map((fact) => factEntry(fact, at)),
        );
        const decisions = appendDecisions(database, random, entries.decisions, at);
        markEverywhere(database, withRelatives(database, erased.renamed(dirty)), at);
        return [...facts, ...decisions];
      }),

    optOutLists: optOutListsOf({ database, random, erased, read, write: (work) => write(null, work) }),
    erasures: erasuresOf({
      database,
      random,
      clock,
      erased,
      read,
      write,
      keep: () => writeErasedFile(files.erasedFile, erased, files.durability),
    }),
    factsOf: (addresses) => read(() => factsAt(database, addresses)),
    factsOfRun: (run) => read(() => factsOfRun(database, run)),
    entriesOf: (address) => read(() => entriesAt(database, address)),
    verifyLedger: () => verifyChain(database, readHead(files.headFile), nextTurn),
    head: () => read(() => headOf(database)),

    note: (profile, key) =>
      read(() => {
        const row = database.one<{ content: string }>(
          'SELECT content FROM note WHERE profile = ? AND key = ?',
          profile,
          key,
        );
        return row === undefined ? null : parsed<unknown>(row.content);
      }),

    held: heldPeopleOf({ database, read, write }),
    replaceNote: (profile, key, before, after, moves = []) =>
      write(null, () => {
        const row = database.one<{ content: string }>(
          'SELECT content FROM note WHERE profile = ? AND key = ?',
          profile,
          key,
        );
        if (canonicalJson(row === undefined ? null : parsed<unknown>(row.content)) !== canonicalJson(before))
          return false;
        saveNote(profile, key, after);
        for (const move of moves) moveHeld(database, profile, move);
        return true;
      }),
    countDirty: (profile, now) =>
      read(
        () =>
          database.one<{ n: number }>('SELECT count(*) AS n FROM dirty WHERE profile = ? AND due <= ?', profile, now)
            ?.n ?? 0,
      ),

    putNote: (profile, key, value) => write(null, () => saveNote(profile, key, value)),

    beginRun: (run) => write(null, () => saveNewRun(database, run)),
    runCounts: (run) => read(() => countsOf(database, run)),
    finishRun: (run) => write(null, () => saveRun(database, run)),
    runs: (profile, limit) => read(() => runsOf(database, profile, limit)),
    run: (id) => read(() => runDetails(database, id)),
    owed: (profile) => read(() => owedIn(database, profile)),
    setAside: (profile) => read(() => setAsideIn(database, profile)),
    countWaiting: (profile) => read(() => countWaiting(database, profile)),

    retry: (profile, now) =>
      write(null, () => {
        const addresses = [...new Set(setAsideIn(database, profile).map((line) => line.address))];
        markIn(database, profile, addresses, now);
        database.run('UPDATE set_aside SET retry_at = ? WHERE profile = ?', now, profile);
        return addresses.length;
      }),

    countListed: (profile) => read(() => countListed(database, profile)),
    listed: (profile, reason) => read(() => listedIn(database, profile, reason)),

    markDirty: (profile, addresses, at) =>
      write(null, () => {
        registerProfile(database, profile);
        if (addresses === null) markAllIn(database, profile, at);
        else markIn(database, profile, erased.renamed(addresses), at);
      }),

    prune: (now) =>
      write(null, () => {
        pruneIntents(database, now);
        pruneRuns(database, now);
      }),

    restored: (profile) =>
      read(() => {
        const at =
          database.one<{ restored_at: Millis | null }>('SELECT restored_at FROM customer')?.restored_at ?? null;
        const row = database.one<{ recovered_at: Millis | null }>(
          'SELECT recovered_at FROM profile WHERE name = ?',
          profile,
        );
        return at !== null && (row?.recovered_at ?? Number.NEGATIVE_INFINITY) < at ? at : null;
      }),

    recovered: (lease, profile) =>
      write(lease, () => {
        registerProfile(database, profile);
        database.run('UPDATE profile SET recovered_at = (SELECT restored_at FROM customer) WHERE name = ?', profile);
      }),

    async close() {
      files.close();
    },
  };
};
