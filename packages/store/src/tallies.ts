import {
  type AddressKey,
  type Bucket,
  isRecordAddress,
  recordKey,
  type Settlement,
  type Shadow,
  type SideCounts,
} from '@heed/core';
import type { Database } from './database.ts';
import { jsonList, parsed, plainJson } from './json.ts';
import { listedAt, setAsideAt } from './settle.ts';
import type { Sighted } from './shadows.ts';

type Side = 'crm' | 'marketing';
const NOBODY = '' as AddressKey;
type SetAsideLine = SideCounts['setAside'][number];

/**
 * The stronger bucket keeps a record: what was done to it says more than what was not. That it was held, not synced or
 * unchanged is the state of the moment, so among these the latest word counts.
 */
const STRENGTH: Readonly<Record<Bucket, number>> = {
  created: 4,
  optedOut: 3,
  updated: 2,
  setAside: 1,
  held: 0,
  notSynced: 0,
  unchanged: 0,
};

interface Tally {
  readonly id: number;
  readonly side: Side;
  readonly bucket: Bucket;
  readonly reason: string;
  readonly records: number;
}

/** The tallies of one run, changed in memory and written at the end of the transaction. */
class RunTallies {
  private readonly database: Database;
  private readonly run: string;
  private readonly tallies = new Map<string, Tally>();
  private readonly byId = new Map<number, Tally>();
  private readonly gained = new Map<number, number>();

  constructor(database: Database, run: string) {
    this.database = database;
    this.run = run;
    const rows = database.all<Tally>('SELECT id, side, bucket, reason, records FROM tally WHERE run = ?', run);
    for (const row of rows) this.know(row);
  }

  private know(tally: Tally): Tally {
    this.tallies.set(`${tally.side}|${tally.bucket}|${tally.reason}`, tally);
    this.byId.set(tally.id, tally);
    return tally;
  }

  /** Undefined if the number belongs to another run. */
  get(id: number | null): Tally | undefined {
    return id === null ? undefined : this.byId.get(id);
  }

  of(side: Side, bucket: Bucket, reason: string): Tally {
    const known = this.tallies.get(`${side}|${bucket}|${reason}`);
    if (known !== undefined) return known;
    const { lastId } = this.database.run(
      'INSERT INTO tally (run, side, bucket, reason, records) VALUES (?, ?, ?, ?, 0)',
      this.run,
      side,
      bucket,
      reason,
    );
    return this.know({ id: lastId, side, bucket, reason, records: 0 });
  }

  add(tally: Tally, records: number): void {
    this.gained.set(tally.id, (this.gained.get(tally.id) ?? 0) + records);
  }

  write(): void {
    for (const [id, records] of this.gained) {
      if (records !== 0) this.database.run('UPDATE tally SET records = records + ? WHERE id = ?', records, id);
    }
  }
}

/** Records that a page showed are `unchanged`, unless this run has already put them in a bucket. Returns those. */
export const countSeen = (
  database: Database,
  run: string,
  side: Side,
  sighted: readonly Sighted[],
): ReadonlySet<string> => {
  const tallies = new RunTallies(database, run);
  const fresh = sighted.filter(({ tally }) => tallies.get(tally) === undefined);
  if (fresh.length === 0) return new Set();
  const strays = strayTallies(database, run, side, fresh);
  const unchanged = tallies.of(side, 'unchanged', '');
  const uncounted = fresh.filter(({ record }) => !strays.has(record));
  database.run(
    'UPDATE sighting SET tally = ? WHERE shadow IN (SELECT value FROM json_each(?))',
    unchanged.id,
    jsonList(uncounted.map(({ shadow }) => shadow)),
  );
  tallies.add(unchanged, uncounted.length);
  tallies.write();
  return new Set(uncounted.map(({ record }) => record));
};

/** What earlier runs left standing about a record still stands if this one only reads it: not synced, or set aside. */
export const countStanding = (
  database: Database,
  run: string,
  side: Side,
  shadows: readonly Shadow[],
  fresh: ReadonlySet<string>,
): void => {
  const profile = database.one<{ profile: string }>('SELECT profile FROM run WHERE name = ?', run)?.profile;
  const here = shadows.filter(({ record, life }) => life.kind === 'live' && fresh.has(recordKey(record)));
  const addresses = [...new Set(here.flatMap(({ address }) => address ?? []))];
  if (profile === undefined || addresses.length === 0) return;
  const reasons = listedAt(database, profile, jsonList(addresses));
  const aside = setAsideAt(database, profile, jsonList(addresses));
  if (reasons.size + aside.length === 0) return;
  const standing = here.flatMap(({ record, address }) => {
    if (address === null) return [];
    const lines = aside.filter(
      (one) => one.side === side && one.record !== null && recordKey(one.record) === recordKey(record),
    );
    const reason = reasons.get(address) ?? null;
    if (lines.length === 0 && reason === null) return [];
    const bucket = lines.length > 0 ? ('setAside' as const) : ('notSynced' as const);
    return [
      { address, setAside: lines, buckets: [{ side, record, bucket, reason: lines.length > 0 ? null : reason }] },
    ];
  });
  countSettled(database, run, standing);
};

const strayTallies = (
  database: Database,
  run: string,
  side: Side,
  records: Iterable<{ readonly record: string }>,
): ReadonlyMap<string, number> => {
  // Most runs have none; a question per record would cost more than all the rest of a page.
  const any = database.one('SELECT 1 FROM stray_tally WHERE run = ? AND side = ? LIMIT 1', run, side);
  if (any === undefined) return new Map();
  const rows = database.all<{ record: string; tally: number }>(
    'SELECT record, tally FROM stray_tally WHERE run = ? AND side = ? AND record IN (SELECT value FROM json_each(?))',
    run,
    side,
    jsonList([...records].map(({ record }) => record)),
  );
  return new Map(rows.map((row) => [row.record, row.tally]));
};

/** Where a record's tally stands: on its sighting, or among the strays. */
interface Place {
  tally: Tally;
  readonly shadow: number | null;
}

/** A record without a usable address is not synced, whatever is decided about its opt-out: it is counted when it is read. */
export const countUnaddressed = (database: Database, run: string, side: Side, shadows: readonly Shadow[]): void => {
  const buckets = shadows
    .filter(({ address, life }) => (address === null || isRecordAddress(address)) && life.kind === 'live')
    .map(({ record, email }) => {
      const reason = email === null ? 'no-address' : 'invalid-address';
      return { side, record, bucket: 'notSynced', reason } as const;
    });
  if (buckets.length > 0) countSettled(database, run, [{ address: NOBODY, buckets, setAside: [] }]);
};

/** Moves records to the buckets that settlements name; a weaker bucket never takes a record from a stronger one. */
export const countSettled = (
  database: Database,
  run: string,
  settlements: readonly Pick<Settlement, 'address' | 'buckets' | 'setAside'>[],
): void => {
  const tallies = new RunTallies(database, run);
  const named = settlements.flatMap((settlement) =>
    settlement.buckets.map((entry) => ({ ...entry, key: recordKey(entry.record), settlement })),
  );
  for (const side of ['crm', 'marketing'] as const) {
    const here = named.filter((entry) => entry.side === side);
    if (here.length === 0) continue;
    const places = placesOf(
      database,
      tallies,
      run,
      side,
      here.map(({ key }) => key),
    );
    const moved = new Map<string, Place>();
    for (const { key, bucket, reason, settlement } of here) {
      const place = places.get(key);
      if (place !== undefined && STRENGTH[bucket] < STRENGTH[place.tally.bucket]) continue;
      const tally = tallies.of(side, bucket, bucket === 'notSynced' ? (reason ?? '') : '');
      if (bucket === 'setAside') saveLine(database, run, side, key, lineOf(settlement, side, key, reason));
      else if (place?.tally.bucket === 'setAside') dropLine(database, run, side, key);
      if (place !== undefined) tallies.add(place.tally, -1);
      tallies.add(tally, 1);
      const next: Place = { tally, shadow: place?.shadow ?? null };
      if (place?.tally !== tally) moved.set(key, next);
      places.set(key, next);
    }
    savePlaces(database, run, side, moved);
  }
  tallies.write();
};

const placesOf = (
  database: Database,
  tallies: RunTallies,
  run: string,
  side: Side,
  keys: readonly string[],
): Map<string, Place> => {
  const places = new Map<string, Place>();
  const strays = strayTallies(
    database,
    run,
    side,
    keys.map((record) => ({ record })),
  );
  for (const [record, id] of strays) {
    const tally = tallies.get(id);
    if (tally !== undefined) places.set(record, { tally, shadow: null });
  }
  // Two audiences may hold the same record id: the sighting that points into this run is the one this run read.
  const rows = database.all<{ record: string; shadow: number; tally: number | null }>(
    `SELECT record, sighting.shadow, tally FROM shadow CROSS JOIN sighting ON sighting.shadow = shadow.id
     WHERE system IN (SELECT id FROM system WHERE role = ?) AND record IN (SELECT value FROM json_each(?))`,
    side,
    jsonList(keys),
  );
  for (const row of rows) {
    const tally = tallies.get(row.tally);
    if (tally !== undefined) places.set(row.record, { tally, shadow: row.shadow });
  }
  return places;
};

const savePlaces = (database: Database, run: string, side: Side, moved: ReadonlyMap<string, Place>): void => {
  const onSightings = new Map<number, number[]>();
  for (const [key, { tally, shadow }] of moved) {
    if (shadow !== null) {
      const same = onSightings.get(tally.id);
      if (same === undefined) onSightings.set(tally.id, [shadow]);
      else same.push(shadow);
      continue;
    }
    database.run(
      `INSERT INTO stray_tally (run, side, record, tally) VALUES (?, ?, ?, ?)
       ON CONFLICT (run, side, record) DO UPDATE SET tally = excluded.tally`,
      run,
      side,
      key,
      tally.id,
    );
  }
  for (const [tally, shadows] of onSightings) {
    database.run(
      'UPDATE sighting SET tally = ? WHERE shadow IN (SELECT value FROM json_each(?))',
      tally,
      jsonList(shadows),
    );
  }
};

const lineOf = (
  settlement: Pick<Settlement, 'address' | 'setAside'>,
  side: Side,
  key: string,
  reason: string | null,
): SetAsideLine => {
  const why =
    settlement.setAside.find((line) => line.side === side && line.record !== null && recordKey(line.record) === key) ??
    settlement.setAside.find((line) => line.side === side);
  return {
    record: key,
    address: settlement.address,
    field: why?.field ?? null,
    rule: why?.rule ?? '',
    message: why?.message ?? reason ?? '',
  };
};

const saveLine = (database: Database, run: string, side: Side, key: string, line: SetAsideLine): void => {
  database.run(
    `INSERT INTO set_aside_line (run, side, record, content) VALUES (?, ?, ?, ?)
     ON CONFLICT (run, side, record) DO UPDATE SET content = excluded.content`,
    run,
    side,
    key,
    plainJson(line),
  );
};

const dropLine = (database: Database, run: string, side: Side, key: string): void => {
  database.run('DELETE FROM set_aside_line WHERE run = ? AND side = ? AND record = ?', run, side, key);
};

/** The counters of one side; `read` is the number of records in all buckets together. */
export const sideCounts = (database: Database, run: string, side: Side): SideCounts => {
  const rows = database.all<Omit<Tally, 'id' | 'side'>>(
    'SELECT bucket, reason, records FROM tally WHERE run = ? AND side = ? AND records > 0 ORDER BY reason',
    run,
    side,
  );
  const count = (bucket: Bucket): number => rows.find((row) => row.bucket === bucket)?.records ?? 0;
  const setAside = database.all<{ content: string }>(
    'SELECT content FROM set_aside_line WHERE run = ? AND side = ? ORDER BY record',
    run,
    side,
  );
  return {
    read: rows.reduce((sum, row) => sum + row.records, 0),
    created: count('created'),
    updated: count('updated'),
    optedOut: count('optedOut'),
    unchanged: count('unchanged'),
    held: count('held'),
    notSynced: Object.fromEntries(
      rows.filter((row) => row.bucket === 'notSynced').map((row) => [row.reason, row.records]),
    ),
    setAside: setAside.map((row) => parsed<SetAsideLine>(row.content)),
  };
};
