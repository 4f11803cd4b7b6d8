import { describe, expect, it } from 'vitest';
import { demands, key, LIST, type Rules, reasonOf, Story } from '../consent/story.ts';

const link = (story: Story, record: string, email: string, left = false): void => {
  const [type = '', id = ''] = record.split(' ');
  story.links.push({ member: { type: 'member', id: email }, crm: { type, id }, agreed: {}, left });
};

describe('C18 a consent field that cannot be read or written', () => {
  const hidden = (rules: Rules = {}) => new Story({ ...rules, hiddenOptOut: true });

  it('C18 no creates, no fields, with the field and the fix', () => {
    const story = hidden();
    story.record('Contact 1');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    story.member('ann@x.org', 'subscribed', { fields: { FNAME: 'Anna' } });
    expect(demands(story.plan('ann@x.org'))).not.toContain('marketing patch');
  });

  it('C18 C22 what marketing said is owed to the CRM, and says what is missing', () => {
    const story = hidden();
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    const { owed } = story.plan('ann@x.org');
    expect(owed).toMatchObject([{ side: 'crm', record: { id: '1' }, rule: expect.stringContaining('C1') }]);
    expect(owed[0]?.why).toMatch(/HasOptedOutOfEmail.*(C18)/);
  });

  it('C18 CRM-to-marketing opt-outs wait, those that no guard may hold still go out', () => {
    const story = hidden({ crmToMarketing: true });
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    story.fact({ source: { ...story.view.crmSource, field: 'HasOptedOutOfEmail' }, by: 'unknown' });
    const waiting = story.plan('ann@x.org');
    expect(waiting.verdict.member).toBe('opt-out');
    expect(demands(waiting)).not.toContain('member opt-out');
    expect(waiting.owed.some((one) => one.side === 'marketing' && one.why.includes('C18'))).toBe(true);
    story.fact({ source: LIST });
    expect(demands(story.plan('ann@x.org'))).toContain('member opt-out');
  });
});

describe('C22 what is owed', () => {
  it('C22 an opt-out is owed from its decision on, record by record, and no longer once it shows', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Lead 1');
    story.member('ann@x.org', 'unsubscribed');
    expect(story.plan('ann@x.org').owed.map((one) => one.record?.type)).toEqual(['Contact', 'Lead']);
    story.record('Contact 1', { optedOut: true });
    expect(story.plan('ann@x.org').owed.map((one) => one.record?.type)).toEqual(['Lead']);
    story.record('Lead 1', { optedOut: true });
    expect(story.plan('ann@x.org').owed).toEqual([]);
  });

  it('C22 a record that is gone is owed nothing, its successor is', () => {
    const story = new Story();
    story.record('Lead 1');
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed');
    story.record('Lead 1', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(story.plan('ann@x.org').owed.map((one) => one.record?.type)).toEqual(['Contact']);
  });

  it('I4 every consent write names the facts and the rule it rests on', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    story.fact({ source: LIST });
    const { consent } = story.plan('ann@x.org');
    expect(consent.length).toBeGreaterThan(0);
    for (const write of consent) {
      expect(write.because.length).toBeGreaterThan(0);
      expect(write.rule).toMatch(/^C0\.\d C/);
    }
  });
});

describe('C9 fields', () => {
  it('C9 a patch holds mapped fields and nothing else', () => {
    const story = new Story();
    story.record('Contact 1', { values: { FirstName: 'Anna' } });
    story.member('ann@x.org', 'subscribed');
    const [write] = story.plan('ann@x.org').fields;
    expect(write?.op).toMatchObject({ kind: 'patch', fields: { FNAME: 'Anna' } });
    expect(Object.keys(write?.op ?? {}).sort()).toEqual(['email', 'fields', 'ifVersion', 'kind', 'record']);
  });

  it.each(['pending', 'non-subscribed', 'subscribed'] as const)('C11 fields travel to a %s member', (status) => {
    const story = new Story();
    story.record('Contact 1', { values: { FirstName: 'Anna' } });
    story.member('ann@x.org', status);
    expect(demands(story.plan('ann@x.org'))).toEqual(['marketing patch']);
  });

  it('C0 fields from marketing to the CRM are not affected by an opt-out', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true, values: { FirstName: null } });
    story.member('ann@x.org', 'unsubscribed', { fields: { FNAME: 'Anna' } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['crm patch']);
  });

  it('C10 a bounced address is told in a field of its own, once, never as an opt-out', () => {
    const story = new Story({ undeliverableField: 'Email_Bounced__c' });
    story.record('Contact 1');
    story.member('ann@x.org', 'undeliverable');
    const [write] = story.plan('ann@x.org').fields;
    expect(write?.op).toMatchObject({ kind: 'patch', fields: { Email_Bounced__c: true } });
    story.record('Contact 1', { values: { Email_Bounced__c: true } });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });
});

describe('C12 a record leaves', () => {
  const gone = (rules: Rules = { whenRecordLeaves: 'archive' }) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    link(story, 'Contact 1', 'ann@x.org');
    story.record('Contact 1', { life: { kind: 'deleted' } });
    return story;
  };

  it('C12 it may be held by a guard (C23)', () => {
    expect(gone().plan('ann@x.org').fields).toMatchObject([{ guarded: true, op: { kind: 'leave', how: 'archive' } }]);
  });

  it.each(['unsubscribed', 'pending', 'undeliverable', 'archived'] as const)(
    'C12 never acts on a %s member',
    (status) => {
      const story = gone();
      story.member('ann@x.org', status);
      expect(demands(story.plan('ann@x.org'))).not.toContain('marketing leave');
    },
  );

  it('C12 only after any opt-out that is owed', () => {
    const story = gone({ whenRecordLeaves: 'archive', crmToMarketing: true });
    story.fact({ source: { ...story.view.crmSource, field: 'HasOptedOutOfEmail' }, by: 'operator' });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C12 once is enough', () => {
    const story = gone();
    story.links.length = 0;
    link(story, 'Contact 1', 'ann@x.org', true);
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C24 C25 not in a run that does not trust what it did not see', () => {
    expect(demands(gone().plan('ann@x.org', { cautious: true }))).toEqual([]);
  });

  it('C12 a member that never had a record does not leave', () => {
    const story = new Story({ whenRecordLeaves: 'archive' });
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C12 another live record of the address keeps the member', () => {
    const story = gone();
    story.record('Lead 2');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });
});

describe('every record ends in one bucket', () => {
  it('C14 each record of the address once, with the reason it shares', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    const { buckets } = story.plan('ann@x.org');
    expect(buckets.map((one) => `${one.side} ${one.record.type} ${one.bucket}`)).toEqual([
      'crm Contact notSynced',
      'crm Lead notSynced',
      'marketing member notSynced',
    ]);
    expect(new Set(buckets.map((one) => one.reason))).toEqual(new Set([reasonOf(story.plan('ann@x.org'))]));
  });

  it('I10 the same surroundings give the same plan', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org')).toEqual(story.plan('ann@x.org'));
  });
});

describe('C7 evidence is asked for only where it could matter', () => {
  it('C7 a subscribed member under an opt-out that stands, changed after it', () => {
    const story = new Story();
    story.record('Contact 1');
    const [fact] = story.member('ann@x.org', 'unsubscribed');
    expect(story.plan('ann@x.org').asksEvidenceSince).toBeNull();
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org').asksEvidenceSince).toBe(fact?.when.until);
  });

  it('C7 not for somebody who never opted out', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org').asksEvidenceSince).toBeNull();
    expect(story.plan('ann@x.org').asksCrm).toBe(false);
  });

  it('C1 records that no read has shown are asked for before an opt-out of marketing is written', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed');
    expect(story.plan('ann@x.org').asksCrm).toBe(true);
  });
});

describe('C15 renames', () => {
  const moved = () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'subscribed');
    link(story, 'Contact 1', 'a@x.org');
    return story;
  };

  it('C15 not while somebody else still lives at the old address', () => {
    const story = moved();
    story.record('Lead 2', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    expect(demands(story.plan('b@x.org'))).not.toContain('marketing rename');
  });

  it('C15 not when the new address has an opt-out of its own', () => {
    const story = moved();
    story.member('b@x.org', 'unsubscribed');
    story.record('Contact 1', { email: 'b@x.org' });
    expect(demands(story.plan('b@x.org'))).not.toContain('marketing rename');
    expect(story.plan(key('b@x.org')).verdict.row).toBe(3);
  });

  it('C15 not once anybody there ever opted out, although it was lifted', () => {
    const story = moved();
    story.member('a@x.org', 'unsubscribed', { by: 'person' });
    story.member('a@x.org', 'pending');
    story.member('a@x.org', 'subscribed');
    story.record('Contact 1', { email: 'b@x.org' });
    expect(demands(story.plan('b@x.org'))).not.toContain('marketing rename');
  });
});
