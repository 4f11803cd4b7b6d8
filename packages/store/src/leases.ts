import type { Clock } from '@heed/contract';
import { type Lease, LeaseLost, type Leases } from '@heed/core';
import type { Database } from './database.ts';

interface Row {
  readonly fence: number;
  readonly holder: string | null;
  readonly expires_at: number;
}

/**
 * Leases in `accounts.db`, fences in the customer's own database as well: `raiseFence` waits there for a transaction of
 * the holder before, and every later one of that holder fails. So nobody reads a state that a stale runner still changes.
 */
export const sqliteLeases = (
  database: Database,
  clock: Clock,
  fences: { newest(customer: string): number; raise(customer: string, fence: number): boolean },
): Leases => ({
  async acquire(customer, holder, ttlMs) {
    const newest = fences.newest(customer);
    const fence = database.write(() => {
      const row = database.one<Row>('SELECT fence, holder, expires_at FROM lease WHERE customer = ?', customer);
      const now = clock.now();
      if (row !== undefined && row.holder !== null && row.holder !== holder && row.expires_at > now) return null;
      // The larger of both: either file may have come back from a backup.
      const next = Math.max(row?.fence ?? 0, newest) + 1;
      database.run(
        `INSERT INTO lease (customer, fence, holder, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (customer)
         DO UPDATE SET fence = excluded.fence, holder = excluded.holder, expires_at = excluded.expires_at`,
        customer,
        next,
        holder,
        now + ttlMs,
      );
      return next;
    });
    if (fence === null || !fences.raise(customer, fence)) return null;
    return { customer, fence };
  },

  async renew(lease, ttlMs) {
    return database.write(
      () =>
        database.run(
          'UPDATE lease SET expires_at = ? WHERE customer = ? AND fence = ? AND holder IS NOT NULL',
          clock.now() + ttlMs,
          lease.customer,
          lease.fence,
        ).changes === 1,
    );
  },

  async release(lease) {
    database.write(() =>
      database.run(
        'UPDATE lease SET holder = NULL, expires_at = 0 WHERE customer = ? AND fence = ?',
        lease.customer,
        lease.fence,
      ),
    );
  },
});

/** The newest fence that was given out for the customer of this database. */
export const newestFence = (database: Database): number =>
  database.one<{ fence: number }>('SELECT fence FROM customer')?.fence ?? 0;

/** False if a newer one was given out in the meantime. */
export const raiseFence = (database: Database, fence: number): boolean =>
  database.write(() => database.run('UPDATE customer SET fence = ? WHERE fence < ?', fence, fence).changes === 1);

/** Inside the transaction of a verb: throws LeaseLost if another process has taken over (I11). */
export const requireFence = (database: Database, customer: string, lease: Lease): void => {
  if (lease.customer !== customer) throw new Error(`a lease of ${lease.customer} does not write for ${customer}`);
  if (newestFence(database) !== lease.fence) throw new LeaseLost(customer);
};
