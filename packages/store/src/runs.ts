import type { Millis } from '@heed/contract';
import type { Listed, RunChange, RunReport, SetAside, SideCounts } from '@heed/core';
import type { Database } from './database.ts';
import { KEPT_MS } from './intents.ts';
import { parsed, plainJson } from './json.ts';
import type { NewEntry } from './ledger.ts';
import { registerProfile } from './marks.ts';
import { sideCounts } from './tallies.ts';

interface RunRow {
  readonly name: string;
  readonly pruned: number;
  readonly report: string;
}

/** What the ledger keeps of a change (who, what, which rule, which facts). */
export const changeEntry = (profile: string, run: string, change: RunChange): NewEntry => ({
  at: change.at,
  kind: 'change',
  address: change.address,
  run,
  body: { ...change, profile },
});

export const saveNewRun = (database: Database, run: RunReport): void => {
  registerProfile(database, run.profile);
  // Only a run under way moves records between buckets, and a profile has one at a time.
  database.run(
    'DELETE FROM stray_tally WHERE run IN (SELECT name FROM run WHERE profile = ? AND name <> ?)',
    run.profile,
    run.run,
  );
  saveRun(database, run);
};

export const saveRun = (database: Database, run: RunReport): void => {
  database.run(
    `INSERT INTO run (name, profile, started_at, report) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET report = excluded.report`,
    run.run,
    run.profile,
    run.startedAt,
    plainJson(run),
  );
};

/** From the tallies; of a run whose details were pruned, what its report said. */
export const countsOf = (database: Database, run: string): Pick<RunReport, 'crm' | 'marketing'> => {
  const row = database.one<RunRow>('SELECT name, pruned, report FROM run WHERE name = ?', run);
  if (row !== undefined && row.pruned === 1) {
    const { crm, marketing } = parsed<RunReport>(row.report);
    return { crm, marketing };
  }
  return { crm: sideCounts(database, run, 'crm'), marketing: sideCounts(database, run, 'marketing') };
};

/** Newest first. */
export const runsOf = (database: Database, profile: string | null, limit: number): readonly RunReport[] =>
  database
    .all<{ report: string }>(
      profile === null
        ? 'SELECT report FROM run ORDER BY id DESC LIMIT ?'
        : 'SELECT report FROM run WHERE profile = ? ORDER BY id DESC LIMIT ?',
      ...(profile === null ? [limit] : [profile, limit]),
    )
    .map((row) => parsed<RunReport>(row.report));

export const runDetails = (database: Database, id: string) => {
  const row = database.one<RunRow>('SELECT name, pruned, report FROM run WHERE name = ?', id);
  if (row === undefined) return null;
  const details = <T>(kind: 'listed' | 'setAside'): readonly T[] =>
    database
      .all<{ content: string }>(
        'SELECT content FROM run_detail WHERE run = ? AND kind = ? ORDER BY address, id',
        id,
        kind,
      )
      .map((detail) => parsed<T>(detail.content));
  return {
    report: parsed<RunReport>(row.report),
    changes: database
      .all<{ body: string }>(`SELECT body FROM entry WHERE run = ? AND kind = 'change' ORDER BY n`, id)
      .map((entry) => withoutProfile(parsed<RunChange & { profile: string }>(entry.body))),
    setAside: details<SetAside>('setAside'),
    listed: details<Listed>('listed'),
  };
};

const withoutProfile = ({ profile: _profile, ...change }: RunChange & { profile: string }): RunChange => change;

/** Old runs keep their counts and lose what names people; changes stay in the ledger. */
export const pruneRuns = (database: Database, now: Millis): void => {
  const old = database.all<RunRow>(
    'SELECT name, pruned, report FROM run WHERE pruned = 0 AND started_at < ?',
    now - KEPT_MS,
  );
  for (const row of old) {
    const counts = countsOf(database, row.name);
    const report = {
      ...parsed<RunReport>(row.report),
      crm: nameless(counts.crm),
      marketing: nameless(counts.marketing),
    };
    database.run('UPDATE run SET pruned = 1, report = ? WHERE name = ?', plainJson(report), row.name);
    for (const table of ['tally', 'stray_tally', 'set_aside_line', 'run_detail']) {
      database.run(`DELETE FROM ${table} WHERE run = ?`, row.name);
    }
  }
};

const nameless = (counts: SideCounts): SideCounts => ({
  ...counts,
  setAside: counts.setAside.map((line) => ({ ...line, record: '', address: '' })),
});
