import type { OptOutField } from '@heed/contract';
import type { ProfileError } from './place.ts';
import type { CustomOptOutField } from './profile.ts';
import type { WrittenProfile } from './profile-schema.ts';
import type { KeyAdvice } from './schema-errors.ts';
import type { KeyPath, Places } from './yaml-text.ts';

/** Says what is wrong with a cron expression, or null. Injected, so that the core knows no scheduler. */
export type ValidateCron = (expression: string) => string | null;

/** Keys that people try and that have no switch, or that come later. */
export const profileKeyAdvice: KeyAdvice = (path, key) => {
  const plain = key.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (/(marketing|mailchimp|hubspot|klaviyo)tocrm|tocrmoptouts?$/.test(plain))
    return [
      'opt-outs from marketing to the CRM are always on and have no switch (C1)',
      'Remove this key; optOut.crmToMarketing is the only direction that can be chosen',
    ];
  const parent = path.join('.');
  if (parent === '' && plain === 'marketingcontacts')
    return [
      "HubSpot's marketing contact status is billing and cannot be set through its API (C13)",
      'Remove this key; set the status by a workflow, an import, or as the default of the integration in HubSpot',
    ];
  return null;
};

const isTimezone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // Intl also takes offsets, which know nothing of summer time.
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
};

/** The opt-out field in its one full form; null where its own keys contradict each other. */
export const customFieldOf = (written: WrittenProfile): CustomOptOutField | null => {
  const custom = written.optOut.customField;
  if (custom === undefined) return null;
  const own = typeof custom === 'string' ? undefined : custom.alsoStandard;
  return { ...optOutFieldOf(custom), alsoStandard: own ?? written.optOut.alsoStandard ?? false };
};

type WrittenField =
  | string
  | Pick<Exclude<WrittenProfile['optOut']['customField'], string | undefined>, 'field' | 'optedOutWhen' | 'write'>;

/** A bare name is a checkbox. */
export const optOutFieldOf = (written: WrittenField): OptOutField => {
  if (typeof written === 'string') return { field: written, optedOutWhen: true, write: true };
  const { field, optedOutWhen, write } = written;
  if (optedOutWhen === 'set') return { field, optedOutWhen, write: 'today' };
  if (typeof optedOutWhen === 'boolean') return { field, optedOutWhen, write: optedOutWhen };
  return { field, optedOutWhen, write: write ?? optedOutWhen[0] ?? null };
};

type Report = (path: KeyPath, what: string, fix: string) => void;

const checkCustomField = (written: WrittenProfile, report: Report): void => {
  const custom = written.optOut.customField;
  const path = ['optOut', 'customField'];
  if (custom === undefined) {
    if (written.optOut.alsoStandard !== undefined)
      report(['optOut', 'alsoStandard'], 'optOut.alsoStandard needs optOut.customField (C4)', 'Remove it');
    return;
  }
  if (typeof custom === 'string') return;
  if (custom.alsoStandard !== undefined && written.optOut.alsoStandard !== undefined)
    report(['optOut', 'alsoStandard'], 'alsoStandard is also written in optOut.customField', 'Keep one of them');
  checkValues(path, custom, report);
};

/** What is written must mean opted out. */
const checkValues = (
  path: KeyPath,
  { optedOutWhen: when, write }: Exclude<WrittenField, string>,
  report: Report,
): void => {
  if (typeof when === 'boolean' && write !== undefined && write !== when)
    report(
      [...path, 'write'],
      `opted out is ${when} here, so writing anything else opts nobody out (C4)`,
      'Remove write',
    );
  if (when === 'set' && write !== undefined && write !== 'today')
    report(
      [...path, 'write'],
      'a date field is opted out by the date of the day (C4)',
      'Write "write: today", or remove it',
    );
  if (!Array.isArray(when)) return;
  if (new Set(when).size < when.length) report([...path, 'optedOutWhen'], 'a value stands here twice', 'Keep one');
  if (write === undefined && when.length > 1)
    report(
      path,
      `the key "write" is missing in ${path.join('.')}`,
      `Say which of ${when.join(', ')} opts somebody out (C4)`,
    );
  if (write !== undefined && (typeof write !== 'string' || !when.includes(write)))
    report([...path, 'write'], 'what is written must be one of optedOutWhen (C4)', `Write one of ${when.join(', ')}`);
};

/** C17: every topic has a place on one side at least, and no place stands for two. */
const checkTopics = (written: WrittenProfile, report: Report): void => {
  const taken = new Map<string, string>();
  const claim = (path: KeyPath, place: string, key: string): void => {
    const other = taken.get(key);
    if (other !== undefined) report(path, `${place} is already ${other} (C17)`, 'Keep one of them');
    else taken.set(key, path.join('.'));
  };
  const custom = customFieldOf(written);
  if (custom !== null) taken.set(`crm ${custom.field}`, 'optOut.customField');
  const { target } = written.optOut;
  if (typeof target === 'object') taken.set(`crm ${target.subscriptionType}`, 'optOut.target');
  if (written.consent.optInField !== undefined) taken.set(`crm ${written.consent.optInField}`, 'consent.optInField');
  for (const [name, { crm, marketing, collapse }] of Object.entries(written.topics)) {
    const path = ['topics', name];
    if (crm === undefined && marketing === undefined)
      report(path, `the topic ${name} has no place in either system (C17)`, 'Name it in crm, in marketing, or in both');
    if (crm !== undefined && marketing !== undefined && collapse !== undefined)
      report(
        [...path, 'collapse'],
        'both systems know this topic, so nothing is collapsed (C17)',
        'Remove collapse, or the side that does not know the topic',
      );
    if (typeof crm === 'object') checkValues([...path, 'crm'], crm, report);
    const field = crm === undefined ? null : optOutFieldOf(crm).field;
    if (field !== null) claim([...path, 'crm'], field, `crm ${field}`);
    if (marketing !== undefined) claim([...path, 'marketing'], marketing, `marketing ${marketing}`);
  }
};

const checkConsent = (written: WrittenProfile, report: Report): void => {
  const { newMembers, basis, optInField } = written.consent;
  if (newMembers === 'subscribe' && basis === undefined)
    report(
      ['consent'],
      'consent.newMembers: subscribe needs consent.basis (C19)',
      'Say why these people may get mail: consent, existing-customer, contract or legitimate-interest',
    );
  if (basis === 'consent' && optInField === undefined)
    report(
      ['consent', 'basis'],
      'consent.basis: consent needs consent.optInField (C19)',
      'Name the CRM checkbox that is true for people who agreed',
    );
  if (optInField !== undefined && basis !== 'consent')
    report(['consent', 'optInField'], 'consent.optInField is used with consent.basis: consent only (C19)', 'Remove it');
};

const checkOptOut = (written: WrittenProfile, report: Report): void => {
  const { scope, target, customField } = written.optOut;
  if (scope === 'lists' && written.crm.lists === undefined)
    report(['optOut', 'scope'], 'optOut.scope: lists needs crm.lists (C5)', 'Name the lists, or remove scope');
  if (target === 'custom-field' && customField === undefined)
    report(['optOut', 'target'], 'optOut.target: custom-field needs optOut.customField (C27)', 'Name the field');
  checkCustomField(written, report);
};

/** Fields that carry consent or identity in the CRM, and so can never be written as a mapped field. */
const reservedFields = (written: WrittenProfile): ReadonlyMap<string, string> => {
  const reserved = new Map<string, string>();
  const custom = customFieldOf(written);
  if (custom !== null) reserved.set(custom.field, 'optOut.customField');
  if (written.consent.optInField !== undefined) reserved.set(written.consent.optInField, 'consent.optInField');
  if (written.optOut.undeliverableField !== undefined)
    reserved.set(written.optOut.undeliverableField, 'optOut.undeliverableField');
  if (written.reference !== undefined) reserved.set(written.reference.crm, 'reference.crm');
  for (const [name, { crm }] of Object.entries(written.topics))
    if (crm !== undefined) reserved.set(optOutFieldOf(crm).field, `topics.${name}.crm`);
  return reserved;
};

const checkFields = (written: WrittenProfile, report: Report): void => {
  const reserved = reservedFields(written);
  const targets = { crm: new Set<string>(), marketing: new Set<string>() };
  written.fields.forEach((mapping, index) => {
    const claim = (side: 'crm' | 'marketing', name: string): void => {
      if (targets[side].has(name))
        report(
          ['fields', index, side],
          `${name} is already written by another mapping`,
          'Keep one, or turn one around',
        );
      targets[side].add(name);
    };
    if (mapping.direction !== 'marketing-to-crm') claim('marketing', mapping.marketing);
    if (mapping.direction !== 'crm-to-marketing') claim('crm', mapping.crm);
    const owner = reserved.get(mapping.crm);
    if (owner !== undefined)
      report(
        ['fields', index, 'crm'],
        `${mapping.crm} is ${owner} and cannot be a mapped field (C9)`,
        'Remove this mapping',
      );
  });
};

const checkDistinct = (names: readonly string[], path: KeyPath, report: Report): void => {
  names.forEach((name, index) => {
    if (names.indexOf(name) < index) report([...path, index], `"${name}" stands here twice`, 'Keep one of them');
  });
};

/** What no single key can tell. */
export const crossKeyErrors = (
  written: WrittenProfile,
  places: Places,
  validateCron: ValidateCron,
): readonly ProfileError[] => {
  const errors: ProfileError[] = [];
  const report: Report = (path, what, fix) => errors.push(places.error(path, what, fix));
  if (written.crm.connection === written.marketing.connection)
    report(
      ['marketing', 'connection'],
      'the CRM and the marketing system are the same connection',
      'Name two connections',
    );
  checkDistinct(written.crm.records, ['crm', 'records'], report);
  checkDistinct(
    (written.crm.lists ?? []).map((list) => Object.entries(list).flat().join(' ')),
    ['crm', 'lists'],
    report,
  );
  const { crm: created } = written.create;
  if (created !== false && !written.crm.records.includes(created))
    report(
      ['create', 'crm'],
      `create.crm: ${created} is not among crm.records`,
      'Add it there, or new records would never be read',
    );
  if (written.schedule !== undefined) {
    const wrong = validateCron(written.schedule.cron);
    if (wrong !== null)
      report(['schedule', 'cron'], `schedule.cron cannot be read: ${wrong}`, 'An example is "*/15 * * * *"');
    if (!isTimezone(written.schedule.timezone))
      report(['schedule', 'timezone'], 'schedule.timezone is not an IANA time zone', 'An example is America/New_York');
  }
  checkOptOut(written, report);
  checkTopics(written, report);
  checkConsent(written, report);
  checkFields(written, report);
  return errors;
};
