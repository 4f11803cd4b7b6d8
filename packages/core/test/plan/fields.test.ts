import { describe, expect, it } from 'vitest';
import type { View } from '../../src/plan/view.ts';
import { viewOf } from '../../src/plan/view.ts';
import type { FieldMapping } from '../../src/profile/profile.ts';
import type { Shadow } from '../../src/state/shadow.ts';
import type { Neighbourhood } from '../../src/state/store.ts';
import { CAN } from '../consent/abilities.ts';
import { AUDIENCE_SOURCE, factOf } from '../consent/made-up.ts';
import { field, key, profileOf, type Rules, schemasFor } from '../consent/story.ts';
import { ANN_AGREED, contact, lead, linkOf, member, planOf, viewWith } from './hood.ts';

const ann = member('subscribed');
const named = (first: string | null): Pick<Shadow, 'values'> => ({
  values: { FirstName: first, HasOptedOutOfEmail: false },
});
const linked = (record: Shadow, of: Shadow = ann, agreed = ANN_AGREED): Pick<Neighbourhood, 'shadows' | 'links'> => ({
  shadows: [record, of],
  links: [linkOf(record, of, { agreed })],
});

/** Two mapped fields, of which a lead has only the first. */
const twoFields = (more: Partial<FieldMapping> = {}, rules: Rules = {}): View => {
  const schemas = schemasFor(rules);
  const mapping = { direction: 'both', transforms: [], clear: false, ...more } as const;
  const [contacts, leads] = schemas.crm.recordTypes;
  const [members] = schemas.marketing.recordTypes;
  if (contacts === undefined || leads === undefined || members === undefined) throw new Error('no such types');
  return viewOf(
    {
      ...profileOf(rules),
      fields: [
        { crm: 'FirstName', marketing: 'FNAME', ...mapping },
        { crm: 'Age__c', marketing: 'AGE', ...mapping },
      ],
    },
    {
      crm: {
        ...schemas.crm,
        recordTypes: [{ ...contacts, fields: [...contacts.fields, field('Age__c', 'number')] }, leads],
      },
      marketing: {
        ...schemas.marketing,
        recordTypes: [{ ...members, fields: [...members.fields, field('AGE', 'number')] }],
      },
    },
    CAN,
  );
};

describe('C9 I8 what travels between a record and its member', () => {
  it('I8 to marketing, whole; once it is done both sides agree on it', () => {
    const plan = planOf(linked(contact('1', named('Anna')), member('subscribed', { email: 'Ann@X.org' })));
    expect(plan.fields).toEqual([
      {
        side: 'marketing',
        op: {
          kind: 'patch',
          record: { type: 'member', id: 'm1' },
          email: 'Ann@X.org',
          fields: { FNAME: 'Anna' },
          ifVersion: 'vm',
        },
        rule: 'fields',
        because: [],
        guarded: false,
        agrees: { 'FirstName=FNAME': { crm: '"Anna"', marketing: '"Anna"' } },
        partner: { type: 'Contact', id: '1' },
      },
    ]);
    expect([plan.overwrites, plan.links, plan.listed, plan.setAside]).toEqual([0, [], [], []]);
  });

  it('I8 to the CRM, whole', () => {
    const plan = planOf(
      linked(contact('1', { email: 'ANN@x.org' }), member('subscribed', { values: { FNAME: 'Anna' } })),
    );
    expect(plan.fields).toEqual([
      {
        side: 'crm',
        op: {
          kind: 'patch',
          record: { type: 'Contact', id: '1' },
          email: 'ANN@x.org',
          fields: { FirstName: 'Anna' },
          ifVersion: 'v1',
        },
        rule: 'fields',
        because: [],
        guarded: false,
        agrees: { 'FirstName=FNAME': { crm: '"Anna"', marketing: '"Anna"' } },
        partner: { type: 'member', id: 'm1' },
      },
    ]);
  });

  it('C0 C2 C18 under an opt-out, or a consent field that cannot be written, nothing travels to marketing', () => {
    const optOut = { ledger: { facts: [factOf(1, { source: AUDIENCE_SOURCE })], decisions: [] } };
    const hood = { ...linked(contact('1', { values: { FirstName: 'Anna', HasOptedOutOfEmail: true } })), ...optOut };
    expect(planOf(hood).fields).toEqual([]);
    const stopped = planOf(linked(contact('1', named('Anna'))), { ...viewWith(), stopped: 'no permission' });
    expect([stopped.fields, stopped.listed.map(({ reason, rule }) => [reason, rule])]).toEqual([
      [],
      [['consent-unreadable', 'C18']],
    ]);
    expect(planOf(linked(contact('1', named('Anna')))).listed).toEqual([]);
  });

  it('C29 two values before anything was agreed: counted as an overwrite; of an empty side it is none', () => {
    expect(planOf({ shadows: [contact('1', named('Anna')), ann] }).overwrites).toBe(1);
    expect(planOf({ shadows: [contact('1', named(null)), ann] }).overwrites).toBe(0);
    expect(planOf({ shadows: [contact(), ann] }).overwrites).toBe(0);
  });

  it('what was agreed on other fields stays agreed with the write', () => {
    const view = twoFields();
    const record = contact('1', { values: { FirstName: 'Anna', Age__c: 7, HasOptedOutOfEmail: false } });
    const of = member('subscribed', { values: { FNAME: 'Ann', AGE: 7 } });
    const agreed = { ...ANN_AGREED, 'Age__c=AGE': { crm: '7', marketing: '7' } };
    const [write] = planOf(linked(record, of, agreed), view).fields;
    expect(write?.agrees).toEqual({ ...agreed, 'FirstName=FNAME': { crm: '"Anna"', marketing: '"Anna"' } });
    const back = linked(
      contact('1', { values: { FirstName: 'Ann', Age__c: 7, HasOptedOutOfEmail: false } }),
      member('subscribed', { values: { FNAME: 'Anna', AGE: 7 } }),
      agreed,
    );
    expect(planOf(back, view).fields[0]?.agrees).toEqual(write?.agrees);
  });

  it('each way its own write', () => {
    const record = contact('1', { values: { FirstName: 'Anna', Age__c: 7, HasOptedOutOfEmail: false } });
    const of = member('subscribed', { values: { FNAME: 'Ann', AGE: 8 } });
    const agreed = { ...ANN_AGREED, 'Age__c=AGE': { crm: '7', marketing: '7' } };
    const plan = planOf(linked(record, of, agreed), twoFields());
    expect(plan.fields.map(({ side, op }) => [side, 'fields' in op ? op.fields : null])).toEqual([
      ['marketing', { FNAME: 'Anna' }],
      ['crm', { Age__c: 8 }],
    ]);
  });

  it('a field that this record type does not have is nobody’s', () => {
    const only = lead('1', named('Anna'));
    const plan = planOf(linked(only, member('subscribed', { values: { FNAME: 'Ann', AGE: 8 } })), twoFields());
    expect(plan.fields.map(({ op }) => ('fields' in op ? op.fields : null))).toEqual([{ FNAME: 'Anna' }]);
  });

  it('a value that cannot be carried is set aside with both fields, and the rest travels', () => {
    const record = contact('1', { values: { FirstName: 'Anna', Age__c: 'old', HasOptedOutOfEmail: false } });
    const of = member('subscribed', { values: { FNAME: 'Ann', AGE: 7 } });
    const agreed = { ...ANN_AGREED, 'Age__c=AGE': { crm: '7', marketing: '7' } };
    const plan = planOf(linked(record, of, agreed), twoFields());
    expect(plan.setAside).toEqual([
      {
        address: key('ann@x.org'),
        side: 'marketing',
        record: { type: 'member', id: 'm1' },
        field: 'Age__c -> AGE',
        rule: 'fields',
        message: expect.any(String),
        write: null,
        attempts: 0,
        retryAt: null,
      },
    ]);
    expect(plan.fields[0]?.agrees['Age__c=AGE']).toEqual({ crm: '7', marketing: '7' });
    const alone = planOf({ shadows: [record] }, twoFields());
    expect(alone.setAside).toMatchObject([{ side: 'crm', record: { type: 'Contact', id: '1' } }]);
    expect(alone.fields).toMatchObject([{ op: { kind: 'create', fields: { FNAME: 'Anna' } } }]);
  });
});

describe('C10 a bounced address is told to the CRM', () => {
  const view = viewWith({ undeliverableField: 'Email_Bounced__c' });
  const bounced = member('undeliverable');
  const told = (value: unknown, to: Shadow = bounced, by = view) => {
    const values = {
      FirstName: 'Ann',
      HasOptedOutOfEmail: false,
      ...(value === undefined ? {} : { Email_Bounced__c: value as boolean }),
    };
    return planOf(linked(contact('1', { values }), to), by).fields.map(({ op }) => ('fields' in op ? op.fields : null));
  };

  it('C10 where the field can be read and does not say so yet', () => {
    expect(told(false)).toEqual([{ Email_Bounced__c: true }]);
    expect(told(null)).toEqual([{ Email_Bounced__c: true }]);
    expect(told('')).toEqual([{ Email_Bounced__c: true }]);
    expect(told(true)).toEqual([]);
    expect(told('hard')).toEqual([]);
    expect(told(undefined)).toEqual([]);
  });

  it('C10 only if it bounced, and only where the profile names a field', () => {
    expect(told(false, ann)).toEqual([]);
    expect(told(false, bounced, viewWith())).toEqual([]);
  });
});

describe('I8 the link of a record and its member', () => {
  it('C7 I8 made once both are known, and made again where it says something else', () => {
    const record = contact();
    const fresh = [{ member: ann.record, crm: record.record, agreed: ANN_AGREED, left: false }];
    expect(planOf({ shadows: [record, ann] }).links).toEqual(fresh);
    expect(planOf(linked(record)).links).toEqual([]);
    expect(
      planOf({ shadows: [record, ann], links: [linkOf(record, ann, { agreed: ANN_AGREED, left: true })] }).links,
    ).toEqual(fresh);
    const older = { 'FirstName=FNAME': { crm: '"Ann"', marketing: '"Anne"' } };
    expect(planOf(linked(contact('1', named('Ann')), ann, { ...ANN_AGREED, ...older })).links).toEqual(fresh);
    expect(
      planOf(linked(contact('1', named('Ann')), ann, { 'FirstName=FNAME': { crm: '"Anne"', marketing: '"Ann"' } }))
        .links,
    ).toEqual(fresh);
    const more = { ...ANN_AGREED, 'Gone__c=GONE': { crm: '1', marketing: '1' } };
    expect(planOf(linked(record, ann, more)).links).toEqual([]);
  });

  it('I8 what was agreed with another record is not agreed with this one', () => {
    const other = contact('2');
    const hood = { shadows: [contact('1', named('Anna')), ann], links: [linkOf(other, ann, { agreed: ANN_AGREED })] };
    const plan = planOf(hood);
    expect([plan.overwrites, plan.links.map(({ crm }) => crm.id)]).toEqual([1, ['1']]);
  });
});

describe('C14 whose fields win where several records share the address', () => {
  const winner = (hood: Partial<Neighbourhood>, view = viewWith()) =>
    planOf(hood, view)
      .buckets.filter(({ side, reason }) => side === 'crm' && reason === null)
      .map(({ record }) => `${record.type} ${record.id}`);

  it('C14 the order of the types, then the linked one, then the one known first, then the id', () => {
    const early = { firstReadAt: 1 };
    expect(winner({ shadows: [lead('1', early), contact('2'), ann] })).toEqual(['Contact 2']);
    expect(winner({ shadows: [contact('1', early), contact('2'), ann], links: [linkOf(contact('2'), ann)] })).toEqual([
      'Contact 2',
    ]);
    expect(winner({ shadows: [contact('1'), contact('2', early), ann] })).toEqual(['Contact 2']);
    expect(winner({ shadows: [contact('2'), contact('1'), ann] })).toEqual(['Contact 1']);
    expect(winner({ shadows: [contact('1'), contact('2'), ann] })).toEqual(['Contact 1']);
    const leadsFirst = viewWith({}, { crm: { connection: 'salesforce', records: ['Lead', 'Contact'], lists: null } });
    expect(winner({ shadows: [contact('1', early), lead('2'), ann] }, leadsFirst)).toEqual(['Lead 2']);
  });

  it('I10 without a member here, the one that is linked to any', () => {
    const other = member('subscribed', { record: { type: 'member', id: 'm9' } });
    const links = [linkOf(contact('2'), other)];
    expect(winner({ shadows: [contact('1'), contact('2')], links })).toEqual(['Contact 2']);
    // A link to a member of another address says nothing where there is a member here.
    expect(winner({ shadows: [contact('1'), contact('2'), ann], links })).toEqual(['Contact 1']);
  });

  it('C5 only records in the lists whose fields were read', () => {
    const lists = viewWith({ lists: ['701'] });
    const inside = (id: string, more: Partial<Shadow> = {}) => contact(id, { lists: { '701': true }, ...more });
    expect(winner({ shadows: [contact('1'), inside('2'), ann] }, lists)).toEqual(['Contact 2']);
    const light = { values: { HasOptedOutOfEmail: false } };
    const waiting = planOf({ shadows: [inside('1', light), ann] }, lists);
    expect([waiting.fields, waiting.listed, waiting.links]).toEqual([[], [], []]);
    expect(winner({ shadows: [inside('1', light), inside('2'), ann] }, lists)).toEqual(['Contact 2']);
  });

  it('a field that the type does not have need not have been read', () => {
    const only = lead('1', { values: { FirstName: 'Anna', HasOptedOutOfEmail: false } });
    expect(planOf({ shadows: [only] }, twoFields()).fields).toHaveLength(1);
    const unread = contact('1', { values: { FirstName: 'Anna', HasOptedOutOfEmail: false } });
    expect(planOf({ shadows: [unread] }, twoFields()).fields).toEqual([]);
  });
});
