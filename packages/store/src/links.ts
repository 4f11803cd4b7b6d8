import type { RecordRef } from '@heed/contract';
import { type Intent, type Link, recordKey } from '@heed/core';
import type { Database } from './database.ts';
import { parsed, plainJson } from './json.ts';

/** A member has one link in a profile: a new one replaces it. One that says nothing new costs no write. */
export const saveLink = (database: Database, profile: string, link: Link): void => {
  database.run(
    `INSERT INTO link (profile, member, crm, content) VALUES (?, ?, ?, ?)
     ON CONFLICT (profile, member) DO UPDATE SET crm = excluded.crm, content = excluded.content
     WHERE content <> excluded.content`,
    profile,
    recordKey(link.member),
    recordKey(link.crm),
    plainJson(link),
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
  const row = database.one<{ content: string }>(
    'SELECT content FROM link WHERE profile = ? AND member = ?',
    profile,
    recordKey(member),
  );
  return row === undefined ? null : parsed<Link>(row.content);
};
