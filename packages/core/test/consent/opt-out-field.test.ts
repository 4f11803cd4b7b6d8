import type { FieldValue, OptOutField } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { clearedValue, optOutValue, readOptOutField } from '../../src/consent/opt-out-field.ts';
import { demands, reasonOf, Story } from './story.ts';

const CHECKBOX: OptOutField = { field: 'F', optedOutWhen: true, write: true };
const INVERTED: OptOutField = { field: 'F', optedOutWhen: false, write: false };
const DATE: OptOutField = { field: 'F', optedOutWhen: 'set', write: 'today' };
const PICKLIST: OptOutField = { field: 'F', optedOutWhen: ['No mail', 'Never'], write: 'No mail' };

describe('C4 the shapes of an opt-out field', () => {
  it.each<[string, OptOutField, FieldValue, string]>([
    ['checkbox ticked', CHECKBOX, true, 'opted-out'],
    ['checkbox not ticked', CHECKBOX, false, 'not-opted-out'],
    ['checkbox empty', CHECKBOX, null, 'not-opted-out'],
    ['checkbox with a text', CHECKBOX, 'true', 'unlisted'],
    ['inverted, not ticked', INVERTED, false, 'opted-out'],
    ['inverted, ticked', INVERTED, true, 'not-opted-out'],
    ['inverted, empty', INVERTED, null, 'not-opted-out'],
    ['date set', DATE, '2026-01-05', 'opted-out'],
    ['date empty', DATE, null, 'not-opted-out'],
    ['picklist, a listed value', PICKLIST, 'Never', 'opted-out'],
    ['picklist, another value', PICKLIST, 'Weekly', 'not-opted-out'],
    ['picklist, empty', PICKLIST, null, 'not-opted-out'],
    ['multi-picklist, one of them listed', PICKLIST, ['Weekly', 'Never'], 'opted-out'],
    ['multi-picklist, empty', PICKLIST, [], 'not-opted-out'],
    ['picklist, an empty text', PICKLIST, '', 'not-opted-out'],
    ['picklist that lists the empty value', { ...PICKLIST, optedOutWhen: ['', 'null'] }, null, 'not-opted-out'],
    ['date, an empty text', DATE, '', 'not-opted-out'],
    ['date, no values', DATE, [], 'not-opted-out'],
    ['date, some values', DATE, ['2026-01-05'], 'opted-out'],
    ['checkbox, an empty text', CHECKBOX, '', 'not-opted-out'],
    ['checkbox, a number', CHECKBOX, 1, 'unlisted'],
    ['multi-picklist, none of them listed', PICKLIST, ['Weekly', 'Daily'], 'not-opted-out'],
    ['picklist of numbers (NetSuite)', { field: 'F', optedOutWhen: ['4'], write: '4' }, 4, 'opted-out'],
  ])('C4 %s', (_name, rule, value, reading) => {
    expect(readOptOutField(rule, { F: value })).toBe(reading);
  });

  it('C18 a field that was not read is silence', () => {
    for (const rule of [CHECKBOX, INVERTED, DATE, PICKLIST]) expect(readOptOutField(rule, {})).toBe('unreadable');
  });

  it('C4 what is written reads as opted out again', () => {
    for (const rule of [CHECKBOX, INVERTED, DATE, PICKLIST]) {
      expect(readOptOutField(rule, { F: optOutValue(rule, '2026-01-05') })).toBe('opted-out');
    }
  });

  it('C7 what clears a field reads as not opted out; a picklist names nothing that would', () => {
    for (const rule of [CHECKBOX, INVERTED, DATE]) {
      expect(readOptOutField(rule, { F: clearedValue(rule)?.value ?? null })).toBe('not-opted-out');
    }
    expect(clearedValue(PICKLIST)).toBeNull();
  });
});

const custom = (more: Partial<OptOutField> & { alsoStandard?: boolean } = {}) => ({
  field: 'Newsletter_Opt_Out__c',
  optedOutWhen: true,
  write: true,
  alsoStandard: false,
  ...more,
});

describe('C4 a custom opt-out field', () => {
  it('C4 replaces the standard field for reading and writing', () => {
    const story = new Story({ customField: custom() });
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed');
    const [write] = story.plan('ann@x.org').consent;
    expect(write?.op).toMatchObject({ set: { Newsletter_Opt_Out__c: true } });
    expect(Object.keys(write?.op.kind === 'opt-out' ? write.op.set : {})).toEqual(['Newsletter_Opt_Out__c']);
  });

  it('C4 alsoStandard: writing sets both, and only what is missing', () => {
    const story = new Story({ customField: custom({ alsoStandard: true }) });
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed');
    expect(story.plan('ann@x.org').consent[0]?.op).toMatchObject({
      set: { Newsletter_Opt_Out__c: true, HasOptedOutOfEmail: true },
    });
    story.record('Contact 1', { values: { HasOptedOutOfEmail: true } });
    const [rest] = story.plan('ann@x.org').consent;
    expect(rest?.op.kind === 'opt-out' ? rest.op.set : {}).toEqual({ Newsletter_Opt_Out__c: true });
  });

  it('C4 a date field gets the day', () => {
    const story = new Story({ customField: custom({ optedOutWhen: 'set', write: 'today' }) });
    story.record('Contact 1', { values: { Newsletter_Opt_Out__c: null } });
    story.member('ann@x.org', 'unsubscribed');
    expect(story.plan('ann@x.org').consent[0]?.op).toMatchObject({ set: { Newsletter_Opt_Out__c: '2026-01-05' } });
  });

  it('C4 the standard field stays a barrier: whoever is opted out there is not created', () => {
    const story = new Story({ customField: custom(), crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    const plan = story.plan('ann@x.org');
    expect(demands(plan)).toEqual([]);
    expect(reasonOf(plan)).not.toBeNull();
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org').verdict.member).toBe('leave');
  });

  it('C26 a custom field without alsoStandard is a scope of its own', () => {
    const standard = new Story();
    standard.record('Contact 1', { values: { Newsletter_Opt_Out__c: true } });
    expect(standard.plan('ann@x.org').verdict.row).toBe(6);
  });
});
