import type { RecordTypeSchema } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { consentFieldsOf } from '../../src/plan/consent-fields.ts';
import { viewOf } from '../../src/plan/view.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { CAN } from '../consent/abilities.ts';
import { field, profileOf, type Rules, schemasFor } from '../consent/story.ts';
import { viewWith } from './hood.ts';

const STANDARD = { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true } as const;
const CUSTOM = { field: 'Newsletter_Opt_Out__c', optedOutWhen: ['No'], write: 'No', alsoStandard: false } as const;
const contactType = (rules: Rules = {}): RecordTypeSchema => {
  const [type] = schemasFor(rules).crm.recordTypes;
  if (type === undefined) throw new Error('no such type');
  return type;
};
const fieldsOf = (rules: Rules, more: Partial<RecordTypeSchema> = {}) =>
  consentFieldsOf(profileOf(rules), { ...contactType(rules), ...more });
const names = (rules: readonly { readonly field: string }[]) => rules.map((rule) => rule.field);

describe('C4 C18 the consent fields of a record type', () => {
  it('C4 the standard field, a custom one instead, or both', () => {
    expect(fieldsOf({})).toEqual({ optOut: [STANDARD], barrier: [], readable: [STANDARD], gaps: [] });
    expect(fieldsOf({ customField: CUSTOM })).toEqual({
      optOut: [CUSTOM],
      barrier: [STANDARD],
      readable: [CUSTOM, STANDARD],
      gaps: [],
    });
    const both = { ...CUSTOM, alsoStandard: true };
    expect(fieldsOf({ customField: both })).toEqual({
      optOut: [both, STANDARD],
      barrier: [],
      readable: [both, STANDARD],
      gaps: [],
    });
  });

  it('C27 C17 a topic that the profile means is read and written; the wider opt-out is read, and written never', () => {
    const topic = { field: 'Topic_7', optedOutWhen: true, write: true } as const;
    const rules = { target: { subscriptionType: '7' } };
    const wide = { ...STANDARD, onlyRead: true };
    expect(fieldsOf(rules, { topicOptOuts: { 7: topic } })).toMatchObject({ optOut: [topic, wide], barrier: [] });
    expect(fieldsOf({ target: 'portal' }, { topicOptOuts: { 7: topic } })).toMatchObject({ optOut: [STANDARD] });
    const unwritable = contactType().fields.map((one) => ({ ...one, writable: one.name !== STANDARD.field }));
    const fields = [...unwritable, field(topic.field, 'boolean')];
    expect(fieldsOf(rules, { topicOptOuts: { 7: topic }, fields }).gaps).toEqual([]);
    expect(names(fieldsOf({}, { fields }).gaps)).toEqual([STANDARD.field]);
  });

  it('C28 a profile that says soft opt-outs were asked for knows no defaults', () => {
    expect(fieldsOf({ soft: true }).optOut).toMatchObject([{ mayBeDefault: ['2'] }]);
    expect(fieldsOf({ soft: true, softOptOutIsRequest: true }).optOut[0]).not.toHaveProperty('mayBeDefault');
  });

  it('C4 a type without a standard field has only the custom one', () => {
    expect(fieldsOf({ customField: CUSTOM }, { standardOptOut: null })).toMatchObject({
      optOut: [CUSTOM],
      barrier: [],
    });
    expect(fieldsOf({}, { standardOptOut: null })).toEqual({ optOut: [], barrier: [], readable: [], gaps: [] });
  });

  it('C19 the opt-in field is read as one whose false is an opt-out; it is never written as one', () => {
    const { optOut, readable } = fieldsOf({ basis: 'consent', optInField: 'Newsletter_Opt_In__c' });
    expect(names(optOut)).toEqual(['HasOptedOutOfEmail']);
    expect(readable).toEqual([STANDARD, { field: 'Newsletter_Opt_In__c', optedOutWhen: false, write: false }]);
  });

  it('C18 a hidden standard field is owed, not asked for, and told with the fix of the vendor', () => {
    expect(fieldsOf({ hiddenOptOut: true })).toEqual({
      optOut: [STANDARD],
      barrier: [],
      readable: [],
      gaps: [{ type: 'Contact', field: 'HasOptedOutOfEmail', hidden: true, fix: 'grant read and edit' }],
    });
  });

  it('C18 a custom field that is hidden, or cannot be written, with the fix', () => {
    const fix = 'let the user Heed signs in with read and edit Contact.Newsletter_Opt_Out__c';
    const gap = { type: 'Contact', field: 'Newsletter_Opt_Out__c', fix };
    const without = contactType().fields.filter(({ name }) => name !== 'Newsletter_Opt_Out__c');
    expect(fieldsOf({ customField: CUSTOM }, { fields: without }).gaps).toEqual([{ ...gap, hidden: true }]);
    const readOnly = [...without, { ...field('Newsletter_Opt_Out__c'), writable: false }];
    expect(fieldsOf({ customField: CUSTOM }, { fields: readOnly }).gaps).toEqual([{ ...gap, hidden: false }]);
    expect(names(fieldsOf({ customField: CUSTOM }, { fields: readOnly }).readable)).toContain('Newsletter_Opt_Out__c');
  });

  it('C18 a custom field that is hidden on a type without any standard field', () => {
    const { gaps } = fieldsOf({ customField: CUSTOM }, { fields: [], standardOptOut: null });
    expect(gaps.map(({ fix }) => fix)).toEqual([
      'let the user Heed signs in with read and edit Contact.Newsletter_Opt_Out__c',
    ]);
  });

  it('C18 beside a standard field that is hidden, the fix of a custom one is its own', () => {
    const rules = { hiddenOptOut: true, customField: { ...CUSTOM, alsoStandard: true } };
    const fields = contactType(rules).fields.filter(({ name }) => name !== 'Newsletter_Opt_Out__c');
    expect(fieldsOf(rules, { fields }).gaps.map(({ fix }) => fix)).toEqual([
      'let the user Heed signs in with read and edit Contact.Newsletter_Opt_Out__c',
      'grant read and edit',
    ]);
  });
});

describe('a profile, compiled', () => {
  it('C26 its systems and what binds it', () => {
    const view = viewWith({ basis: 'consent', optInField: 'Newsletter_Opt_In__c' });
    const crm = { role: 'crm', connection: 'salesforce', container: '' };
    const marketing = { role: 'marketing', connection: 'mailchimp', container: 'a1' };
    expect([view.crm, view.marketing]).toEqual([crm, marketing]);
    expect([view.crmSource, view.marketingSource]).toEqual([
      { ...crm, field: '' },
      { ...marketing, field: 'status' },
    ]);
    expect(view.scope).toEqual({
      crm: { ...crm, field: '' },
      crmFields: ['HasOptedOutOfEmail', 'Newsletter_Opt_In__c'],
      marketing: { ...marketing, field: 'status' },
      topic: null,
    });
    expect(viewWith({ customField: CUSTOM }).scope).toMatchObject({ crmFields: ['Newsletter_Opt_Out__c'] });
    expect(viewWith().scope).toMatchObject({ crmFields: ['HasOptedOutOfEmail'] });
  });

  it('C3 C7 what the rules may do is what the profile wants and the tool can', () => {
    const wants: Rules = {
      suppressUnknown: true,
      clearWhenConfirmed: true,
      crmToMarketing: true,
      scope: 'lists',
      lists: ['701'],
    };
    expect(viewWith(wants).settings).toEqual({
      crmToMarketing: true,
      scope: 'lists',
      optOutUnknown: true,
      clearWhenConfirmed: true,
      newMembers: 'subscribe',
      optInField: null,
      optOutFields: { Contact: [STANDARD], Lead: [STANDARD] },
      barrierFields: { Contact: [], Lead: [] },
      lists: ['701'],
    });
    const cannot = viewWith(wants, {}, { crm: { clear: false }, marketing: { optOutUnknown: false } }).settings;
    expect([cannot.optOutUnknown, cannot.clearWhenConfirmed]).toEqual([false, false]);
    const not = viewWith({ newMembers: 'non-subscribed' }).settings;
    expect([not.optOutUnknown, not.clearWhenConfirmed, not.lists, not.newMembers]).toEqual([
      false,
      false,
      [],
      'non-subscribed',
    ]);
  });

  it('C4 fields by type, of the profile’s types only', () => {
    const leads: Partial<Profile> = { crm: { connection: 'salesforce', records: ['Lead'], lists: null } };
    const view = viewWith({ customField: CUSTOM }, leads);
    expect(view.settings.optOutFields).toEqual({ Lead: [CUSTOM] });
    expect(view.settings.barrierFields).toEqual({ Lead: [STANDARD] });
    expect(view.consentFields).toEqual({ Lead: [CUSTOM, STANDARD] });
  });

  it('C18 what stops it: what the check found, else the first gap, else nothing', () => {
    const stopped = (rules: Rules, found: string | null = null) =>
      viewOf(profileOf(rules), schemasFor(rules), CAN, found).stopped;
    expect(stopped({})).toBeNull();
    expect(stopped({ hiddenOptOut: true })).toBe('Contact.HasOptedOutOfEmail: grant read and edit');
    expect(stopped({ hiddenOptOut: true }, 'no audience')).toBe('no audience');
    expect(viewWith({ hiddenOptOut: true }).gaps.map(({ type }) => type)).toEqual(['Contact', 'Lead']);
  });

  it('C4 C10 which columns are read', () => {
    const mapping = { direction: 'both', transforms: [], clear: false } as const;
    const fields = [
      { crm: 'FirstName', marketing: 'FNAME', ...mapping },
      { crm: 'FirstName', marketing: 'NICK', ...mapping },
      { crm: 'LastName', marketing: 'FNAME', ...mapping },
    ];
    const rules: Rules = { undeliverableField: 'Email_Bounced__c', customField: { ...CUSTOM, alsoStandard: true } };
    const consent = [{ ...CUSTOM, alsoStandard: true }, STANDARD];
    expect(viewWith(rules, { fields, reference: 'Heed_Id__c' }).columns).toEqual({
      consent: { types: ['Contact', 'Lead'], consent, reference: 'Heed_Id__c', fields: [] },
      records: {
        types: ['Contact', 'Lead'],
        consent,
        reference: 'Heed_Id__c',
        fields: ['FirstName', 'LastName', 'Email_Bounced__c'],
      },
      members: { types: [], consent: [], reference: null, fields: ['FNAME', 'NICK'] },
    });
    expect(viewWith().columns.records.fields).toEqual(['FirstName']);
  });

  it('each mapping with what both systems say about its fields; one that marketing does not have is left out', () => {
    const mapping = { direction: 'both', transforms: [], clear: false } as const;
    const fields = [
      { crm: 'FirstName', marketing: 'FNAME', ...mapping },
      { crm: 'FirstName', marketing: 'GONE', ...mapping },
      { crm: 'Gone__c', marketing: 'FNAME', ...mapping },
    ];
    expect(viewWith({}, { fields }).fields).toEqual([
      {
        pair: 'FirstName=FNAME',
        mapping: fields[0],
        crm: { Contact: field('FirstName'), Lead: field('FirstName') },
        marketing: field('FNAME'),
      },
      { pair: 'Gone__c=FNAME', mapping: fields[2], crm: {}, marketing: field('FNAME') },
    ]);
  });
});
