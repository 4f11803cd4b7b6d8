import type { Migration } from './migrate.ts';

/**
 * One customer's database. Content that only the engine reads is JSON; a column of its own has what is searched by.
 * `record` columns hold `recordKey` (`Contact/003...`), empty for "no record". Times are milliseconds.
 */
export const CUSTOMER: readonly Migration[] = [
  `
-- One row: the newest fence that was given out, the newest dirty mark, when this database was noticed to be a restored one.
CREATE TABLE customer (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  fence INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  restored_at INTEGER
) STRICT;
INSERT INTO customer (one, fence, mark) VALUES (1, 0, 0);

CREATE TABLE profile (name TEXT PRIMARY KEY, recovered_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE system (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  connection TEXT NOT NULL,
  container TEXT NOT NULL,
  UNIQUE (role, connection, container)
) STRICT;
CREATE TABLE cursor (stream TEXT PRIMARY KEY, next TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The ledger (C25). The chain holds nothing personal and is never changed; what was said stands beside it and can be erased.
CREATE TABLE chain (n INTEGER PRIMARY KEY, commitment BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TRIGGER chain_keeps BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger only grows (C25)'); END;
CREATE TRIGGER chain_grows BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'the ledger only grows (C25)'); END;
CREATE TABLE entry (
  n INTEGER PRIMARY KEY REFERENCES chain (n),
  salt BLOB NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  address TEXT,
  run TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX entry_address ON entry (address, kind) WHERE address IS NOT NULL;
CREATE INDEX entry_run ON entry (run, kind) WHERE run IS NOT NULL;
CREATE TABLE decided (fact INTEGER NOT NULL, decision INTEGER NOT NULL, PRIMARY KEY (fact, decision)) STRICT, WITHOUT ROWID;

-- What was last seen of each record. Times of seeing stand apart: an unchanged record costs one narrow row.
CREATE TABLE shadow (
  id INTEGER PRIMARY KEY,
  system INTEGER NOT NULL REFERENCES system (id),
  record TEXT NOT NULL,
  heir TEXT,
  live INTEGER NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (system, record)
) STRICT;
CREATE INDEX shadow_heir ON shadow (system, heir) WHERE heir IS NOT NULL;
CREATE INDEX shadow_live ON shadow (system, record) WHERE live = 1;
CREATE TABLE sighting (
  shadow INTEGER PRIMARY KEY REFERENCES shadow (id) ON DELETE CASCADE,
  read_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  tally INTEGER
) STRICT;
CREATE TABLE stay (
  address TEXT NOT NULL,
  shadow INTEGER NOT NULL REFERENCES shadow (id) ON DELETE CASCADE,
  PRIMARY KEY (address, shadow)
) STRICT, WITHOUT ROWID;

CREATE TABLE intent (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  system INTEGER NOT NULL REFERENCES system (id),
  record TEXT NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,
  seen INTEGER NOT NULL,
  answered_at INTEGER,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX intent_record ON intent (system, record);
CREATE INDEX intent_address ON intent (system, address);
CREATE INDEX intent_open ON intent (profile) WHERE state = 'open';
-- Outlives the intents: a member is invited or created once (C11, C19).
CREATE TABLE member_create (op TEXT PRIMARY KEY, address TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX member_create_address ON member_create (address);

CREATE TABLE dirty (
  profile TEXT NOT NULL,
  address TEXT NOT NULL,
  mark INTEGER NOT NULL,
  due INTEGER NOT NULL,
  PRIMARY KEY (profile, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE link (
  profile TEXT NOT NULL,
  member TEXT NOT NULL,
  crm TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (profile, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_crm ON link (profile, crm);
CREATE TABLE owed (
  profile TEXT NOT NULL,
  address TEXT NOT NULL,
  side TEXT NOT NULL,
  record TEXT NOT NULL,
  rule TEXT NOT NULL,
  since INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (profile, address, side, record, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE set_aside (
  profile TEXT NOT NULL,
  address TEXT NOT NULL,
  side TEXT NOT NULL,
  record TEXT NOT NULL,
  field TEXT NOT NULL,
  message TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at INTEGER,
  content TEXT NOT NULL,
  PRIMARY KEY (profile, address, side, record, field, message)
) STRICT, WITHOUT ROWID;
CREATE TABLE listed (
  id INTEGER PRIMARY KEY,
  profile TEXT NOT NULL,
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX listed_address ON listed (profile, address);
CREATE TABLE note (
  profile TEXT NOT NULL,
  key TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (profile, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  profile TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  pruned INTEGER NOT NULL DEFAULT 0,
  report TEXT NOT NULL
) STRICT;
CREATE INDEX run_profile ON run (profile, id);
-- How many records of a run stand in a bucket; a record points at its tally from its sighting, or from stray_tally if it
-- has no shadow or was not read in this run. AUTOINCREMENT: an old pointer must never mean a newer run.
CREATE TABLE tally (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  side TEXT NOT NULL,
  bucket TEXT NOT NULL,
  reason TEXT NOT NULL,
  records INTEGER NOT NULL,
  UNIQUE (run, side, bucket, reason)
) STRICT;
CREATE TABLE stray_tally (
  run TEXT NOT NULL,
  side TEXT NOT NULL,
  record TEXT NOT NULL,
  tally INTEGER NOT NULL,
  PRIMARY KEY (run, side, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE set_aside_line (
  run TEXT NOT NULL,
  side TEXT NOT NULL,
  record TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (run, side, record)
) STRICT, WITHOUT ROWID;
-- What a run listed and set aside, as it was then; kept 30 days.
CREATE TABLE run_detail (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX run_detail_address ON run_detail (run, address);
`,
  `
-- Jobs of a vendor that are under way, and addresses that a run noted for later: nothing in memory grows with the audience.
CREATE TABLE job (id TEXT PRIMARY KEY, profile TEXT NOT NULL, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX job_profile ON job (profile);
ALTER TABLE intent ADD COLUMN job TEXT;
CREATE INDEX intent_job ON intent (job) WHERE job IS NOT NULL AND state = 'open';
CREATE INDEX intent_job_address ON intent (address) WHERE job IS NOT NULL AND state = 'open';
-- The mark by which something that may concern consent last made the address dirty; 0: nothing did.
ALTER TABLE dirty ADD COLUMN consent INTEGER NOT NULL DEFAULT 0;
UPDATE dirty SET consent = mark;
CREATE TABLE worklist (
  profile TEXT NOT NULL,
  list TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (profile, list, address)
) STRICT, WITHOUT ROWID;
`,
  `
-- Opt-out lists (C20): their last versions, who stands on them, and files that are being read. Consent is the facts alone.
CREATE TABLE opt_out_list (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  addresses INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE list_address (
  list TEXT NOT NULL,
  address TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (list, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE list_draft (id INTEGER PRIMARY KEY AUTOINCREMENT, begun_at INTEGER NOT NULL) STRICT;
CREATE TABLE list_draft_address (
  draft INTEGER NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (draft, address)
) STRICT, WITHOUT ROWID;
`,
  `
-- A member of one audience is no member of another; whoever was invited once is invited nowhere again (C11, C19). Null: nobody knows where.
ALTER TABLE member_create ADD COLUMN system INTEGER REFERENCES system (id);
ALTER TABLE member_create ADD COLUMN invites INTEGER NOT NULL DEFAULT 0;
UPDATE member_create SET system = (SELECT system FROM intent WHERE id = op AND content NOT LIKE '%"as":"pending"%');
`,
  `
-- Members who opted out of everything and are paid for all the same (C13): counted from an index of them alone.
ALTER TABLE shadow ADD COLUMN paid_opted_out INTEGER NOT NULL DEFAULT 0;
CREATE INDEX shadow_paid_opted_out ON shadow (system) WHERE paid_opted_out = 1;
`,
  `
-- Erased people (C25): keyed hashes of their addresses and of their vendor records, and the name their opt-outs are kept under.
CREATE TABLE erased (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_name ON erased (name);
-- By which key they were hashed; and whether deleted rows may still be readable in the file.
ALTER TABLE customer ADD COLUMN key_check TEXT;
ALTER TABLE customer ADD COLUMN unswept INTEGER NOT NULL DEFAULT 0;
`,
  `
-- Rows say less twice, so that a contact takes half the room: what an answer brings is in columns, and the content stays as it was sent.
ALTER TABLE intent ADD COLUMN made TEXT;
-- Writes of fields alone explain nothing that a read shows (C8): they are done with once they are answered.
DELETE FROM intent WHERE state <> 'open' AND content ->> '$.op.kind' <> 'opt-out' AND content ->> '$.because' = '[]';
CREATE TABLE member_made (
  address TEXT NOT NULL,
  op TEXT NOT NULL,
  system INTEGER REFERENCES system (id),
  invites INTEGER NOT NULL,
  PRIMARY KEY (address, op)
) STRICT, WITHOUT ROWID;
INSERT INTO member_made (address, op, system, invites) SELECT address, op, system, invites FROM member_create;
DROP TABLE member_create;
ALTER TABLE member_made RENAME TO member_create;
`,
  `
-- Whom guards hold and whom somebody released (C23), which had stood whole in the service document of the profile.
CREATE TABLE held_person (
  profile TEXT NOT NULL,
  held TEXT NOT NULL,
  address TEXT NOT NULL,
  facts TEXT NOT NULL,
  writes INTEGER NOT NULL,
  PRIMARY KEY (profile, held, address)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO held_person (profile, held, address, facts, writes)
SELECT note.profile, 'released', person.value, '[]', 0
FROM note, json_each(note.content, '$.released.addresses') AS person WHERE note.key = 'service';
CREATE TABLE held_fact (profile TEXT, held TEXT, address TEXT, n INTEGER, PRIMARY KEY (profile, held, address, n)) STRICT, WITHOUT ROWID;
INSERT INTO held_fact
SELECT DISTINCT note.profile, (hold.value ->> '$.kind') || ' ' || (hold.value ->> '$.run'), entry.address, entry.n
FROM note, json_each(note.content, '$.holds') AS hold, json_each(hold.value, '$.facts') AS fact JOIN entry ON entry.n = fact.value
WHERE note.key = 'service' AND entry.address IS NOT NULL AND json_array_length(hold.value, '$.addresses') > 0;
INSERT OR IGNORE INTO held_person (profile, held, address, facts, writes)
SELECT note.profile, (hold.value ->> '$.kind') || ' ' || (hold.value ->> '$.run'), person.value, '[]', 1
FROM note, json_each(note.content, '$.holds') AS hold, json_each(hold.value, '$.addresses') AS person
WHERE note.key = 'service';
-- A fact of an address that somebody came from stands with the first of them: a rejection is of the whole set.
UPDATE held_fact SET address = (
  SELECT min(address) FROM held_person WHERE held_person.profile = held_fact.profile AND held_person.held = held_fact.held)
WHERE NOT EXISTS (SELECT 1 FROM held_person WHERE held_person.profile = held_fact.profile
  AND held_person.held = held_fact.held AND held_person.address = held_fact.address);
UPDATE held_person SET facts = (
  SELECT json_group_array(n ORDER BY n) FROM held_fact WHERE held_fact.profile = held_person.profile
  AND held_fact.held = held_person.held AND held_fact.address = held_person.address);
DROP TABLE held_fact;
-- What a document does not say, it does not say afterwards either.
UPDATE note SET content = json_replace(json_remove(content, '$.released.addresses'), '$.holds', json((
  SELECT json_group_array(json(json_remove(json_set(hold.value,
    '$.people', coalesce(json_array_length(hold.value, '$.addresses'), 0),
    '$.set', CASE coalesce(json_array_length(hold.value, '$.addresses'), 0)
      WHEN 0 THEN NULL ELSE (hold.value ->> '$.kind') || ' ' || (hold.value ->> '$.run') END
  ), '$.addresses', '$.facts'))) FROM json_each(content, '$.holds') AS hold)))
WHERE key = 'service';
`,
];

/** The part of `accounts.db` that says who may write for which customer; account quotas have their own part. */
export const LEASES: readonly Migration[] = [
  `CREATE TABLE lease (
  customer TEXT PRIMARY KEY,
  fence INTEGER NOT NULL,
  holder TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
];
