import { ConnectorError, type Millis, type SystemSchema } from '@heed/contract';
import type { Fact } from '../consent/fact.ts';
import { readOptOutField } from '../consent/opt-out-field.ts';
import { optOutsOf } from '../consent/standing.ts';
import type { AddressKey } from '../identity/address.ts';
import { surroundingsOf } from '../plan/neighbours.ts';
import { type AddressPlan, planAddress } from '../plan/plan-address.ts';
import type { View } from '../plan/view.ts';
import { viewOf } from '../plan/view.ts';
import type { Profile } from '../profile/profile.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Store } from '../state/store.ts';
import type { OpenSystem } from '../sync/engine.ts';
import { keptSchemas } from '../sync/known-schemas.ts';
import { serviceOf } from '../sync/service.ts';
import { type AnswerNow, askNow, notAsked } from './ask-now.ts';

/** One property that Heed itself goes by, as it was last read. */
export interface Property {
  readonly name: string;
  readonly value: string;
  readonly blocks: boolean;
  /** Vendor's clock; null where nobody keeps it. */
  readonly since: Millis | null;
}

/** What Heed last read of one record. */
export interface SystemAnswer {
  readonly system: string;
  readonly side: 'crm' | 'marketing';
  readonly record: string;
  readonly mailable: 'yes' | 'no' | 'unknown';
  readonly properties: readonly Property[];
}

/** Why this person does or does not get marketing mail, and what the next sync will do (explain). */
export interface Explanation {
  readonly profile: string;
  /** Both systems, asked just now. */
  readonly now: readonly AnswerNow[];
  readonly systems: readonly SystemAnswer[];
  readonly facts: readonly {
    readonly fact: Fact;
    readonly stands: { readonly crm: boolean; readonly marketing: boolean } | null;
  }[];
  /** The row of C0 and the rules. */
  readonly rule: string;
  readonly next: AddressPlan;
  readonly mailable: 'yes' | 'no' | 'unknown';
}

export interface Explaining {
  readonly profile: Profile;
  readonly store: Store;
  readonly crm: OpenSystem;
  readonly marketing: OpenSystem;
  /** Our clock. */
  readonly now: Millis;
}

/**
 * What both systems say now, the facts of the ledger, and what follows from what Heed last read. A system that cannot be asked is
 * told as such, and the last reading answers for it; throws its ConnectorError only if there was none yet. Writes nothing.
 */
export const explain = async (address: AddressKey, asked: Explaining, signal: AbortSignal): Promise<Explanation> => {
  const { profile, store } = asked;
  const [crm, marketing] = await Promise.all([schemaOf('crm', asked, signal), schemaOf('marketing', asked, signal)]);
  const schemas = { crm: crm.schema, marketing: marketing.schema };
  const view = viewOf(profile, schemas, { crm: asked.crm.can, marketing: asked.marketing.can }, null);
  const hood = await store.neighbourhood(profile.id, [view.crm, view.marketing], [address]);
  const around = surroundingsOf(hood, view)(address);
  const service = await serviceOf(store, profile.id);
  const today = new Date(asked.now).toISOString().slice(0, 10);
  const next = planAddress(address, around, view, {
    today,
    now: asked.now,
    marketingIsComplete: service.complete !== null,
    cautious: false,
    mayCreate: true,
  });
  const here = hood.shadows.filter((shadow) => shadow.address === address);
  const optOuts = optOutsOf(around.ledger, address);
  const ask = (side: AnswerNow['side'], unreachable: string | null): Promise<AnswerNow> | AnswerNow =>
    unreachable === null
      ? askNow(side, asked[side], { address, view, shadows: here }, signal)
      : notAsked(side, asked[side].connector.title, unreachable);
  const now = await Promise.all([ask('crm', crm.unreachable), ask('marketing', marketing.unreachable)]);
  return {
    profile: profile.id,
    now,
    systems: here.map((shadow) => answerOf(shadow, view, asked)),
    facts: around.ledger.facts.map((fact) => {
      const optOut = optOuts.find((one) => one.fact.n === fact.n);
      return {
        fact,
        stands:
          optOut === undefined
            ? null
            : { crm: optOut.stands(view.crmSource), marketing: optOut.stands(view.marketingSource) },
      };
    }),
    rule: next.verdict.rule,
    next,
    mailable: now[1].unreachable === null ? now[1].mailable : mailable(around.member, service.complete !== null),
  };
};

/** As it is now; if the system cannot be asked, as the last run saw it, and why it could not. */
const schemaOf = async (
  side: AnswerNow['side'],
  asked: Explaining,
  signal: AbortSignal,
): Promise<{ readonly schema: SystemSchema; readonly unreachable: string | null }> => {
  try {
    return { schema: await asked[side].session.describe(signal), unreachable: null };
  } catch (error) {
    if (!(error instanceof ConnectorError) || signal.aborted) throw error;
    const kept = await keptSchemas(asked.store, asked.profile);
    if (kept === null) throw error;
    return { schema: kept[side], unreachable: error.message };
  }
};

const mailable = (member: Shadow | null, complete: boolean): Explanation['mailable'] => {
  if (member === null) return complete ? 'no' : 'unknown';
  if (member.life.kind !== 'live') return 'unknown';
  return member.member?.status === 'subscribed' ? 'yes' : 'no';
};

const answerOf = (shadow: Shadow, view: View, asked: Explaining): SystemAnswer => {
  const side = shadow.system.role;
  const record = `${shadow.record.type} ${shadow.record.id}`;
  const system = side === 'crm' ? asked.crm.connector.title : asked.marketing.connector.title;
  if (shadow.life.kind !== 'live') {
    return {
      system,
      side,
      record,
      mailable: 'unknown',
      properties: [{ name: 'record', value: shadow.life.kind, blocks: true, since: shadow.lifeChangedAt }],
    };
  }
  if (shadow.member !== null) {
    const { status, by, complaint, since } = shadow.member;
    const properties = [
      {
        name: 'status',
        value: `${status}${by === 'unknown' ? '' : `, by ${by}`}`,
        blocks: status !== 'subscribed',
        since,
      },
    ];
    if (complaint) properties.push({ name: 'abuse report', value: 'yes', blocks: true, since });
    return { system, side, record, mailable: status === 'subscribed' && !complaint ? 'yes' : 'no', properties };
  }
  const rules = [
    ...(view.settings.optOutFields[shadow.record.type] ?? []),
    ...(view.settings.barrierFields[shadow.record.type] ?? []),
  ];
  const properties = rules.map((rule): Property => {
    const reading = readOptOutField(rule, shadow.values);
    return {
      name: rule.field,
      value: reading === 'unreadable' ? 'cannot be read (C18)' : String(shadow.values[rule.field]),
      blocks: reading !== 'not-opted-out',
      since: null,
    };
  });
  const unknown =
    properties.length === 0 || rules.some((rule) => readOptOutField(rule, shadow.values) === 'unreadable');
  return {
    system,
    side,
    record,
    mailable: unknown ? 'unknown' : properties.some((one) => one.blocks) ? 'no' : 'yes',
    properties,
  };
};
