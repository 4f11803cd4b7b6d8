import { type ByDefault, ConnectorError, type Session, type SystemSchema } from '@heed/contract';
import {
  type Connection,
  type Customer,
  EXIT,
  failureFinding,
  isWarning,
  lintProfile,
  type Profile,
  printFinding,
  printProfileError,
  reactionTo,
  worstExit,
} from '@heed/core';
import { safeMessage } from '@heed/toolkit';
import type { Container } from 'inversify';
import { TOKENS } from '../composition/container.ts';
import { nextRunsOf } from '../composition/cron.ts';
import { connect, openAs } from '../composition/systems.ts';
import type { Titles } from './show-run.ts';
import { titlesOf } from './titles.ts';

type Side = 'crm' | 'marketing';

export interface CheckedProfile {
  readonly profile: Profile;
  readonly titles: Titles;
  readonly systems: readonly {
    readonly side: Side;
    readonly connection: string;
    /** As the vendor names it; null if it was not asked, or did not answer. */
    readonly account: string | null;
    readonly fields: number | null;
    readonly gaps: readonly { readonly what: string; readonly fix: string }[];
  }[];
  /** Records of the profile's types whose opt-out may be nobody's request (C28); empty where there is no such opt-out, or it was not asked. */
  readonly byDefault: readonly ByDefault[];
  readonly findings: readonly { readonly warning: boolean; readonly rule: string | null; readonly text: string }[];
  /** Credentials or systems that failed. */
  readonly problems: readonly string[];
  readonly nextRuns: readonly Date[];
  readonly code: number;
}

interface Asked {
  readonly byDefault: readonly ByDefault[];
  readonly system: CheckedProfile['systems'][number];
  readonly schema: SystemSchema | null;
  readonly problem: string | null;
  readonly code: number;
}

/** Checks one well-formed profile; asks both systems unless `offline`. */
export const checkProfile = async (
  container: Container,
  customer: Customer,
  profile: Profile,
  offline: boolean,
  signal: AbortSignal,
): Promise<CheckedProfile> => {
  const asked: Partial<Record<Side, Asked>> = {};
  for (const side of ['crm', 'marketing'] as const) {
    const connection = customer.connections.get(profile[side].connection);
    if (connection !== undefined) asked[side] = await ask(container, connection, profile, side, offline, signal);
  }
  const connectorOf = (side: Side) => customer.connections.get(profile[side].connection)?.connector;
  const [crm, marketing] = [connectorOf('crm'), connectorOf('marketing')];
  const answered = Object.values(asked);
  const can = { crm: crm?.roles.crm, marketing: marketing?.roles.marketing };
  const findings =
    crm === undefined || marketing === undefined || can.crm === undefined || can.marketing === undefined
      ? []
      : lintProfile({
          profile,
          crm: { title: crm.title, can: can.crm, schema: asked.crm?.schema ?? null },
          marketing: { title: marketing.title, can: can.marketing, schema: asked.marketing?.schema ?? null },
        });
  const { schedule } = profile;
  return {
    profile,
    titles: titlesOf(customer, profile),
    systems: answered.map((one) => one.system),
    byDefault: answered.flatMap((one) => one.byDefault),
    findings: findings.map((finding) => ({
      warning: isWarning(finding),
      rule: finding.rule,
      text: printFinding(finding),
    })),
    problems: answered.flatMap((one) => one.problem ?? []),
    nextRuns: schedule === null ? [] : nextRunsOf(schedule.cron, schedule.timezone, 5),
    code: worstExit([...answered.map((one) => one.code), findings.every(isWarning) ? EXIT.done : EXIT.invalid]),
  };
};

const ask = async (
  container: Container,
  connection: Connection,
  profile: Profile,
  side: Side,
  offline: boolean,
  signal: AbortSignal,
): Promise<Asked> => {
  const silent = { side, connection: connection.name, account: null, fields: null, gaps: [] };
  const nothing = { byDefault: [], system: silent, schema: null };
  if (offline) return { ...nothing, problem: null, code: EXIT.done };
  const connected = await connect(connection, container.get(TOKENS.Systems));
  if (!connected.ok)
    return {
      ...nothing,
      problem: connected.errors.map(printProfileError).join('\n'),
      code: EXIT.invalid,
    };
  const { session } = connected.open(openAs(profile, side));
  try {
    const account = await session.check(signal);
    const schema = await session.describe(signal);
    const fields = schema.recordTypes.reduce((sum, type) => sum + type.fields.length, 0);
    const system = { ...silent, account: account.name, fields, gaps: account.gaps };
    const byDefault = side === 'crm' ? await countedByDefault(session, schema, profile, signal) : [];
    return { byDefault, system, schema, problem: null, code: EXIT.done };
  } catch (error) {
    return { ...nothing, problem: problemOf(error, profile, connection), code: codeOf(error) };
  } finally {
    await session.close();
  }
};

/** C28, where the profile reads the vendor's own opt-out field and a value of it may be the default of new records. */
const countedByDefault = async (
  session: Session,
  schema: SystemSchema,
  { crm, optOut }: Profile,
  signal: AbortSignal,
): Promise<readonly ByDefault[]> => {
  if (session.countByDefault === null || (optOut.customField !== null && !optOut.customField.alsoStandard)) return [];
  const types = schema.recordTypes.flatMap(({ name, standardOptOut: one }) =>
    crm.records.includes(name) && one !== null && 'field' in one && one.mayBeDefault !== undefined ? [name] : [],
  );
  return session.countByDefault(types, signal);
};

const problemOf = (error: unknown, profile: Profile, connection: Connection): string => {
  const finding = error instanceof ConnectorError ? failureFinding(error, profile) : null;
  return finding === null ? `${connection.name}: ${safeMessage(error)}` : printFinding(finding);
};

/** As a run would exit: a system that refuses is 3, a wrong connection 2. */
const codeOf = (error: unknown): number => {
  if (!(error instanceof ConnectorError)) throw error;
  if (error.kind === 'config') return EXIT.invalid;
  return reactionTo(error.kind) === 'stop the run' ? EXIT.failed : EXIT.unreachable;
};
