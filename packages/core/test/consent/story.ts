import type {
  Actor,
  FieldSchema,
  Life,
  MemberState,
  Millis,
  OptOutField,
  Row,
  SystemSchema,
  Values,
} from '@heed/contract';
import type { Decision, Fact } from '../../src/consent/fact.ts';
import { observe } from '../../src/consent/observe.ts';
import { type AddressKey, addressKey } from '../../src/identity/address.ts';
import { surroundingsOf } from '../../src/plan/neighbours.ts';
import { type AddressPlan, type PlanContext, planAddress } from '../../src/plan/plan-address.ts';
import { type View, viewOf } from '../../src/plan/view.ts';
import type { ConsentRules, OptOutRules, Profile } from '../../src/profile/profile.ts';
import { recordKey, type Shadow } from '../../src/state/shadow.ts';
import type { Intent, Link, Owed, SetAside } from '../../src/state/store.ts';
import { CAN } from './abilities.ts';

/** What a test says about the profile; everything else is what a careful customer has. */
export interface Rules extends Partial<Omit<OptOutRules, 'customField'>>, Partial<ConsentRules> {
  readonly customField?: OptOutRules['customField'];
  readonly lists?: readonly string[];
  readonly topics?: Profile['topics'];
  /** Record types on which the CRM keeps subscriptions by itself; all of them unless told. */
  readonly keepsTopicsOn?: readonly string[];
  readonly whenRecordLeaves?: Profile['whenRecordLeaves'];
  readonly createCrm?: string;
  readonly createMarketing?: boolean;
  /** The user Heed signs in with cannot see the standard opt-out field. */
  readonly hiddenOptOut?: boolean;
  /** The CRM's opt-out is a picklist one of whose opted-out values may be a default (C28), as NetSuite's is. */
  readonly soft?: boolean;
}

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
const BEGIN = Date.UTC(2026, 0, 5, 9);

export const field = (name: string, type: FieldSchema['type'] = 'text'): FieldSchema => ({
  name,
  label: name,
  type,
  writable: true,
  required: false,
  options: null,
  maxLength: null,
  canBeReference: false,
});

export const profileOf = (rules: Rules): Profile => ({
  id: 'acme/news',
  customer: 'acme',
  name: 'news',
  description: null,
  crm: {
    connection: 'salesforce',
    records: ['Contact', 'Lead'],
    lists: rules.lists?.map((id) => ({ kind: 'campaign', id })) ?? null,
  },
  marketing: { connection: 'mailchimp', audience: 'a1' },
  schedule: null,
  fields: [{ crm: 'FirstName', marketing: 'FNAME', direction: 'both', transforms: [], clear: false }],
  conflicts: 'crm',
  create: { marketing: rules.createMarketing ?? true, crm: rules.createCrm ?? null },
  whenRecordLeaves: rules.whenRecordLeaves ?? 'keep',
  reference: null,
  optOut: {
    crmToMarketing: rules.crmToMarketing ?? false,
    customField: rules.customField ?? null,
    scope: rules.scope ?? 'everyone',
    clearWhenConfirmed: rules.clearWhenConfirmed ?? false,
    suppressUnknown: rules.suppressUnknown ?? false,
    undeliverableField: rules.undeliverableField ?? null,
    target: rules.target ?? null,
    softOptOutIsRequest: rules.softOptOutIsRequest ?? false,
    importFrom: null,
  },
  consent: {
    newMembers: rules.newMembers ?? 'subscribe',
    basis: rules.basis ?? 'existing-customer',
    optInField: rules.optInField ?? null,
  },
  topics: rules.topics ?? [],
  guards: { optOuts: { people: 50, percent: 5 }, creates: 5000 },
  places: { of: () => null } as unknown as Profile['places'],
});

/** As NetSuite's: 1 and 3 in, 2 and 4 out; 2 may be the default of new records, and 3 is the person's own confirmation. */
const SOFT: OptOutField = {
  field: 'Status',
  optedOutWhen: ['2', '4'],
  write: '2',
  mayBeDefault: ['2'],
  provesOptIn: ['3'],
};

const crmType = (name: string, rules: Rules) => ({
  name,
  label: name,
  fields: [
    field('FirstName'),
    field('HasOptedOutOfEmail', 'boolean'),
    field('Newsletter_Opt_Out__c', 'boolean'),
    field('Newsletter_Opt_In__c', 'boolean'),
    field('Email_Bounced__c', 'boolean'),
    field('Events_Opt_Out__c', 'boolean'),
    field('Product_Opt_Out__c', 'boolean'),
    field('optout_7', 'boolean'),
    field('Status', 'picklist'),
  ].filter((one) => rules.hiddenOptOut !== true || one.name !== 'HasOptedOutOfEmail'),
  standardOptOut:
    rules.hiddenOptOut === true
      ? { missing: 'HasOptedOutOfEmail', fix: 'grant read and edit' }
      : rules.soft === true
        ? SOFT
        : { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true },
  topicOptOuts:
    rules.keepsTopicsOn?.includes(name) === false
      ? {}
      : { '7': { field: 'optout_7', optedOutWhen: true, write: true } as const },
  notCreatable: null,
});

export const schemasFor = (rules: Rules): { readonly crm: SystemSchema; readonly marketing: SystemSchema } => ({
  crm: { recordTypes: [crmType('Contact', rules), crmType('Lead', rules)], lists: [], audiences: [], topics: [] },
  marketing: {
    recordTypes: [
      { name: 'member', label: 'Member', fields: [field('FNAME')], standardOptOut: null, notCreatable: null },
    ],
    lists: [],
    audiences: [],
    topics: [
      { id: 't1', name: 'Events', kind: 'subscription type' },
      { id: 't2', name: 'Product news', kind: 'subscription type' },
      { id: 'i1', name: 'Webinars', kind: 'interest', mayBeDefault: true },
    ],
  },
});

export const viewFor = (rules: Rules): View => viewOf(profileOf(rules), schemasFor(rules), CAN, null);

export interface RecordSight {
  /** Fields that this read lacks. */
  readonly hides?: readonly string[];
  readonly email?: string | null;
  readonly optedOut?: boolean;
  readonly values?: Values;
  /** Vendor's clock; a minute before the read unless said otherwise. */
  readonly modifiedAt?: Millis | null;
  readonly modifiedBy?: Row['modifiedBy'];
  readonly life?: Life;
  readonly lists?: readonly string[];
}

export interface MemberSight extends Partial<MemberState> {
  readonly modifiedAt?: Millis | null;
  readonly fields?: Values;
}

/**
 * A customer told read by read: each sight is one read of one row, an hour after the one before, taken in as the engine
 * takes it in. `plan` is what the rules then want, and `carryOut` does it, as our own user, and reads it back.
 */
export class Story {
  readonly view: View;
  readonly shadows = new Map<string, Shadow>();
  readonly facts: Fact[] = [];
  readonly decisions: (Decision & { n: number })[] = [];
  readonly owed: Owed[] = [];
  readonly setAside: SetAside[] = [];
  readonly links: Link[] = [];
  readonly everCreated: AddressKey[] = [];
  readonly everInvited: AddressKey[] = [];
  intents: Intent[] = [];
  now: Millis = BEGIN;
  #n = 0;

  constructor(rules: Rules = {}) {
    this.view = viewFor(rules);
  }

  later(ms: Millis): this {
    this.now += ms;
    return this;
  }

  /** A read shows one CRM record; `key` is `Contact 1`. What is not said is as it was before. */
  record(key: string, sight: RecordSight = {}): readonly Fact[] {
    const [type = '', id = ''] = key.split(' ');
    const before = this.shadows.get(`${type}/${id}`) ?? null;
    const dead = sight.life !== undefined && sight.life.kind !== 'live';
    const shown: Values = {
      FirstName: 'Ann',
      HasOptedOutOfEmail: false,
      Newsletter_Opt_Out__c: false,
      Newsletter_Opt_In__c: false,
      Email_Bounced__c: false,
      Events_Opt_Out__c: false,
      Product_Opt_Out__c: false,
      optout_7: false,
      ...before?.values,
      ...(sight.optedOut === undefined ? {} : { HasOptedOutOfEmail: sight.optedOut }),
      ...sight.values,
    };
    return this.#see(this.view.crm, {
      record: { type, id },
      email: sight.email === undefined ? (before?.email ?? 'ann@x.org') : sight.email,
      modifiedAt: sight.modifiedAt === undefined ? this.now + HOUR_MS - MINUTE_MS : sight.modifiedAt,
      modifiedBy: sight.modifiedBy ?? 'other',
      life: sight.life ?? { kind: 'live' },
      reference: null,
      values: dead ? {} : Object.fromEntries(Object.entries(shown).filter(([name]) => !sight.hides?.includes(name))),
      member: null,
      lists: dead ? null : (sight.lists ?? []),
      version: null,
    });
  }

  /** A read shows one member. */
  member(email: string, status: MemberState['status'], sight: MemberSight = {}): readonly Fact[] {
    const { modifiedAt, fields, ...state } = sight;
    return this.#see(this.view.marketing, {
      record: { type: 'member', id: email.toLowerCase() },
      email,
      modifiedAt: modifiedAt === undefined ? this.now + HOUR_MS - MINUTE_MS : modifiedAt,
      modifiedBy: 'unknown',
      life: { kind: 'live' },
      reference: null,
      values: { FNAME: 'Ann', ...fields },
      member: { status, by: 'unknown', complaint: false, since: null, optIn: null, topics: {}, ...state },
      lists: null,
      version: null,
    });
  }

  /** A complete read no longer shows the member. */
  memberVanishes(email: string): void {
    const key = `member/${email.toLowerCase()}`;
    const shadow = this.shadows.get(key);
    if (shadow === undefined) throw new Error(`no member ${email} to vanish`);
    this.now += HOUR_MS;
    this.shadows.set(key, {
      ...shadow,
      life: { kind: 'vanished' },
      lifeChangedAt: this.now,
      archivedSince: shadow.archivedSince ?? this.now,
    });
  }

  /** A fact that no read of these two systems brings: a list, another system of the customer. */
  fact(fact: Partial<Fact> & Pick<Fact, 'source'>): Fact {
    this.now += HOUR_MS;
    const whole: Fact = {
      n: this.#next(),
      address: key('ann@x.org'),
      topic: '*',
      says: 'opted-out',
      by: 'operator',
      complaint: false,
      when: { from: this.now, until: this.now, exact: true },
      record: null,
      proof: null,
      echoOf: null,
      run: null,
      ...fact,
    };
    this.facts.push(whole);
    return whole;
  }

  decide(decision: Decision): void {
    this.decisions.push({ ...decision, n: this.#next() });
  }

  plan(email: string, context: Partial<PlanContext> = {}): AddressPlan {
    const hood = {
      shadows: [...this.shadows.values()],
      ledger: { facts: this.facts, decisions: this.decisions },
      links: this.links,
      owed: this.owed,
      setAside: this.setAside,
      everCreated: this.everCreated,
      everInvited: this.everInvited,
      inJob: [],
    };
    const address = key(email);
    return planAddress(address, surroundingsOf(hood, this.view)(address), this.view, {
      today: '2026-01-05',
      now: this.now,
      marketingIsComplete: true,
      cautious: false,
      mayCreate: true,
      ...context,
    });
  }

  /** Does what the plan wants about consent, as our user, and reads it back. How many writes that took. */
  carryOut(email: string): number {
    const { consent } = this.plan(email);
    for (const { op, side, because, rule, collapses, topic } of consent) {
      if (op.kind !== 'opt-out' && op.kind !== 'clear') throw new Error(`not a consent write: ${op.kind}`);
      const system = side === 'crm' ? this.view.crm : this.view.marketing;
      const id = `op${this.#next()}`;
      const sentAt = this.now + HOUR_MS - MINUTE_MS;
      this.intents.push({
        id,
        profile: 'acme/news',
        run: 'r',
        system,
        op: { ...op, id },
        address: key(email),
        because,
        ...(collapses === true && topic !== undefined ? { collapses: topic } : {}),
        rule,
        sentAt,
        answeredAt: sentAt + 1_000,
        state: 'applied',
        seen: false,
        partner: null,
        agrees: {},
        made: null,
        job: null,
      });
      if (side === 'marketing') {
        const was = this.shadows.get(`member/${op.email.toLowerCase()}`)?.member;
        const single = op.topic !== '*' && was !== null && was !== undefined;
        this.member(op.email, single ? was.status : 'unsubscribed', {
          modifiedAt: sentAt + 500,
          topics: { ...was?.topics, ...(single ? { [op.topic]: 'opted-out' as const } : {}) },
        });
      } else if (op.record !== null) {
        this.record(`${op.record.type} ${op.record.id}`, {
          values: op.set,
          modifiedAt: sentAt + 500,
          modifiedBy: 'us',
        });
      }
    }
    return consent.length;
  }

  #see(system: Shadow['system'], row: Row): readonly Fact[] {
    this.now += HOUR_MS;
    const at = recordKey(row.record);
    const seen = observe(row, this.shadows.get(at) ?? null, this.intents, {
      system,
      consentFields: system.role === 'crm' ? this.view.consentFields : {},
      optInField: this.view.settings.optInField,
      topics: this.view.observed,
      proofs: CAN[system.role].proofs,
      readAt: this.now,
      seenAt: this.now,
      lists: row.lists === null ? null : this.view.settings.lists,
      run: 'r',
    });
    this.shadows.set(at, seen.shadow);
    this.intents = this.intents.map((one) => (seen.explained.includes(one) ? { ...one, seen: true } : one));
    const numbered = seen.facts.map((fact) => ({ ...fact, n: this.#next() }));
    this.facts.push(...numbered);
    return numbered;
  }

  #next(): number {
    this.#n += 1;
    return this.#n;
  }
}

export const key = (email: string): AddressKey => {
  const address = addressKey(email);
  if (address === null) throw new Error(`not an address: ${email}`);
  return address;
};

/** The essence of a plan, one word per demand, so that a test reads like a line of the table. */
export const demands = (plan: AddressPlan): readonly string[] => [
  ...plan.consent.map(({ op, side }) =>
    side === 'marketing'
      ? `member ${op.kind}`
      : `${'record' in op ? `${op.record?.type} ${op.record?.id}` : op.kind} ${op.kind}`,
  ),
  ...plan.fields.map(({ op, side }) => `${side} ${op.kind}`),
];

export const reasonOf = (plan: AddressPlan): string | null => plan.listed[0]?.reason ?? null;

export const by = (actor: Actor): MemberSight => ({ by: actor });

export const LIST = { role: 'list', connection: '', container: '', field: 'op' } as const;
export const OTHER_AUDIENCE = { role: 'marketing', connection: 'klaviyo', container: 'k', field: 'status' } as const;
