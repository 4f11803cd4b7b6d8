import type { RecordRef } from '@heed/contract';
import { type Intent, type Link, recordKey, recordRef } from '@heed/core';
import { type AgreedTexts, agreedFrom, agreedTexts } from './agreed.ts';
import type { Database } from './database.ts';
import { jsonList, parsed, saidJson } from './json.ts';

interface LinkRow {
  readonly member: string;
  readonly crm: string;
  readonly content: string;
}

const linkFrom = ({ member, crm, content }: LinkRow): Link => {
  const { agreed, left } = parsed<{ readonly agreed: AgreedTexts; readonly left?: boolean }>(content);
  return { member: recordRef(member), crm: recordRef(crm), agreed: agreedFrom(agreed), left: left ?? false };
};

/** A member has one link in a profile: a new one replaces it. One that says nothing new costs no write. */
export const saveLink = (database: Database, profile: string, { member, crm, agreed, left }: Link): void => {
  database.run(
    `INSERT INTO link (profile, member, crm, content) VALUES (?, ?, ?, ?)
     ON CONFLICT (profile, member) DO UPDATE SET crm = excluded.crm, content = excluded.content
     WHERE content <> excluded.content OR crm <> excluded.crm`,
    profile,
    recordKey(member),
    recordKey(crm),
    saidJson({ agreed: agreedTexts(agreed), left: left || undefined }),
  );
};

/** What a write that is done made agreed, over what the same two records agreed on before. */
export const linkDone = (database: Database, intent: Intent): void => {
  const record = intent.made ?? ('record' in intent.op ? intent.op.record : null);
  if (intent.partner === null || record === null) return;
  const [member, crm] = intent.system.role === 'crm' ? [intent.partner, record] : [record, intent.partner];
  const known =
    // A member that was just made had agreed on nothing.
    (intent.op.kind === 'create' && intent.state === 'applied' ? null : linkOf(database, intent.profile, member)) ??
    // A member whose id is made of its address is another one after a rename, and agreed on the same before.
    (intent.op.kind === 'rename' ? linkOf(database, intent.profile, intent.op.record) : null);
  const same = known !== null && recordKey(known.crm) === recordKey(crm);
  const agreed = { ...(same ? known.agreed : {}), ...intent.agrees };
  saveLink(database, intent.profile, { member, crm, agreed, left: intent.op.kind === 'leave' });
};

const linkOf = (database: Database, profile: string, member: RecordRef): Link | null => {
  const row = database.one<LinkRow>(
    'SELECT member, crm, content FROM link WHERE profile = ? AND member = ?',
    profile,
    recordKey(member),
  );
  return row === undefined ? null : linkFrom(row);
};

/** Links of these records on either side, by what `recordKey` calls them. */
export const linksOf = (database: Database, profile: string, records: Iterable<string>): readonly Link[] =>
  database
    .all<LinkRow>(
      `SELECT member, crm, content FROM link WHERE profile = ?1 AND member IN (SELECT value FROM json_each(?2))
       UNION
       SELECT member, crm, content FROM link INDEXED BY link_crm
       WHERE profile = ?1 AND crm IN (SELECT value FROM json_each(?2))`,
      profile,
      jsonList(records),
    )
    .map(linkFrom);
