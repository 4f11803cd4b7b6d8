import type { AddressKey, Intent, Job } from '@heed/core';
import type { Database } from './database.ts';
import { addIntents, openIntentsIn } from './intents.ts';
import { jsonList, parsed, plainJson } from './json.ts';

export const saveJob = (database: Database, job: Job, intents: readonly Intent[]): void => {
  database.run(
    'INSERT INTO job (id, profile, content) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content',
    job.id,
    job.profile,
    plainJson(job),
  );
  addIntents(database, intents);
};

/** In the order they were opened: ids sort by time. */
export const jobsOf = (database: Database, profile: string): readonly Job[] =>
  database
    .all<{ content: string }>('SELECT content FROM job WHERE profile = ? ORDER BY id', profile)
    .map((row) => parsed<Job>(row.content));

export const intentsOfJob = (database: Database, job: string): readonly Intent[] =>
  openIntentsIn(database, `job = ? AND state = 'open'`, job);

/** Those of these addresses that have a write in a job which has not told yet what became of it. */
export const addressesInJobs = (database: Database, addresses: Iterable<AddressKey>): readonly AddressKey[] =>
  database
    .all<{ address: AddressKey }>(
      `SELECT DISTINCT address FROM intent
       WHERE job IS NOT NULL AND state = 'open' AND address IN (SELECT value FROM json_each(?)) ORDER BY address`,
      jsonList(addresses),
    )
    .map((row) => row.address);

export const endJob = (database: Database, job: string): void => {
  database.run('DELETE FROM job WHERE id = ?', job);
};
