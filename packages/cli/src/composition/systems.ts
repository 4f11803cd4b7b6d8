import { abilitiesIn, type Clock, type Connector, limitsOf, type OpenRequest, type Role } from '@heed/contract';
import {
  type Connection,
  type Customer,
  type OpenSystem,
  type Profile,
  type ProfileError,
  resolveConfig,
  type Secrets,
} from '@heed/core';
import { type AccountQuota, createMeter, createTools } from '@heed/toolkit';
import { connectionVault } from './vault.ts';

export interface SystemParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly quota: AccountQuota;
  /** Seals rotated tokens; made on first use. */
  readonly key: () => Uint8Array;
  readonly stateDir: string;
  readonly secrets: Secrets;
}

export type OpenAs = Pick<OpenRequest<unknown>, 'role' | 'container' | 'basis'>;

export type OpenedConnection =
  | { readonly ok: true; open(as: OpenAs): OpenSystem }
  | { readonly ok: false; readonly errors: readonly ProfileError[] };

/** Resolves a connection's secrets and makes it ready to talk; no request is made yet. */
export const connect = async (connection: Connection, parts: SystemParts): Promise<OpenedConnection> => {
  const resolved = await resolveConfig(connection, parts.secrets);
  if (!resolved.ok) return resolved;
  const connector: Connector = connection.connector;
  return {
    ok: true,
    open: ({ role, container, basis }) => {
      const meter = createMeter();
      const tools = createTools({
        connector: connector.name,
        account: connector.account(resolved.config),
        limits: limitsOf(connector, resolved.config),
        clock: parts.clock,
        random: parts.random,
        quota: parts.quota,
        vault: connectionVault(parts.stateDir, connection.customer, connection.name, parts.key),
        meter,
      });
      const session = connector.open({ config: resolved.config, role, container, basis }, tools);
      const calls = (): number => Object.values(meter.counts()).reduce((sum, count) => sum + count.calls, 0);
      return { connector, can: abilitiesIn(connector, role), session, calls };
    },
  };
};

export interface OpenedProfile {
  open(profile: Profile, side: Role): OpenSystem;
}

/** How a profile opens one of its sides. */
export const openAs = (profile: Profile, role: Role): OpenAs => {
  const { basis } = profile.consent;
  return {
    role,
    container: role === 'marketing' ? profile.marketing.audience : null,
    basis: basis === null ? null : { kind: basis, text: `Heed sync profile ${profile.id}: ${basis}` },
  };
};

/** Both systems of a profile, or everything that is wrong with their credentials. */
export const connectProfile = async (
  customer: Customer,
  profile: Profile,
  parts: SystemParts,
): Promise<OpenedProfile | readonly ProfileError[]> => {
  const sides = new Map<Role, OpenedConnection>();
  for (const side of ['crm', 'marketing'] as const) {
    const connection = customer.connections.get(profile[side].connection);
    if (connection !== undefined) sides.set(side, await connect(connection, parts));
  }
  const errors = [...sides.values()].flatMap((side) => (side.ok ? [] : side.errors));
  if (errors.length > 0) return errors;
  return {
    open: (wanted, side) => {
      const opened = sides.get(side);
      if (opened === undefined || !opened.ok) throw new Error(`profile ${wanted.id} has no ${side} connection`);
      return opened.open(openAs(wanted, side));
    },
  };
};
