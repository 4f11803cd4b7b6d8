import type { RecordRef } from '@heed/contract';
import {
  type AddressKey,
  addressKey,
  type Intent,
  type Link,
  type NewFact,
  type PageCommit,
  type RunReport,
  type Settlement,
  type Shadow,
  type SideCounts,
  type System,
} from '@heed/core';

/** Made-up people and what is known of them; every builder takes what differs. */

export const CRM: System = { role: 'crm', connection: 'sf', container: '' };
export const MAIL: System = { role: 'marketing', connection: 'mc', container: 'a' };
export const OTHER_MAIL: System = { role: 'marketing', connection: 'mc', container: 'b' };
export const PROFILE = 'news';

export const at = (name: string): AddressKey => {
  const key = addressKey(name.includes('@') ? name : `${name}@example.org`);
  if (key === null) throw new Error(`${name} is no address`);
  return key;
};
export const contact = (id: string): RecordRef => ({ type: 'Contact', id });
export const member = (id: string): RecordRef => ({ type: 'member', id });

export const shadow = (system: System, record: RecordRef, names: string | readonly string[], more = {}): Shadow => {
  const addresses = (typeof names === 'string' ? [names] : names).map(at);
  const last = addresses.at(-1) ?? null;
  return {
    system,
    record,
    email: last,
    address: last,
    life: { kind: 'live' },
    values: { LastName: `Family of ${record.id}` },
    member: null,
    reference: null,
    lists: {},
    modifiedAt: 1_000,
    modifiedBy: 'other',
    version: null,
    stays: addresses.map((address, i) => ({
      address,
      from: i === 0 ? null : i * 100,
      until: i === addresses.length - 1 ? null : (i + 1) * 100,
    })),
    firstReadAt: 1_000,
    lastReadAt: 1_000,
    seenAt: 1_000,
    lifeChangedAt: null,
    archivedSince: null,
    ...more,
  };
};

export const optOut = (name: string, more: Partial<NewFact> = {}): NewFact => ({
  address: at(name),
  topic: '*',
  source: { role: 'crm', connection: 'sf', container: '', field: 'HasOptedOutOfEmail' },
  says: 'opted-out',
  by: 'unknown',
  complaint: false,
  when: { from: null, until: 900, exact: false },
  record: contact(name),
  proof: null,
  echoOf: null,
  run: null,
  ...more,
});

export const page = (system: System, more: Partial<PageCommit> = {}): PageCommit => ({
  system,
  run: null,
  shadows: [],
  facts: [],
  intents: [],
  dirty: [],
  dirtyFields: [],
  cursor: null,
  ...more,
});

export const intent = (id: string, name: string, more: Partial<Intent> = {}): Intent => ({
  id,
  profile: PROFILE,
  run: 'r1',
  system: CRM,
  op: { kind: 'opt-out', id, record: contact(name), email: at(name), topic: '*', set: { HasOptedOutOfEmail: true } },
  address: at(name),
  because: [1],
  rule: 'C0.3 C1',
  sentAt: 2_000,
  answeredAt: null,
  state: 'open',
  seen: false,
  partner: null,
  agrees: {},
  made: null,
  job: null,
  ...more,
});

export const memberCreate = (id: string, name: string, more: Partial<Intent> = {}): Intent =>
  intent(id, name, {
    system: MAIL,
    op: {
      kind: 'create',
      id,
      type: 'member',
      email: at(name),
      reference: null,
      fields: {},
      as: 'pending',
      set: {},
    },
    rule: 'C19',
    ...more,
  });

export const settlement = (name: string, mark: number, more: Partial<Settlement> = {}): Settlement => ({
  address: at(name),
  mark,
  next: 'clean',
  owed: [],
  setAside: [],
  listed: [],
  links: [],
  buckets: [],
  ...more,
});

export const link = (of: RecordRef, to: RecordRef, more: Partial<Link> = {}): Link => ({
  member: of,
  crm: to,
  agreed: {},
  left: false,
  ...more,
});

const NOTHING: SideCounts = {
  read: 0,
  created: 0,
  updated: 0,
  optedOut: 0,
  unchanged: 0,
  held: 0,
  notSynced: {},
  setAside: [],
};

export const report = (run: string, more: Partial<RunReport> = {}): RunReport => ({
  run,
  profile: PROFILE,
  status: 'running',
  startedAt: 1_000,
  finishedAt: null,
  crm: NOTHING,
  marketing: NOTHING,
  held: {},
  owed: 0,
  listed: {},
  review: 0,
  calls: { crm: 0, marketing: 0 },
  exitCode: 0,
  message: null,
  ...more,
});
