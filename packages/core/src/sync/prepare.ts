import type { Role } from '@heed/contract';
import { viewOf } from '../plan/view.ts';
import { lintProfile } from '../profile/lint/lint-profile.ts';
import { printFinding } from '../profile/place.ts';
import type { Profile } from '../profile/profile.ts';
import type { Lease } from '../state/store.ts';
import type { Ended } from './end-run.ts';
import { type Engine, EXIT, type OpenSystem } from './engine.ts';
import { keepSchemas } from './known-schemas.ts';
import { notLooked } from './look-for-opt-outs.ts';
import type { RunOptions } from './run-options.ts';
import type { Run, Systems } from './run-state.ts';
import { serviceOf } from './service.ts';

/** Credentials, permissions, live schemas, lint: nothing is written before all of it is right (exit 2, 3). */
export const prepare = async (
  id: string,
  profile: Profile,
  options: RunOptions,
  engine: Engine,
  lease: Lease,
  systems: Systems,
  signal: AbortSignal,
): Promise<Run | Ended> => {
  const { crm, marketing } = systems;
  await ofBoth(systems, ({ session }) => session.check(signal));
  const schemas = await ofBoth(systems, ({ session }) => session.describe(signal));
  const can = { crm: crm.can, marketing: marketing.can };
  const findings = lintProfile({
    profile,
    crm: { title: crm.connector.title, can: can.crm, schema: schemas.crm },
    marketing: { title: marketing.connector.title, can: can.marketing, schema: schemas.marketing },
  });
  const stopped = findings.find((finding) => finding.stops === 'all-but-opt-outs');
  const errors = findings.filter((finding) => finding.stops === 'run');
  if (errors.length > 0) {
    return {
      run: null,
      findings,
      codes: [EXIT.invalid],
      status: 'invalid',
      message: errors.map(printFinding).join('\n'),
    };
  }
  await keepSchemas(engine.store, profile, schemas);
  const service = await serviceOf(engine.store, profile.id);
  const restored = (await engine.store.restored(profile.id)) !== null;
  return {
    id,
    engine,
    view: viewOf(profile, schemas, can, stopped === undefined ? null : stopped.what),
    lease,
    crm,
    marketing,
    signal,
    mode: options.mode,
    service,
    // A restored database does not know what was done since its backup (C25).
    cautious: restored,
    restored,
    findings,
    mayCreate: findings.every((finding) => finding.stops !== 'creates'),
    marketingIsComplete: service.complete !== null,
    allowed: 'nothing',
    erasedMet: new Set(),
    erasedOwed: new Map(),
    erasedSaid: new Set(),
    lines: [],
    lineLimit: options.lineLimit,
    counts: new Map(),
    unknownHeirs: new Map(),
    failures: { crm: 0, marketing: 0 },
    renewedAt: engine.clock.now(),
    setsThatGo: [],
    approvedLate: false,
    createsHeld: false,
    sets: 0,
    optOutsMark: 0,
    seenAt: { crm: crm.session.now(), marketing: marketing.session.now() },
    looked: notLooked(engine.clock.now()),
  };
};

/** Asks both systems at once. Both have answered before either's error is told, so that nothing goes on behind our back. */
const ofBoth = async <T>(systems: Systems, ask: (system: OpenSystem) => Promise<T>): Promise<Record<Role, T>> => {
  const asked = [ask(systems.crm), ask(systems.marketing)] as const;
  await Promise.allSettled(asked);
  const [crm, marketing] = await Promise.all(asked);
  return { crm, marketing };
};
